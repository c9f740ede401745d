/** A role: what it grants on objects, and the areas that it administers. */

import type { Area } from "./me.ts";

export const ACTIONS = ["read", "create", "update", "delete", "restore", "destroy"] as const;
export type Action = (typeof ACTIONS)[number];

export type FieldList = "*" | string[] | { except: string[] };

/** A right that is for some records or fields, or sets values. */
export interface Permission {
  /** In the filter language. */
  filter?: unknown;
  fields?: FieldList;
  /** By the keys of values; they may be variables. */
  presets?: Record<string, unknown>;
}

export type Grant = boolean | Permission;
export type Grants = Partial<Record<Action, Grant>>;

export interface RoleName {
  api_name: string;
  name: string;
}

export interface Role extends RoleName {
  /** Every tenant has it, and nobody changes it. */
  built_in: boolean;
  admin: Area[];
  /** On the objects that are not named. */
  default: Partial<Record<Action, boolean>>;
  objects: Record<string, Grants>;
}

/** Whether roles together grant all that another one does: nobody gives more than they have. The server judges; this is what is offered. */
export function covers(held: Role[], given: Role): boolean {
  const objects = new Set([given, ...held].flatMap((role) => Object.keys(role.objects)));
  const on = (role: Role, object: string | undefined): Grants => (object === undefined ? undefined : role.objects[object]) ?? role.default;
  return (
    given.admin.every((area) => held.some((role) => role.admin.includes(area))) &&
    [undefined, ...objects].every((object) =>
      ACTIONS.every((action) => {
        const grant = on(given, object)[action];
        return !grant || held.some((role) => isWithin(grant, on(role, object)[action]));
      }),
    )
  );
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

function isWithin(grant: Grant, held: Grant | undefined): boolean {
  if (!held) return false;
  const [inner, outer]: Permission[] = [grant === true || grant === false ? {} : grant, held === true ? {} : held];
  if (!inner || !outer) return false;
  const rows = outer.filter === undefined || same(outer.filter, inner.filter);
  const presets = Object.entries(outer.presets ?? {}).every(([key, value]) => same(inner.presets?.[key], value));
  return rows && presets && areFieldsWithin(inner.fields ?? "*", outer.fields ?? "*");
}

function areFieldsWithin(inner: FieldList, outer: FieldList): boolean {
  if (outer === "*") return true;
  if (inner === "*") return false;
  if (Array.isArray(inner)) return inner.every((name) => (Array.isArray(outer) ? outer.includes(name) : !outer.except.includes(name)));
  return !Array.isArray(outer) && outer.except.every((name) => inner.except.includes(name));
}
