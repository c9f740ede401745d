import { widget } from "./field.ts";
import { textEntry } from "./parts/text-entry.tsx";

const toText = (value: string) => value;
const fromText = (text: string) => text;

export default widget<string>({
  Display: ({ value }) => value.replace(/\s*\n\s*/g, " "),
  Input: textEntry<string>({ toText, fromText }, { multiline: true, spellCheck: true }),
  toText,
  fromText,
  width: 240,
  tall: true,
});
