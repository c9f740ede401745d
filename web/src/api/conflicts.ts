/** Fields that were changed here and elsewhere: both values wait for a person to choose. */

import { useSyncExternalStore } from "react";
import type { ObjectType, Values } from "./model.ts";
import { changeRecord } from "./records.ts";

/** The fields of one record that are in conflict. */
export interface Conflict {
  object: ObjectType;
  id: string;
  /** By value key. */
  mine: Values;
  /** The record as the server has it. */
  theirs: Values;
}

let conflicts: Conflict[] = [];
const listeners = new Set<() => void>();

const set = (next: Conflict[]) => {
  conflicts = next;
  for (const listener of listeners) listener();
};

const isSame = (a: { object: ObjectType; id: string }, b: { object: ObjectType; id: string }) => a.object.api_name === b.object.api_name && a.id === b.id;

/** A record has one conflict: later fields are added to it. */
export function addConflict(found: Conflict): void {
  const before = conflicts.find((each) => isSame(each, found));
  set([...conflicts.filter((each) => each !== before), { ...found, mine: { ...before?.mine, ...found.mine } }]);
}

export const picked = (values: Values, keys: string[]): Values => Object.fromEntries(keys.flatMap((key) => (key in values ? [[key, values[key]]] : [])));

export const without = <T>(all: Record<string, T>, keys: string[]): Record<string, T> => Object.fromEntries(Object.entries(all).filter(([key]) => !keys.includes(key)));

/** Ends the conflict over these fields and returns the own values. Saving those now replaces the values of others. */
export function settleConflict(conflict: Conflict, keys: string[]): Values {
  const { object, id, theirs } = conflict;
  set(
    conflicts.flatMap((each) => {
      if (!isSame(each, conflict)) return [each];
      const mine = without(each.mine, keys);
      return Object.keys(mine).length === 0 ? [] : [{ ...each, mine }];
    }),
  );
  changeRecord(object.api_name, id, (record) => ({ ...record, base: { ...record.base, ...picked(theirs, keys) } }));
  return picked(conflict.mine, keys);
}

export function useConflicts(): Conflict[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => conflicts,
  );
}
