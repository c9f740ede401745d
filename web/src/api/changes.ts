/** The acts of this tab, for undo and redo. Both ask the server to revert the change that an act made. */

import { Problem } from "./problem.ts";
import { call } from "./rest.ts";

/** One gesture: however many requests it takes, they are one change, and one undo takes it back. */
export interface Act {
  /** The id of the change. */
  id: string;
  words: string;
}

/** Fields of a record that an undo leaves alone, because they have changed since. There are none where the record is gone. */
export interface Kept {
  object: string;
  id: string;
  fields: string[];
}

export interface Undone {
  act: Act;
  /** How many records were written. */
  reverted: number;
  kept: Kept[];
}

const MOST = 100;
let done: Act[] = [];
let undone: Act[] = [];
const listeners = new Set<() => void>();

export const beginAct = (words: string): Act => ({ id: crypto.randomUUID(), words });

/** Adds an act that has changed something. */
export function noteAct(act: Act): void {
  done = [...done.filter(({ id }) => id !== act.id), act].slice(-MOST);
  undone = [];
}

/** The listener is called when the data on screen may be out of date: after an undo, and after another tab has saved. */
export function onOutdated(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function tellOutdated(): void {
  for (const listener of listeners) listener();
}

async function revert(act: Act): Promise<{ back: Act; undone: Undone }> {
  const path = `/changes/${act.id}/revert`;
  const { data } = await call<{ change_id: string; reverted: number; conflicts: Kept[] }>("POST", path, { body: {} });
  tellOutdated();
  return { back: { ...act, id: data.change_id }, undone: { act, reverted: data.reverted, kept: data.conflicts } };
}

/** A refused undo would be refused again and block all older acts, so it is dropped. */
const isWorthAgain = (error: unknown): boolean => !(error instanceof Problem) || error.isPassing;

/** Takes back an act, or the last one; undefined where there is none, or it has been taken back. */
export async function undo(id = done.at(-1)?.id): Promise<Undone | undefined> {
  const act = done.find((each) => each.id === id);
  if (!act) return undefined;
  done = done.filter((each) => each !== act);
  try {
    const result = await revert(act);
    undone = [...undone, result.back];
    return result.undone;
  } catch (error) {
    if (isWorthAgain(error)) done = [...done, act];
    throw error;
  }
}

export async function redo(): Promise<Undone | undefined> {
  const act = undone.at(-1);
  if (!act) return undefined;
  undone = undone.slice(0, -1);
  try {
    const result = await revert(act);
    done = [...done, result.back];
    return result.undone;
  } catch (error) {
    if (isWorthAgain(error)) undone = [...undone, act];
    throw error;
  }
}
