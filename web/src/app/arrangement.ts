/**
 * How the sidebar is arranged, as items over the model's groups. Items without an owner are everybody's: folders are groups,
 * and an object's item says in which group it stands and where. A user's own items are favourites. Pure.
 */

import type { Model, ObjectType } from "../api/model.ts";
import { newId } from "../lib/ids.ts";
import { ranksAfter } from "../lib/rank.ts";
import { type Group, groupKey } from "./groups.ts";

/** A record of `sidebar_item`, as far as the page uses it. */
export interface Item {
  id: string;
  kind: "object" | "view" | "record" | "folder";
  target: string | null;
  label: string | null;
  parent_id: string | null;
  rank: string | null;
  owner_id: string | null;
}

/** A list, a saved view of it, or one of its records. */
export interface Place {
  object: ObjectType;
  view?: string | undefined;
  record?: string | undefined;
}

export interface Favourite extends Place {
  id: string;
  label: string | null;
}

export const favouriteOf = (favourites: Favourite[], { object, view, record }: Place): Favourite | undefined =>
  favourites.find((each) => each.object === object && each.view === view && each.record === record);

/** Items and groups with a rank first, in their order; the others stay as they were. */
function byRank<T>(list: T[], rankOf: (one: T) => string | null): T[] {
  const rank = new Map(list.map((one) => [one, rankOf(one)]));
  return [...list].sort((a, b) => {
    const [left, right] = [rank.get(a) ?? null, rank.get(b) ?? null];
    if (left === right) return 0;
    return right === null || (left !== null && left < right) ? -1 : 1;
  });
}

export const folderNamed = (items: Item[], key: string) => items.find((item) => item.kind === "folder" && item.owner_id === null && (item.target ?? item.id) === key);
const itemOf = (items: Item[], object: ObjectType) => items.find((item) => item.kind === "object" && item.owner_id === null && item.target === object.api_name);
const keyOf = (folder: Item) => folder.target ?? folder.id;

/** The groups as they are arranged. */
export function arranged(groups: Group[], items: Item[]): Group[] {
  const added = items.filter((item) => item.kind === "folder" && item.owner_id === null && item.target === null);
  const all: Group[] = [
    ...groups.map((group) => ({ ...group, objects: [] as ObjectType[] })),
    ...added.map((folder): Group => ({ key: folder.id, title: folder.label ?? undefined, objects: [], isAdded: true })),
  ];
  const byKey = new Map(all.map((group) => [group.key, group]));
  for (const object of groups.flatMap((group) => group.objects)) {
    const parent = itemOf(items, object)?.parent_id;
    const folder = parent === null ? undefined : items.find((item) => item.id === parent);
    const group = (folder && byKey.get(keyOf(folder))) ?? byKey.get(groupKey(object));
    group?.objects.push(object);
  }
  for (const group of all) group.objects = byRank(group.objects, (object) => itemOf(items, object)?.rank ?? null);
  return byRank(all, (group) => folderNamed(items, group.key)?.rank ?? null).filter((group) => group.isAdded || group.objects.length > 0);
}

/** The user's own places. */
export function favouritesOf(items: Item[], model: Model): Favourite[] {
  const own = items.filter((item) => item.owner_id !== null && item.kind !== "folder");
  return byRank(own, (item) => item.rank).flatMap((item): Favourite[] => {
    // A view or record is named with its object, so that nothing has to be read to draw it.
    const [name = "", inner] = (item.target ?? "").split("/");
    const object = model.byName.get(name);
    return object ? [{ id: item.id, object, ...(inner !== undefined && { [item.kind]: inner }), label: item.label }] : [];
  });
}

/** Where something is put: before another, or at the end. */
export type Before = string | undefined;

function put<T>(list: T[], one: T, before: T | undefined): { order: T[]; at: number } {
  const order = list.filter((each) => each !== one);
  const at = before === undefined ? order.length : order.indexOf(before);
  order.splice(at, 0, one);
  return { order, at };
}

/** The items to write so that an object stands in a group, before another object of it. */
export function placeObject(groups: Group[], items: Item[], object: ObjectType, key: string, before: Before): Item[] {
  const group = groups.find((each) => each.key === key);
  if (!group) return [];
  const folder = folderNamed(items, key) ?? { id: newId(), kind: "folder" as const, target: key, label: null, parent_id: null, rank: null, owner_id: null };
  const written: Item[] = folderNamed(items, key) ? [] : [folder];
  const { order, at } = put(group.objects, object, group.objects.find((each) => each.api_name === before));
  const ranks = order.map((each) => itemOf(items, each)?.rank ?? null);
  for (const [index, rank] of ranksAfter(ranks, at)) {
    const each = order[index];
    if (!each) continue;
    written.push({ ...(itemOf(items, each) ?? { id: newId(), kind: "object", target: each.api_name, label: null, owner_id: null }), parent_id: folder.id, rank });
  }
  return written;
}

/** The items to write so that a group stands before another. */
export function placeGroup(groups: Group[], items: Item[], key: string, before: Before): Item[] {
  const one = groups.find((group) => group.key === key);
  if (!one) return [];
  const { order, at } = put(groups, one, groups.find((group) => group.key === before));
  const ranks = order.map((group) => folderNamed(items, group.key)?.rank ?? null);
  return [...ranksAfter(ranks, at)].flatMap(([index, rank]): Item[] => {
    const group = order[index];
    if (!group) return [];
    return [{ ...(folderNamed(items, group.key) ?? { id: newId(), kind: "folder", target: group.key, label: null, parent_id: null, owner_id: null }), rank }];
  });
}

/** The items to write so that a favourite stands before another. */
export function placeFavourite(favourites: Favourite[], items: Item[], id: string, before: Before): Item[] {
  const one = favourites.find((each) => each.id === id);
  if (!one) return [];
  const { order, at } = put(favourites, one, favourites.find((each) => each.id === before));
  const own = new Map(items.map((item) => [item.id, item]));
  const ranks = order.map((each) => own.get(each.id)?.rank ?? null);
  return [...ranksAfter(ranks, at)].flatMap(([index, rank]): Item[] => {
    const item = own.get(order[index]?.id ?? "");
    return item ? [{ ...item, rank }] : [];
  });
}
