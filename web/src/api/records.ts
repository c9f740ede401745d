/** Records as they were last read or written, each once, by object and id. Views subscribe to a record and are called when it changes. */

import { useCallback, useSyncExternalStore } from "react";
import type { Values } from "./model.ts";

export interface RecordState {
  /** As the server last answered; only the fields that were asked for. */
  values: Values;
  version: number;
  /** Changes that are sent and not yet confirmed, by value key. */
  draft: Values;
  /** What the drafted fields held when they were changed here. */
  base: Values;
  /** What the server has against a drafted value, by value key. */
  faults: Record<string, string>;
  saving: boolean;
  gone: boolean;
}

const NEW: RecordState = { values: {}, version: 0, draft: {}, base: {}, faults: {}, saving: false, gone: false };

const records = new Map<string, RecordState>();
const listeners = new Map<string, Set<() => void>>();

const keyOf = (object: string, id: string) => `${object}/${id}`;

export const recordOf = (object: string, id: string): RecordState | undefined => records.get(keyOf(object, id));

export function changeRecord(object: string, id: string, change: (record: RecordState) => RecordState): void {
  const key = keyOf(object, id);
  const before = records.get(key) ?? NEW;
  records.set(key, change(before));
  for (const listener of listeners.get(key) ?? []) listener();
}

/** Takes in what the server answered. Fields that an older version had and this answer lacks are forgotten. */
export function takeIn(object: string, values: Values): void {
  const version = Number(values["version"] ?? 0);
  changeRecord(object, String(values["id"]), (record) => {
    if (version !== 0 && version < record.version) return record;
    const known = version > record.version ? {} : record.values;
    return { ...record, values: { ...known, ...values }, version: version || record.version, gone: values["deleted_at"] != null };
  });
}

export const shown = (record: RecordState): Values =>
  Object.keys(record.draft).length === 0 ? record.values : { ...record.values, ...record.draft };

export function useRecord(object: string, id: string | undefined): RecordState | undefined {
  const key = id === undefined ? undefined : keyOf(object, id);
  const subscribe = useCallback(
    (listener: () => void) => {
      if (key === undefined) return () => undefined;
      const set = listeners.get(key) ?? new Set();
      listeners.set(key, set.add(listener));
      return () => {
        set.delete(listener);
        if (set.size === 0) listeners.delete(key);
      };
    },
    [key],
  );
  return useSyncExternalStore(subscribe, () => (key === undefined ? undefined : records.get(key)));
}

/** Forgets records that nobody shows, down to a number. */
export function forgetUnseen(keep: number): void {
  if (records.size <= keep) return;
  for (const [key, record] of records) {
    if (records.size <= keep) return;
    if (!listeners.has(key) && Object.keys(record.draft).length === 0) records.delete(key);
  }
}

export function forgetAll(): void {
  records.clear();
  listeners.clear();
}
