/** The list that a record was opened from: the position of the record in it, and the records before and after. It survives a reload. */

import { useEffect, useState, useSyncExternalStore } from "react";
import { ownKey } from "../api/drafts.ts";
import type { ObjectType } from "../api/model.ts";
import type { ListQuery, RowSource, Total } from "./source.ts";
import { ListWindow } from "./window.ts";

interface Trail extends Pick<ListQuery, "filter" | "sort" | "q" | "timeZone"> {
  object: string;
  row: number;
  total: Total | undefined;
  /** The search parameters of the list's address. */
  search: Record<string, unknown>;
}

export interface Position {
  at: number;
  of: Total;
}

export interface Steps {
  position: Position | undefined;
  /** The id of the record before or after; undefined at the ends. */
  next: (by: 1 | -1) => string | undefined;
  search: Record<string, unknown>;
}

const KEY = "tessera.trail";

/** Remembers the list that a record is opened from. */
export function noteTrail(rows: RowSource, id: string, search: Record<string, unknown>): void {
  const list = rows.partOf(id);
  const row = list?.rowOf(id);
  if (!list || row === undefined) return;
  const { object, filter, sort, q, timeZone } = list.query;
  const { peek: _, ...rest } = search;
  const trail: Trail = { object: object.api_name, filter, sort, q, timeZone, row, total: list.total, search: rest };
  sessionStorage.setItem(ownKey(KEY), JSON.stringify(trail));
}

function trailOf(object: ObjectType): Trail | undefined {
  const text = sessionStorage.getItem(ownKey(KEY));
  const trail = text === null ? undefined : (JSON.parse(text) as Trail);
  return trail?.object === object.api_name ? trail : undefined;
}

export function positionIn(rows: RowSource, id: string, known?: Total): Position | undefined {
  const list = rows.partOf(id);
  const row = list?.rowOf(id);
  const total = known ?? list?.total;
  return !list || row === undefined || total === undefined ? undefined : { at: row + 1, of: { ...total, rows: total.rows + list.front.length } };
}

/** Undefined if the record was not opened from a list of its object. */
export function useTrail(object: ObjectType, id: string): Steps | undefined {
  const [found, setFound] = useState<{ trail: Trail; list: ListWindow }>();
  const { trail, list } = found ?? {};
  useSyncExternalStore(list?.subscribe ?? NEVER, list?.snapshot ?? ZERO);
  useEffect(() => {
    const kept = trailOf(object);
    if (!kept) return;
    // Ids alone: the record itself is read by its page.
    const opened = new ListWindow({ ...kept, object, fields: ["id"] });
    setFound({ trail: kept, list: opened });
    opened.show(Math.max(0, kept.row - 1), kept.row + 1);
    return () => opened.close();
  }, [object]);
  const row = list?.rowOf(id);
  useEffect(() => {
    if (!list || !trail || row === undefined) return;
    list.show(Math.max(0, row - 1), row + 1);
    sessionStorage.setItem(ownKey(KEY), JSON.stringify({ ...trail, row }));
  }, [list, trail, row]);
  if (!trail || !list) return undefined;
  return {
    position: positionIn(list, id, list.total?.exact ? list.total : trail.total),
    next: (by) => (row === undefined ? undefined : list.idAt(row + by)),
    search: trail.search,
  };
}

const NEVER = () => () => undefined;
const ZERO = () => 0;
