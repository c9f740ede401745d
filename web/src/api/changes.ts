/** The changes of this tab, newest last. Undo and Redo ask the server to revert them. */

import { useSyncExternalStore } from "react";
import { call } from "./rest.ts";

export interface Done {
  id: string;
  words: string;
  /** The records that it touched: object and id. */
  records: [object: string, id: string][];
}

interface Reverted {
  change_id: string;
  reverted: number;
  conflicts: { object: string; id: string; fields: string[] }[];
}

const KEPT = 100;
let done: Done[] = [];
let undone: Done[] = [];
const listeners = new Set<() => void>();
const reread = new Set<(records: Done["records"]) => void>();

const tell = () => {
  for (const listener of listeners) listener();
};

export function noteChange(change: Done): void {
  done = [...done, change].slice(-KEPT);
  undone = [];
  tell();
}

/** Is called with the records that an undo or redo has changed. */
export function onReverted(listener: (records: Done["records"]) => void): () => void {
  reread.add(listener);
  return () => reread.delete(listener);
}

async function revert(change: Done): Promise<{ back: Done; conflicts: Reverted["conflicts"] }> {
  const { data } = await call<Reverted>("POST", `/changes/${change.id}/revert`, { body: {} });
  for (const listener of reread) listener(change.records);
  return { back: { ...change, id: data.change_id }, conflicts: data.conflicts };
}

export async function undo(change = done.at(-1)): Promise<{ change: Done; conflicts: Reverted["conflicts"] } | undefined> {
  if (!change) return undefined;
  const { back, conflicts } = await revert(change);
  done = done.filter(({ id }) => id !== change.id);
  undone = [...undone, back];
  tell();
  return { change, conflicts };
}

export async function redo(): Promise<{ change: Done; conflicts: Reverted["conflicts"] } | undefined> {
  const change = undone.at(-1);
  if (!change) return undefined;
  const { back, conflicts } = await revert(change);
  undone = undone.slice(0, -1);
  done = [...done, back];
  tell();
  return { change, conflicts };
}

export function useChanges(): Done[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => done,
  );
}
