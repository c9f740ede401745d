import { type Entry, type FieldContext, widget } from "./field.ts";
import { CompositeInput, columnsOf, type Parts } from "./parts/composite.tsx";
import type { Field } from "../api/model.ts";

/** The parts that are written on a letter: numbers say where it lies, and are not. */
function toText(value: Parts, field: Field, context: FieldContext): string {
  const written = columnsOf(field, context).map((column) => value[column.component ?? ""]);
  return written.filter((part) => typeof part === "string" && part !== "").join(", ");
}

export default widget<Parts>({
  Display: ({ value, field, context }) => toText(value, field, context),
  Input: CompositeInput,
  toText,
  // Which part is which cannot be told from a text: it is kept in the first, whole.
  fromText: (text, field, context): Entry<Parts> => ({ [columnsOf(field, context)[0]?.component ?? "street"]: text.trim() }),
  width: 240,
  tall: true,
});
