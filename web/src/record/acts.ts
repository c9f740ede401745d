/** What can be done with a record as a whole. */

import { type Act, beginAct } from "../api/changes.ts";
import { labelOf } from "../api/lookups.ts";
import { create, type New } from "../api/make.ts";
import type { Model, ObjectType, Values } from "../api/model.ts";
import { widgetOf } from "../fields/index.ts";
import { newId } from "../lib/ids.ts";
import { words } from "../words/index.ts";

export const titleOf = (model: Model, object: ObjectType, values: Values): string => labelOf(values, model.labelField(object)) || words("common.untitled");

/** A copy of a record, without unique values and values that the server gives. */
export async function duplicate(model: Model, object: ObjectType, values: Values, title: string): Promise<{ id: string; act: Act }> {
  const copied: New = { id: newId() };
  for (const field of object.fields) {
    const value = values[field.value_key];
    if (value === null || value === undefined || field.unique || !field.permissions.create || widgetOf(model, field).readOnly) continue;
    copied[field.value_key] = field.api_name === object.label_field && typeof value === "string" ? words("record.copyName", { name: value }) : value;
  }
  const { act } = await create(object, copied, beginAct(words("record.duplicated", { name: title })));
  return { id: copied.id, act };
}
