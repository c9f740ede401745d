import { readTime } from "../lib/dates.ts";
import { words } from "../words/index.ts";
import { widget } from "./field.ts";
import { textEntry } from "./parts/text-entry.tsx";

const toText = (value: string) => value.replace(/:00$/, "");
const fromText = (text: string) => readTime(text) ?? { unreadable: text, problem: words("fields.notTime") };

export default widget<string>({
  Display: ({ value }) => toText(value),
  Input: textEntry<string>({ toText, fromText }, { placeholder: ({ place }) => (place === "cell" ? "" : "14:30") }),
  toText,
  fromText,
  width: 92,
});
