/** What stands where in a record: the form that an admin drew, else the fields in their order, and what is tall by itself. */

import { type Field, type FieldType, type Language, type Model, nameOf, type ObjectType, personOf } from "../api/model.ts";
import { widgetOf } from "../fields/index.ts";
import { words } from "../words/index.ts";

export interface Section {
  key: string;
  title: string;
  fields: Field[];
}

const isShown = (field: Field) => field.permissions.read;

/** Whether a value is made of parts, each with a row of its own. */
export const hasParts = (type: FieldType | undefined): boolean => (type?.storage?.columns.length ?? 0) > 1;

export function sectionsOf(object: ObjectType, model: Model, language: Language): Section[] {
  const fields = object.fields.filter(isShown);
  if (object.form && object.form.length > 0) {
    const placed = new Set(object.form.flatMap((section) => section.fields));
    const drawn = object.form.map((section, index) => ({
      key: `form-${index}`,
      title: section.translations?.[language]?.["title"] ?? section.title ?? words("record.details"),
      fields: section.fields.flatMap((name) => fields.find((field) => field.api_name === name) ?? []),
    }));
    const rest = fields.filter((field) => !placed.has(field.api_name));
    return [...drawn, { key: "other", title: words("record.other"), fields: rest }].filter((section) => section.fields.length > 0);
  }
  const tall = (field: Field) => widgetOf(model, field).tall === true && field.api_name !== object.label_field;
  const plain = { key: "details", title: words("record.details"), fields: fields.filter((field) => !tall(field)) };
  const own = fields.filter(tall).map((field) => ({ key: field.api_name, title: nameOf(field, language), fields: [field] }));
  return [plain, ...own].filter((section) => section.fields.length > 0);
}

/** The few fields that say most of a record: a choice, the person, the record that it belongs to. */
export function factsOf(object: ObjectType, model: Model): Field[] {
  const fields = object.fields.filter(isShown);
  const kind = (field: Field) => model.type(field)?.storage?.kind;
  const choice = fields.find((field) => field.settings.options && !Array.isArray(field.default_value) && model.type(field)?.value_schema?.enum);
  const person = personOf(object, model);
  const parent = fields.find((field) => kind(field) === "to_one" && field.settings.to !== undefined);
  return [choice, person, parent].filter((field) => field !== undefined);
}
