import { widget } from "./field.ts";
import { textEntry } from "./parts/text-entry.tsx";

const toText = (value: unknown) => (typeof value === "object" ? JSON.stringify(value) : String(value));
const fromText = (text: string) => text;

/** Given by the server: shown, copied, filtered by, but never typed into. */
export default widget<unknown>({
  Display: ({ value }) => toText(value),
  Input: textEntry<unknown>({ toText, fromText }),
  toText,
  fromText,
  width: 120,
  readOnly: true,
});
