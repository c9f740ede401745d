/** Records as they were last read or written, each once, by object and id. Views subscribe to a record and are called when it changes. */

import { useCallback, useSyncExternalStore } from "react";
import { keepDraft, onDraftEnded, openDrafts } from "./drafts.ts";
import type { Values } from "./model.ts";

export interface RecordState {
  /** As the server last answered; only the fields that were asked for. */
  values: Values;
  version: number;
  /** Changes that the server has not confirmed, by value key. */
  draft: Values;
  /** What the drafted fields held when they were changed here. */
  base: Values;
  /** What the server has against a drafted value, by value key. */
  faults: Record<string, string>;
  /** Keys of the draft whose values are still being typed. They are not sent. */
  typing: string[];
  saving: boolean;
  /** The draft has been sent, and there is no answer. It is sent again. */
  unsent: boolean;
  /** It does not exist on the server yet. */
  unmade: boolean;
  gone: boolean;
}

const NEW: RecordState = { values: {}, version: 0, draft: {}, base: {}, faults: {}, typing: [], saving: false, unsent: false, unmade: false, gone: false };

const records = new Map<string, RecordState>();
const listeners = new Map<string, Set<() => void>>();
/** Keys of records whose draft could not be sent. */
let waiting: ReadonlySet<string> = new Set();
const waitingListeners = new Set<() => void>();

const keyOf = (object: string, id: string) => `${object}/${id}`;

export const recordOf = (object: string, id: string): RecordState | undefined => records.get(keyOf(object, id));

export function changeRecord(object: string, id: string, change: (record: RecordState) => RecordState): void {
  const key = keyOf(object, id);
  const before = records.get(key) ?? NEW;
  const after = change(before);
  records.set(key, after);
  if (after.draft !== before.draft || after.base !== before.base || after.typing !== before.typing || after.unsent !== before.unsent || after.unmade !== before.unmade) {
    const { draft: values, base, typing, unsent, unmade } = after;
    keepDraft(object, id, isDrafted(after) ? { values, base, typing, unsent, unmade } : undefined);
  }
  noteWaiting(key, after);
  for (const listener of listeners.get(key) ?? []) listener();
}

const isDrafted = ({ draft }: RecordState): boolean => Object.keys(draft).length > 0;

/** Whether it has values that could not be sent. */
export const isWaiting = (record: RecordState): boolean => record.unsent && !record.saving && isDrafted(record);

function noteWaiting(key: string, record: RecordState): void {
  if (isWaiting(record) === waiting.has(key)) return;
  const next = new Set(waiting);
  if (!next.delete(key)) next.add(key);
  waiting = next;
  for (const listener of waitingListeners) listener();
}

const inParts = (key: string): { object: string; id: string } => {
  const [object = "", id = ""] = key.split("/");
  return { object, id };
};

/** Records whose draft could not be sent. */
export const waitingRecords = (): { object: string; id: string }[] => [...waiting].map(inParts);

export function onWaiting(listener: () => void): () => void {
  waitingListeners.add(listener);
  return () => waitingListeners.delete(listener);
}

/** How many records wait to be sent. */
export const useWaiting = (): number => useSyncExternalStore(onWaiting, () => waiting.size);

/** Ids of an object's records that were begun and not sent yet, the newest first. */
export const unmadeOf = (object: string): string[] =>
  [...records]
    .flatMap(([key, record]) => (record.unmade && isDrafted(record) && inParts(key).object === object ? [inParts(key).id] : []))
    .sort()
    .reverse();

/** Restores the drafts of this browser. `ended` is called when another tab has saved one. */
export function restoreDrafts(user: string, tenant: string, ended: () => void): void {
  for (const { object, id, draft } of openDrafts(user, tenant)) {
    const { values, ...rest } = draft;
    changeRecord(object, id, (record) => ({ ...record, values: { id }, draft: values, ...rest }));
  }
  onDraftEnded((object, id) => {
    const record = recordOf(object, id);
    if (!record || record.saving || !isDrafted(record)) return;
    changeRecord(object, id, () => ({ ...record, draft: {}, base: {}, faults: {}, typing: [], unsent: false, unmade: false }));
    ended();
  });
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

export const shown = (record: RecordState): Values => (isDrafted(record) ? { ...record.values, ...record.draft } : record.values);

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
    if (!listeners.has(key) && !isDrafted(record)) records.delete(key);
  }
}
