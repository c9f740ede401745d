/** A text as it would have been on the other keyboard: `rjynfrn` is `контакт`, and the other way round. */

const LATIN = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`";
const CYRILLIC = "йцукенгшщзхъфывапролджэячсмитьбюё";

const OTHER = new Map([...LATIN].flatMap((sign, at): [string, string][] => [[sign, CYRILLIC[at] ?? sign], [CYRILLIC[at] ?? sign, sign]]));

export const otherLayout = (text: string): string => [...text.toLowerCase()].map((sign) => OTHER.get(sign) ?? sign).join("");
