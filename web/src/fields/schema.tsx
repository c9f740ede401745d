/** Draws a value by the JSON Schema of its type, where no widget has the type's name: a plugin's type is used like any other. */

import type { Column, JsonSchema } from "../api/model.ts";
import checkbox from "./checkbox.tsx";
import type { Widget } from "./field.ts";
import json from "./json.tsx";
import number from "./number.tsx";
import { CompositeInput, joined, type Parts } from "./parts/composite.tsx";
import { Chooser } from "./parts/choices.tsx";
import readOnly from "./read_only.tsx";
import text from "./text.tsx";
import { words } from "../words/index.ts";
import { widget } from "./field.ts";

export function widgetOfSchema(schema: JsonSchema, columns: Column[]): Widget {
  const kinds = [schema.type ?? []].flat().filter((kind) => kind !== "null");
  if (schema.readOnly) return readOnly;
  if (schema.enum) return choiceOf(schema.enum.map(String));
  if (columns.length > 1 && columns.every((column) => column.component)) return composite;
  if (kinds.includes("boolean")) return checkbox;
  if (kinds.includes("integer") || kinds.includes("number")) return number;
  if (kinds.includes("string")) return text;
  return json;
}

const composite = widget<Parts>({
  Display: ({ value }) => joined(value, ", "),
  Input: CompositeInput,
  toText: (value) => JSON.stringify(value),
  fromText: (given) => {
    try {
      return JSON.parse(given) as Parts;
    } catch {
      return { unreadable: given, problem: words("fields.notJson", { reason: "" }) };
    }
  },
  width: 200,
  tall: true,
});

const choiceOf = (values: string[]): Widget =>
  widget<string>({
    Display: ({ value }) => <span className="chip gray">{value}</span>,
    Input: ({ value, field, onChange, onCommit, onCancel, place, label, id, invalid, disabled, describedBy, typed }) => (
      <Chooser
        {...{ place, id, invalid, disabled, describedBy, typed }}
        label={label ?? field.name}
        choices={values.map((each) => ({ value: each, label: each }))}
        chosen={typeof value === "string" ? [value] : []}
        shown={typeof value === "string" ? <span className="chip gray">{value}</span> : undefined}
        onPick={([next = null]) => {
          onChange(next);
          onCommit?.(next);
        }}
        onClose={() => onCancel?.()}
      />
    ),
    toText: (value) => value,
    fromText: (given) => (values.includes(given.trim()) ? given.trim() : { unreadable: given, problem: words("fields.notOption", { text: given }) }),
    width: 124,
  });
