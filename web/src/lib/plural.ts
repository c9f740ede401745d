/** What several of a thing are called, guessed from the name of one. */

const IRREGULAR: Record<string, string> = {
  person: "people", child: "children", man: "men", woman: "women", foot: "feet", tooth: "teeth", mouse: "mice",
  leaf: "leaves", shelf: "shelves", knife: "knives", life: "lives", half: "halves", datum: "data", criterion: "criteria",
  человек: "люди", ребёнок: "дети", ребенок: "дети", друг: "друзья", брат: "братья", лист: "листы", дом: "дома", город: "города",
  адрес: "адреса", паспорт: "паспорта", договор: "договоры", номер: "номера", счёт: "счета", счет: "счета", мастер: "мастера",
  поезд: "поезда", цвет: "цвета", рынок: "рынки", участок: "участки", заголовок: "заголовки", звонок: "звонки", список: "списки",
  платёж: "платежи", подарок: "подарки", день: "дни", отец: "отцы", поставщик: "поставщики", путь: "пути", время: "времена",
  имя: "имена", доктор: "доктора", профессор: "профессора", учитель: "учителя", склад: "склады", сотрудник: "сотрудники",
};

export function pluralOfName(name: string): string {
  const words = name.trim().split(/\s+/);
  return /[а-яё]/i.test(name) ? russian(words).join(" ") : [...words.slice(0, -1), english(words.at(-1) ?? "")].join(" ");
}

/** A word's other form with the case of its first letter. */
function known(word: string): string | undefined {
  const found = IRREGULAR[word.toLowerCase()];
  if (!found) return undefined;
  return word.slice(0, 1) === word.slice(0, 1).toLowerCase() ? found : found.slice(0, 1).toUpperCase() + found.slice(1);
}

function english(word: string): string {
  if (word === "") return "";
  const irregular = known(word);
  if (irregular) return irregular;
  if (/[^aeiou]y$/i.test(word)) return `${word.slice(0, -1)}ies`;
  if (/(s|x|z|ch|sh)$/i.test(word)) return `${word}es`;
  return `${word}s`;
}

const ADJECTIVES: [RegExp, string][] = [
  [/(г|к|х|ж|ш|щ|ч)(ий|ой|ая|ое|ее)$/i, "$1ие"],
  [/(ий|яя|ее)$/i, "ие"],
  [/(ый|ой|ая|ое)$/i, "ые"],
];

const NOUNS: [RegExp, string][] = [
  [/ия$/i, "ии"],
  [/ие$/i, "ия"],
  [/(г|к|х|ж|ш|щ|ч)а$/i, "$1и"],
  [/а$/i, "ы"],
  [/[яьй]$/i, "и"],
  [/о$/i, "а"],
  [/е$/i, "я"],
  [/ец$/i, "цы"],
  [/(г|к|х|ж|ш|щ|ч)$/i, "$1и"],
  [/([бвдзлмнпрстфц])$/i, "$1ы"],
];

/** The adjectives at the front and the noun after them; what follows stays: `Рабочий день недели` is `Рабочие дни недели`. */
function russian(words: string[]): string[] {
  const noun = words.findIndex((word, index) => index === words.length - 1 || !ADJECTIVES.some(([ending]) => ending.test(word)));
  return words.map((word, index) => {
    if (index > noun) return word;
    const irregular = known(word);
    if (irregular) return irregular;
    const [ending, other] = (index < noun ? ADJECTIVES : NOUNS).find(([each]) => each.test(word)) ?? [/$/, ""];
    return word.replace(ending, other);
  });
}
