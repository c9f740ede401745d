import { widget } from "./field.ts";
import { ValueLink } from "./parts/link.tsx";
import { textEntry } from "./parts/text-entry.tsx";

const toText = (value: string) => value;
const fromText = (text: string) => text.trim();

export default widget<string>({
  Display: ({ value }) => <ValueLink href={`mailto:${value}`} text={value} />,
  Input: textEntry<string>({ toText, fromText }, { inputMode: "email" }),
  toText,
  fromText,
  width: 220,
});
