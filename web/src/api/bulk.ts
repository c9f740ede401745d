/** Changes of many records at once: those with given ids, or all that a filter finds. */

import { type Act, noteAct } from "./changes.ts";
import type { ObjectType, Values } from "./model.ts";
import { call, TRIAL } from "./rest.ts";
import { MANY, NAMED } from "./save.ts";

export type Which = { ids: string[] } | { filter: string; most: number };

function parts<T>(all: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));
}

/** Moves records to the bin, and returns how many. */
export async function remove(object: ObjectType, which: Which, act: Act): Promise<number> {
  const queries =
    "ids" in which
      ? parts(which.ids, NAMED).map((ids) => ({ filter: JSON.stringify({ id: { in: ids } }), max_affected: ids.length }))
      : [{ filter: which.filter, max_affected: which.most }];
  const headers = { "x-change-id": act.id };
  let affected = 0;
  for (const query of queries) {
    affected += (await call<{ affected: number }>("DELETE", `/${object.plural_api_name}`, { query, headers })).data.affected;
    noteAct(act);
  }
  return affected;
}

/** Sets the same values in many records, and returns how many. Without an act it is only tried. */
export async function setInAll(object: ObjectType, which: Which, values: Values, act: Act | undefined): Promise<number> {
  const place = `/${object.plural_api_name}`;
  const headers = act ? { "x-change-id": act.id } : TRIAL;
  if (!("ids" in which)) {
    const query = { filter: which.filter, max_affected: which.most };
    const { data } = await call<{ affected: number }>("PATCH", place, { body: values, query, headers });
    if (act) noteAct(act);
    return data.affected;
  }
  for (const ids of parts(which.ids, MANY)) {
    const body = ids.map((id) => ({ id, ...values }));
    await call("PATCH", place, { body, query: { fields: "id" }, headers });
    if (act) noteAct(act);
  }
  return which.ids.length;
}
