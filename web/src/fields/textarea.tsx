import { widget } from "./field.ts";
import { textEntry } from "./parts/text-entry.tsx";

const toText = (value: string) => value;
const fromText = (text: string) => text;

export default widget<string>({
  Display: ({ value }) => <span className="cut">{value.replace(/\s*\n\s*/g, " ")}</span>,
  Input: textEntry<string>({ toText, fromText }, { multiline: true, spellCheck: true }),
  toText,
  fromText,
  width: 240,
  tall: true,
});
