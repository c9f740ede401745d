/** What a role grants, cell by cell: read, changed, compared. Pure. */

import { type Action, ACTIONS, type FieldList, type Grant, type Grants, type Permission, type Role } from "../api/role.ts";

/** The row of the objects that are not named. */
export const EVERYTHING_NEW = "";

export type Level = "all" | "some" | "none";
export type FieldMode = "all" | "except" | "only";

const isEmpty = (value: unknown): boolean => value === null || value === undefined || (typeof value === "object" && Object.keys(value).length === 0);

/** The parts of a grant; undefined where it grants nothing. */
export const partsOf = (grant: Grant | undefined): Permission | undefined => (grant === true ? {} : grant ? grant : undefined);

/** A grant that was begun as "some", and names no rows or fields yet. */
export const isBegun = (grant: Grant | undefined): boolean => typeof grant === "object" && grant.filter !== undefined && isEmpty(grant.filter) && modeOf(grant.fields) === "all";

export function levelOf(grant: Grant | undefined): Level {
  const parts = partsOf(grant);
  if (!parts) return "none";
  return parts.filter !== undefined || modeOf(parts.fields) !== "all" ? "some" : "all";
}

/** The level of several; "some" where they differ. */
export function levelOfAll(levels: Level[]): Level {
  const [first = "none", ...rest] = levels;
  return rest.every((level) => level === first) ? first : "some";
}

export const modeOf = (fields: FieldList | undefined): FieldMode => (fields === undefined || fields === "*" ? "all" : Array.isArray(fields) ? "only" : "except");
export const namesIn = (fields: FieldList | undefined): string[] => (fields === undefined || fields === "*" ? [] : Array.isArray(fields) ? fields : fields.except);
export const fieldList = (mode: FieldMode, names: string[]): FieldList => (mode === "all" ? "*" : mode === "only" ? names : { except: names });

/** A grant as the API takes it, without parts that say nothing. */
export function plain(grant: Grant | undefined): Grant {
  const parts = partsOf(grant);
  if (!parts) return false;
  const { filter, fields, presets } = parts;
  const said: Permission = {
    ...(!isEmpty(filter) && { filter }),
    ...(fields !== undefined && modeOf(fields) !== "all" && { fields }),
    ...(presets && !isEmpty(presets) && { presets }),
  };
  return isEmpty(said) ? true : said;
}

export const isNamed = (role: Role, object: string): boolean => object !== EVERYTHING_NEW && object in role.objects;

export function grantOf(role: Role, object: string, action: Action): Grant | undefined {
  const named = role.objects[object];
  return named ? named[action] : role.default[action];
}

/** The role with one cell changed. An object that was not named is named by it, with what it had. */
export function withGrant(role: Role, object: string, action: Action, grant: Grant): Role {
  if (object === EVERYTHING_NEW) return { ...role, default: { ...role.default, [action]: grant !== false } };
  const before: Grants = role.objects[object] ?? role.default;
  return { ...role, objects: { ...role.objects, [object]: { ...before, [action]: grant } } };
}

/** The role with an object that is like everything new again. */
export function unnamed(role: Role, object: string): Role {
  const { [object]: _, ...objects } = role.objects;
  return { ...role, objects };
}

export const cellKey = (object: string, action: Action): string => `${object}/${action}`;

/** The cells in which two versions of a role differ. */
export function changedCells(before: Role, after: Role, objects: string[]): Set<string> {
  const cells = [EVERYTHING_NEW, ...objects].flatMap((object) => ACTIONS.map((action) => ({ object, action })));
  const text = (role: Role, object: string, action: Action) => JSON.stringify(plain(grantOf(role, object, action)));
  const differ = cells.filter(({ object, action }) => text(before, object, action) !== text(after, object, action));
  // An object that follows the row of everything new has not changed by itself.
  const own = differ.filter(({ object }) => object === EVERYTHING_NEW || isNamed(before, object) || isNamed(after, object));
  return new Set(own.map(({ object, action }) => cellKey(object, action)));
}

/** What a role grants as the API takes it. */
export function bodyOf(role: Role): Pick<Role, "admin" | "default" | "objects"> {
  const objects = Object.entries(role.objects).map(([name, grants]) => {
    const rights = ACTIONS.flatMap((action) => (grants[action] === undefined ? [] : [[action, plain(grants[action])] as const]));
    return [name, Object.fromEntries(rights)] as const;
  });
  return { admin: role.admin, default: role.default, objects: Object.fromEntries(objects) };
}

/** The cell that a pointer of the API leads to. */
export function cellAt(pointer: string): { object: string; action: Action } | undefined {
  const [, part, ...rest] = pointer.split("/");
  const [object, name] = part === "default" ? [EVERYTHING_NEW, rest[0]] : rest;
  const action = ACTIONS.find((each) => each === name);
  return (part === "objects" || part === "default") && object !== undefined && action ? { object, action } : undefined;
}
