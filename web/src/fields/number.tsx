import { readNumber, showNumber } from "../lib/numbers.ts";
import { words } from "../words/index.ts";
import { type FieldContext, widget } from "./field.ts";
import type { Field } from "../api/model.ts";
import { textEntry } from "./parts/text-entry.tsx";

/** Of a double, or a decimal string: exact whatever its length. */
export type Numeric = number | string;

/** A number that a double holds exactly travels as one. */
export const compact = (digits: string): Numeric => (String(Number(digits)) === digits ? Number(digits) : digits);

/** Without groups of thousands: as it is typed and as sheets read it. */
const toText = (value: Numeric, _field: Field, { locale }: FieldContext) =>
  showNumber(value, locale, { useGrouping: false });

function fromText(text: string, _field: Field, { locale }: FieldContext) {
  const digits = readNumber(text, locale);
  return digits === undefined ? { unreadable: text, problem: words("fields.notNumber") } : compact(digits);
}

export default widget<Numeric>({
  Display: ({ value, context }) => showNumber(value, context.locale),
  Input: textEntry<Numeric>({ toText, fromText }, { inputMode: "decimal", end: true }),
  toText,
  fromText,
  width: 112,
  align: "end",
});
