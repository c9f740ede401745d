/** What a view of a list is: the table's only state. Pure. */

import type { Field, Model, ObjectType } from "../api/model.ts";
import { fieldsOf } from "../api/model.ts";
import { widgetOf } from "../fields/index.ts";

export interface ViewColumn {
  path: string;
  width?: number;
  pinned?: boolean;
  /** An aggregate of the column, shown below it. */
  total?: string;
}

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export interface ViewDefinition {
  columns: ViewColumn[];
  filter?: Json;
  /** As `sort=` takes it; empty is newest first. */
  sort?: string;
  /** The field whose values are the sections. */
  group_by?: string | null;
}

/** A column that can be drawn: its field, and what it is called. */
export interface Column extends ViewColumn {
  field: Field;
  of: ObjectType;
  width: number;
}

const SHOWN = 10;
const FIRST = 3;
const NAME_WIDTH = 240;
const NEWEST = "-id";

/**
 * The record's name first, then fields in their order, as many as a screen has room for: the first few, and of the others
 * fields that tell records apart at a glance: options, relations, and indexed fields.
 */
export function standardView(model: Model, object: ObjectType): ViewDefinition {
  const label = object.label_field;
  const rest = object.fields.filter((field) => field.api_name !== label && field.permissions.read && !widgetOf(model, field).tall);
  const telling = rest.slice(FIRST).filter((field) => field.indexed || field.settings.to !== undefined || field.settings.options !== undefined);
  const chosen = new Set([...new Set([...rest.slice(0, FIRST), ...telling, ...rest])].slice(0, SHOWN - 2));
  const created = object.system_fields.find((field) => field.value_key === "created_at");
  const names = [...rest.filter((field) => chosen.has(field)).map((field) => field.api_name), ...(created ? [created.api_name] : [])];
  return { columns: [...(label ? [{ path: label, pinned: true, width: NAME_WIDTH }] : []), ...names.map((path) => ({ path }))] };
}

/** The view with its unsaved changes. */
export function effective(view: ViewDefinition, draft: Partial<ViewDefinition> | undefined): ViewDefinition {
  return draft ? { ...view, ...draft } : view;
}

/** A draft holds what differs from the view, and nothing where nothing does. */
export function draftOf(view: ViewDefinition, next: ViewDefinition): Partial<ViewDefinition> | undefined {
  const keys = ["columns", "filter", "sort", "group_by"] as const;
  const changed = keys.filter((key) => JSON.stringify(view[key] ?? null) !== JSON.stringify(next[key] ?? null));
  if (changed.length === 0) return undefined;
  return Object.fromEntries(changed.map((key) => [key, next[key] ?? null])) as Partial<ViewDefinition>;
}

/** Columns of fields that are there, the pinned ones first. */
export function columnsOf(model: Model, object: ObjectType, view: ViewDefinition): Column[] {
  const columns = view.columns.flatMap((column): Column[] => {
    const found = model.resolve(object, column.path);
    if (!found || !found.field.permissions.read || found.steps.some((step) => model.isToMany(step))) return [];
    return [{ ...column, field: found.field, of: found.of, width: column.width ?? widgetOf(model, found.field).width }];
  });
  return [...columns.filter((column) => column.pinned), ...columns.filter((column) => !column.pinned)];
}

export interface SortKey {
  path: string;
  descending: boolean;
}

export const sortKeys = (sort: string | undefined | null): SortKey[] =>
  (sort ?? "")
    .split(",")
    .filter(Boolean)
    .map((key) => ({ path: key.replace(/^-/, ""), descending: key.startsWith("-") }));

export const writeSort = (keys: SortKey[]): string => keys.map(({ path, descending }) => (descending ? `-${path}` : path)).join(",");

export const sortParameter = (sort: string | undefined | null): string => sort || NEWEST;

/** A click sorts by a column alone, then the other way, then not at all; with Shift its key joins the others. */
export function sortedBy(sort: string | undefined | null, path: string, add: boolean): string {
  const keys = sortKeys(sort);
  const had = keys.find((key) => key.path === path);
  const next = !had ? [{ path, descending: false }] : had.descending ? [] : [{ path, descending: true }];
  if (!add) return writeSort(next);
  return writeSort(had ? keys.flatMap((key) => (key.path === path ? next : [key])) : [...keys, ...next]);
}

/** The path by which a field is sorted: a record or person by its name, a value of parts by its first. */
export function sortPath(model: Model, column: Pick<Column, "path" | "field">): string | undefined {
  const columns = model.type(column.field)?.storage?.columns ?? [];
  const [first] = columns;
  if (!first) return undefined;
  if (first.component) return `${column.path}.${first.component}`;
  const target = model.target({ kind: "field", field: column.field });
  const label = target && model.labelField(target);
  if (label) return `${column.path}.${label.value_key}`;
  if (column.field.value_key !== column.field.api_name) return `${column.path}.name`;
  return [first.openapi.type].flat().includes("array") ? undefined : column.path;
}

/** What a list has to ask for so that its columns can be drawn. */
export function readsOfColumns(
  columns: Column[],
  object: ObjectType,
  model: Model,
  reads: (field: Field) => string[],
): string[] {
  const label = model.labelField(object);
  const paths = new Set(["id", "version", "deleted_at"]);
  if (label) paths.add(label.value_key);
  for (const column of columns) {
    const before = column.path.split(".").slice(0, -1).join(".");
    for (const read of reads(column.field)) paths.add(before ? `${before}.${read}` : read);
  }
  return [...paths];
}

/** The fields that a column may show: the object's own, and those of what it leads to. */
export function columnChoices(model: Model, object: ObjectType): { path: string; field: Field; through: Field[] }[] {
  const own = fieldsOf(object).filter((field) => field.permissions.read);
  const far = own.flatMap((field) => {
    const member = { kind: "field", field } as const;
    const target = model.isToMany(member) ? undefined : model.target(member);
    return (target ? fieldsOf(target) : [])
      .filter((each) => each.permissions.read)
      .map((each) => ({ path: `${field.api_name}.${each.api_name}`, field: each, through: [field] }));
  });
  return [...own.map((field) => ({ path: field.api_name, field, through: [] })), ...far];
}
