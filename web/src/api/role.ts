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
