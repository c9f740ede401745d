/** The tenant's model as the caller may see it: objects, their fields, and the types of fields. Kept until its version changes. */

import { useSyncExternalStore } from "react";
import { call, onModelVersion } from "./rest.ts";

export type Language = "en" | "ru";
export type Values = Record<string, unknown>;

/** The same words in both languages. */
export interface Localized {
  en: string;
  ru: string;
}

export interface Named {
  name: string;
  translations?: Record<string, Record<string, string>>;
}

export interface JsonSchema {
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  required?: string[];
  title?: string | Localized;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  pattern?: string;
  examples?: unknown[];
  anyOf?: JsonSchema[];
  uniqueItems?: boolean;
  readOnly?: boolean;
}

export interface Column {
  component?: string;
  title?: Localized;
  required?: boolean;
  openapi: JsonSchema;
  operators: string[];
  aggregates: string[];
  group_by: string[];
}

export interface FieldType {
  name: string;
  title: Localized;
  summary?: Localized;
  icon?: string;
  group?: string;
  align?: "start" | "end";
  widget: string;
  settings_schema: JsonSchema;
  required_settings: string[];
  allows: { required: boolean; unique: boolean; indexed: boolean; default_value: boolean };
  /** Whether a field of it may name a record. */
  titles: boolean;
  value_schema?: JsonSchema;
  storage?: { kind: string; columns: Column[]; operators?: string[] };
  example_settings?: Values;
}

export interface Option {
  value: string;
  label?: string;
  color?: string;
  translations?: Record<string, { label?: string }>;
}

export interface FieldSettings extends Record<string, unknown> {
  options?: Option[];
  /** The object that a relation leads to. */
  to?: string;
  inverse?: Named & { api_name: string };
  max?: number;
  currency_code?: string;
}

export interface Field extends Named {
  id?: string;
  api_name: string;
  type: string;
  description: string | null;
  required: boolean;
  unique: boolean;
  indexed: boolean;
  default_value: unknown;
  settings: FieldSettings;
  /** The key its value has in a record. */
  value_key: string;
  operators: string[] | Record<string, string[]>;
  permissions: { read: boolean; create: boolean; update: boolean };
  module?: string | null;
}

/** The other end of a relation: the records that point here. */
export interface Inverse extends Named {
  api_name: string;
  object: string;
  field: string;
  operators: string[];
}

export interface ObjectType extends Named {
  id: string;
  api_name: string;
  plural_api_name: string;
  plural_name: string;
  description: string | null;
  icon: string | null;
  label_field: string | null;
  module: string | null;
  read_only: boolean;
  hidden?: boolean;
  form?: { title: string | null; translations?: Named["translations"]; fields: string[] }[];
  fields: Field[];
  system_fields: Field[];
  inverses: Inverse[];
  permissions: Record<"read" | "create" | "update" | "delete" | "restore" | "destroy", boolean>;
}

export interface Module {
  name: string;
  title: string;
  description: string;
  icon: string;
  translations: Record<string, Record<string, string>>;
  objects: string[];
  enabled: boolean;
}

/** A step from an object: a field of its own, or the records that point to it. */
export type Member = { kind: "field"; field: Field } | { kind: "inverse"; inverse: Inverse };

export class Model {
  readonly byName: ReadonlyMap<string, ObjectType>;
  readonly byPlural: ReadonlyMap<string, ObjectType>;
  readonly types: ReadonlyMap<string, FieldType>;
  private readonly members = new Map<string, Map<string, Member>>();

  constructor(
    readonly objects: ObjectType[],
    types: FieldType[],
    readonly modules: Module[],
  ) {
    this.byName = new Map(objects.map((object) => [object.api_name, object]));
    this.byPlural = new Map(objects.map((object) => [object.plural_api_name, object]));
    this.types = new Map(types.map((type) => [type.name, type]));
    for (const object of objects) {
      const members = new Map<string, Member>();
      for (const field of fieldsOf(object)) members.set(field.api_name, { kind: "field", field });
      for (const inverse of object.inverses) members.set(inverse.api_name, { kind: "inverse", inverse });
      this.members.set(object.api_name, members);
    }
  }

  member(object: ObjectType, name: string): Member | undefined {
    return this.members.get(object.api_name)?.get(name);
  }

  field(object: ObjectType, name: string): Field | undefined {
    const member = this.member(object, name);
    return member?.kind === "field" ? member.field : undefined;
  }

  type(field: Field): FieldType | undefined {
    return this.types.get(field.type);
  }

  /** The object that a step leads to, where it leads to one that may be seen. */
  target(member: Member): ObjectType | undefined {
    if (member.kind === "inverse") return this.byName.get(member.inverse.object);
    const { to } = member.field.settings;
    return to === undefined ? undefined : this.byName.get(to);
  }

  /** Whether a step leads to any number of records. */
  isToMany(member: Member): boolean {
    return member.kind === "inverse" || this.type(member.field)?.storage?.columns.length === 0;
  }

  /** The field that a path such as `company.city` ends at, with the steps to it. */
  resolve(object: ObjectType, path: string): { steps: Member[]; field: Field; of: ObjectType } | undefined {
    const names = path.split(".");
    const steps: Member[] = [];
    let at: ObjectType | undefined = object;
    for (const [index, name] of names.entries()) {
      const member: Member | undefined = at && this.member(at, name);
      if (!at || !member) return undefined;
      if (index === names.length - 1) return member.kind === "field" ? { steps, field: member.field, of: at } : undefined;
      steps.push(member);
      at = this.target(member);
    }
    return undefined;
  }

  labelField(object: ObjectType): Field | undefined {
    return object.label_field === null ? undefined : this.field(object, object.label_field);
  }
}

export const fieldsOf = (object: ObjectType): Field[] => [...object.fields, ...object.system_fields];

/** An object's or field's name in a language. */
export function nameOf(named: Named, language: Language, key = "name"): string {
  return named.translations?.[language]?.[key] ?? (named as unknown as Record<string, string>)[key] ?? named.name;
}

/** The field that says whose a record is: the first that leads to a person. */
export const personOf = (object: ObjectType, model: Model): Field | undefined =>
  object.fields.find((field) => field.permissions.read && model.type(field)?.storage?.kind === "to_one" && field.settings.to === undefined);

/** Whether the caller may take records of an object out of the bin, or destroy them. */
export const mayOpenBin = ({ permissions, hidden, read_only }: ObjectType): boolean => !hidden && !read_only && permissions.read && (permissions.restore || permissions.destroy);

export const pluralOf = (object: ObjectType, language: Language): string => nameOf(object, language, "plural_name");

export const describe = (named: Named & { description: string | null }, language: Language): string =>
  named.translations?.[language]?.["description"] ?? named.description ?? "";

export const optionLabel = (option: Option, language: Language): string =>
  option.translations?.[language]?.label ?? option.label ?? option.value;

type State = { model: Model } | { error: unknown } | undefined;

let state: State;
let version: string | undefined;
let loading: Promise<void> | undefined;
const etags = new Map<string, { etag: string; data: unknown }>();
const listeners = new Set<() => void>();

const set = (next: State) => {
  state = next;
  for (const listener of listeners) listener();
};

async function part<T>(path: string): Promise<T> {
  const known = etags.get(path);
  const answer = await call<{ data: T }>("GET", path, known ? { headers: { "if-none-match": known.etag } } : {});
  if (answer.status === 304 && known) return known.data as T;
  const etag = answer.headers.get("etag");
  if (etag !== null) etags.set(path, { etag, data: answer.data.data });
  return answer.data.data;
}

/** Reads the model again, where it has changed; resolves once it is there. */
export function loadModel(): Promise<void> {
  loading ??= Promise.all([
    part<ObjectType[]>("/metadata/objects"),
    part<FieldType[]>("/metadata/field-types"),
    // Their names head the sidebar's groups; without them objects stand in one.
    part<Module[]>("/metadata/modules").catch(() => []),
  ])
    .then(([objects, types, modules]) => set({ model: new Model(objects, types, modules) }))
    .catch((error: unknown) => {
      if (!state || "error" in state) set({ error });
    })
    .finally(() => {
      loading = undefined;
    });
  return loading;
}

onModelVersion((seen) => {
  if (version !== undefined && seen !== version && state) void loadModel();
  version = seen;
});

export function useModelState(): State {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}

/** The model, in places that are only drawn once it is there. */
export function useModel(): Model {
  const now = useModelState();
  if (!now || !("model" in now)) throw new Error("the shell draws its places after the model has been read");
  return now.model;
}

export const currentModel = (): Model | undefined => (state && "model" in state ? state.model : undefined);
