/** Finds the widget of a field: by the name that its type gives, else by the JSON Schema of its values. */

import { createContext, useContext } from "react";
import type { Field, FieldType, Model, Values } from "../api/model.ts";
import type { FieldContext, Widget } from "./field.ts";
import { widgetOfSchema } from "./schema.tsx";

export { type Entry, type FieldContext, isUnreadable, type Unreadable, type Widget } from "./field.ts";

const files = import.meta.glob<Widget>(["./*.tsx", "!./schema.tsx"], { eager: true, import: "default" });

const byName = new Map(Object.entries(files).map(([path, found]) => [path.slice(2, -4), found]));
const bySchema = new WeakMap<FieldType, Widget>();

export function widgetOfType(type: FieldType | undefined): Widget {
  const named = type && byName.get(type.widget);
  if (named) return named;
  if (!type) return widgetOfSchema({}, []);
  let made = bySchema.get(type);
  if (!made) bySchema.set(type, (made = widgetOfSchema(type.value_schema ?? {}, type.storage?.columns ?? [])));
  return made;
}

export const widgetOf = (model: Model, field: Field): Widget => widgetOfType(model.type(field));

export const readsOf = (field: Field, context: FieldContext): string[] =>
  widgetOf(context.model, field).reads?.(field, context) ?? [field.value_key];

/** The value of a field as text; empty where there is none. */
export function textOf(field: Field, record: Values, context: FieldContext): string {
  const value = record[field.value_key];
  return value === null || value === undefined ? "" : widgetOf(context.model, field).toText(value, field, context, record);
}

const Context = createContext<FieldContext | undefined>(undefined);

export const FieldContextProvider = Context.Provider;

export function useFieldContext(): FieldContext {
  const found = useContext(Context);
  if (!found) throw new Error("the shell gives the context of fields to its places");
  return found;
}
