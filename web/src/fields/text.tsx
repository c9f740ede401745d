import { widget } from "./field.ts";
import { textEntry } from "./parts/text-entry.tsx";

const toText = (value: string) => value;
const fromText = (text: string) => text;

export default widget<string>({
  Display: ({ value }) => value,
  Input: textEntry<string>({ toText, fromText }, { spellCheck: true }),
  toText,
  fromText,
  width: 180,
});
