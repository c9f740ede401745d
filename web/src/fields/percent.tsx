import type { Field } from "../api/model.ts";
import { readNumber, showNumber } from "../lib/numbers.ts";
import { words } from "../words/index.ts";
import { type FieldContext, widget } from "./field.ts";
import { textEntry } from "./parts/text-entry.tsx";

/** Kept in hundredths: 50 is a half. */
const toText = (value: number, _field: Field, { locale }: FieldContext) => showNumber(value, locale, { useGrouping: false });

function fromText(text: string, _field: Field, { locale }: FieldContext) {
  const digits = readNumber(text.replace(/\s*%\s*$/, ""), locale);
  return digits === undefined ? { unreadable: text, problem: words("fields.notNumber") } : Number(digits);
}

export default widget<number>({
  Display: ({ value, context }) => showNumber(value / 100, context.locale, { style: "percent", maximumFractionDigits: 4 }),
  Input: textEntry<number>({ toText, fromText }, { inputMode: "decimal", end: true }),
  toText,
  fromText,
  width: 100,
  align: "end",
});
