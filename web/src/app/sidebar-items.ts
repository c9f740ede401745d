/** The records that arrange the sidebar: read once, changed here first and on the server after it. */

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { mayShapeModel, useMe } from "../api/me.ts";
import { type Model, type ObjectType, useModel, type Values } from "../api/model.ts";
import { Problem } from "../api/problem.ts";
import { queries } from "../api/query.ts";
import { call, get } from "../api/rest.ts";
import { newId } from "../lib/ids.ts";
import { say } from "../ui/toast.tsx";
import { useLanguage } from "../words/index.ts";
import { arranged, type Favourite, favouriteOf, favouritesOf, type Item, type Place } from "./arrangement.ts";
import { type Group, groupsOf } from "./groups.ts";

const KEY = ["sidebar"];
const FIELDS = "id,kind,target,label,parent_id,rank,owner_id";
const KINDS = ["object", "view", "record", "folder"];

const placeOf = (model: Model): ObjectType | undefined => model.byName.get("sidebar_item");

export interface Sidebar {
  items: Item[];
  groups: Group[];
  favourites: Favourite[];
  /** Whether the caller arranges what everybody sees. */
  mayArrange: boolean;
  mayKeepFavourites: boolean;
}

export function useSidebar(): Sidebar {
  const model = useModel();
  const language = useLanguage();
  const me = useMe();
  const place = placeOf(model);
  const { data } = useQuery({
    queryKey: KEY,
    enabled: place !== undefined,
    queryFn: async ({ signal }) => {
      const filter = JSON.stringify({ kind: { in: KINDS }, or: [{ owner_id: { eq: me.user.id } }, { owner_id: { is_null: true } }] });
      const { data: read } = await get<{ data: Values[] }>(`/${place?.plural_api_name}`, { filter, fields: FIELDS, sort: "id", limit: 1_000 }, signal);
      return read as unknown as Item[];
    },
  });
  const items = data ?? NONE;
  const mayWrite = place?.permissions.create === true;
  return useMemo(
    () => ({
      items,
      groups: arranged(groupsOf(model, language), items),
      favourites: favouritesOf(items, model),
      mayArrange: mayWrite && mayShapeModel(me),
      mayKeepFavourites: mayWrite,
    }),
    [items, model, language, me, mayWrite],
  );
}

const NONE: Item[] = [];

const held = () => queries.getQueryData<Item[]>(KEY) ?? [];

let last: Promise<unknown> = Promise.resolve();
let waiting = 0;

/** Shows a change at once, and sends it after those before it. What the server has is read when nothing is left to send. */
async function change(next: Item[], send: () => Promise<unknown>): Promise<void> {
  void queries.cancelQueries({ queryKey: KEY }, { revert: false });
  queries.setQueryData(KEY, next);
  waiting += 1;
  last = last.then(send).catch((error: unknown) => say(error instanceof Problem ? error.message : String(error), { bad: true }));
  await last;
  waiting -= 1;
  if (waiting === 0) await queries.invalidateQueries({ queryKey: KEY });
}

/** Adds or changes items. */
export async function writeItems(model: Model, items: Item[]): Promise<void> {
  const written = new Set(items.map((item) => item.id));
  const next = [...held().filter((item) => !written.has(item.id)), ...items];
  if (items.length > 0) await change(next, () => call("POST", `/${placeOf(model)?.plural_api_name}/upsert`, { query: { on: "id" }, body: items }));
}

export async function removeItem(model: Model, id: string): Promise<void> {
  await change(held().filter((item) => item.id !== id), () => call("DELETE", `/${placeOf(model)?.plural_api_name}/${id}`));
}

/** Makes a place a favourite of the user's, or no longer one. */
export async function toggleFavourite(model: Model, favourites: Favourite[], user: string, place: Place, label?: string): Promise<void> {
  const had = favouriteOf(favourites, place);
  if (had) return removeItem(model, had.id);
  const { object, view, record } = place;
  const inner = view ?? record;
  const target = inner === undefined ? object.api_name : `${object.api_name}/${inner}`;
  const kind = record !== undefined ? "record" : view !== undefined ? "view" : "object";
  await writeItems(model, [{ id: newId(), kind, target, label: label ?? null, parent_id: null, rank: null, owner_id: user }]);
}
