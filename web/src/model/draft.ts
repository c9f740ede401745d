/** An object while it is drawn: what is typed, what follows from it, and the definition that is sent. */

import type { Field, FieldType, Model, ObjectType, Option } from "../api/model.ts";
import { guessType, relationTypes } from "../fields/guess.ts";
import { apiName, freeName } from "../lib/naming.ts";
import { pluralOfName } from "../lib/plural.ts";
import { iconFor } from "./icons.ts";

export type OnDelete = "set_null" | "restrict" | "cascade";

/** What was chosen by hand where the guess was not wanted: a type, or the object that a relation leads to. */
export interface Chosen {
  type?: string;
  to?: string;
}

export interface DraftField {
  key: string;
  name: string;
  chosen?: Chosen;
  /** The options of a choice, as they are typed. */
  options: string;
  /** How many of the other object one of this has, and the other way round. */
  here: "one" | "many";
  there: "one" | "many";
  /** What the other object calls the way back, where it is not the plural of this one. */
  back?: string;
  onDelete: OnDelete;
}

export interface DraftObject {
  name: string;
  plural?: string;
  apiName?: string;
  pluralApiName?: string;
  icon?: string;
  fields: DraftField[];
}

/** A field with all that follows from its name and the choices. */
export interface Drawn {
  draft: DraftField;
  type: FieldType;
  to: ObjectType | undefined;
  /** Whether the object was found by its name, not chosen. */
  found: boolean;
  needsOptions: boolean;
  field: Field;
}

export interface DrawnObject {
  name: string;
  plural: string;
  apiName: string;
  pluralApiName: string;
  icon: string;
  label: string | undefined;
  fields: Drawn[];
}

const COLOURS = ["blue", "teal", "yellow", "purple", "green", "orange", "pink", "red", "gray"];

let made = 0;

export const emptyField = (name = "", chosen?: Chosen): DraftField => ({
  key: `f${(made += 1)}-${Date.now()}`,
  name,
  options: "",
  here: "one",
  there: "many",
  onDelete: "set_null",
  ...(chosen && { chosen }),
});

/** "new, used, sold" as options, each with a colour of its own. */
export function optionsOf(text: string): Option[] {
  const labels = [...new Set(text.split(/[,;\n]/).map((each) => each.trim()).filter(Boolean))];
  const values = new Set<string>();
  return labels.map((label, index) => {
    const value = freeName(apiName(label) || `option_${index + 1}`, (each) => values.has(each));
    values.add(value);
    return { value, label, color: COLOURS[index % COLOURS.length] ?? "gray" };
  });
}

export const hasOptions = (type: FieldType): boolean => "options" in (type.settings_schema.properties ?? {});

/** `others` are fields that the object has already. */
export function draw(draft: DraftObject, model: Model, example: ObjectType | undefined, others: Field[] = []): DrawnObject {
  const name = draft.name.trim();
  const plural = draft.plural ?? pluralOfName(name);
  const own = draft.apiName ?? apiName(name);
  const many = draft.pluralApiName ?? apiName(plural);
  const pluralApiName = many === own && draft.pluralApiName === undefined ? `${own.slice(0, 45)}_list` : many;
  const taken = new Set([...(example?.system_fields ?? []), ...others].flatMap((field) => [field.api_name, field.value_key]));
  const fields: Drawn[] = [];
  for (const each of draft.fields) {
    if (each.name.trim() === "") continue;
    const drawn = drawField(each, { name, plural, apiName: own, pluralApiName }, model, taken);
    taken.add(drawn.field.api_name).add(drawn.field.value_key);
    fields.push(drawn);
  }
  const label = fields.find((each) => each.type.titles)?.field.api_name;
  return { name, plural, apiName: own, pluralApiName, icon: draft.icon ?? iconFor(name), label, fields };
}

type Names = Pick<DrawnObject, "name" | "plural" | "apiName" | "pluralApiName">;

function drawField(draft: DraftField, object: Names, model: Model, taken: Set<string>): Drawn {
  const guess = draft.chosen ? { type: draft.chosen.type ?? "" } : guessType(draft.name, model);
  const to = draft.chosen ? (draft.chosen.to === undefined ? undefined : model.byName.get(draft.chosen.to)) : guess.to;
  const relations = relationTypes(model);
  const guessedMany = !draft.chosen && guess.type === relations.many;
  const here = guessedMany ? "many" : draft.here;
  const wanted = to ? (here === "many" ? relations.many : relations.one) : guess.type;
  const type = model.types.get(wanted ?? "") ?? [...model.types.values()][0];
  if (!type) throw new Error("the server has field types");
  const name = draft.name.trim();
  const api = freeName(apiName(name) || "field", (each) => taken.has(each) || taken.has(`${each}_id`));
  const options = optionsOf(draft.options);
  const isMany = to !== undefined && here === "many";
  const settings: Field["settings"] = {};
  if (to) {
    settings.to = to.api_name;
    const backName = draft.back ?? (isMany || draft.there === "many" ? object.plural : object.name);
    const isTaken = (each: string) => model.member(to, each) !== undefined;
    const back = draft.back === undefined ? (isMany || draft.there === "many" ? object.pluralApiName : object.apiName) : apiName(backName);
    if (back !== "") settings.inverse = { api_name: freeName(back, isTaken), name: backName };
    if (!isMany && draft.onDelete !== "set_null") settings["on_delete"] = draft.onDelete;
  }
  if (hasOptions(type) && options.length > 0) settings.options = options;
  const field: Field = {
    api_name: api,
    name,
    type: type.name,
    description: null,
    required: false,
    unique: to !== undefined && !isMany && draft.there === "one",
    indexed: false,
    default_value: null,
    settings,
    value_key: valueKey(api, type),
    operators: type.storage?.columns[0]?.operators ?? [],
    permissions: { read: true, create: true, update: true },
  };
  return { draft: { ...draft, here }, type, to, found: to !== undefined && !draft.chosen, needsOptions: hasOptions(type) && options.length === 0, field };
}

const valueKey = (api: string, type: FieldType): string =>
  type.storage?.kind === "to_one" ? `${api}_id` : type.storage?.columns.length === 0 ? `${api}_ids` : api;

/** The definition, as `POST /metadata/objects` takes it. */
export function definitionOf(object: DrawnObject): Record<string, unknown> {
  return {
    api_name: object.apiName,
    plural_api_name: object.pluralApiName,
    name: object.name,
    plural_name: object.plural,
    icon: object.icon,
    ...(object.label !== undefined && { label_field: object.label }),
    fields: object.fields.map(({ field }) => ({
      api_name: field.api_name,
      name: field.name,
      type: field.type,
      ...(field.unique && { unique: true }),
      ...(Object.keys(field.settings).length > 0 && { settings: field.settings }),
    })),
  };
}
