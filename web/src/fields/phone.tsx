import { widget } from "./field.ts";
import { textEntry } from "./parts/text-entry.tsx";

/** E.164 in groups that can be read out: "+371 2012 4478". The server keeps it without the spaces. */
function grouped(value: string): string {
  const [, country = "", rest = ""] = /^(\+(?:1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|\d{3}))(\d+)$/.exec(value) ?? [];
  if (!rest) return value;
  if (rest.length % 4 === 0) return `${country} ${rest.match(/\d{4}/g)?.join(" ") ?? rest}`;
  const groups: string[] = [];
  let left = rest;
  for (; left.length > 4; left = left.slice(3)) groups.push(left.slice(0, 3));
  return [country, ...groups, left].join(" ");
}

const toText = (value: string) => value;
const fromText = (text: string) => text.trim();

export default widget<string>({
  Display: ({ value }) => grouped(value),
  Input: textEntry<string>({ toText, fromText }, { inputMode: "tel" }),
  toText,
  fromText,
  width: 152,
});
