/** Rows that are being made: typed into like any other, and sent once they are left. */

import { type Act, beginAct } from "../api/changes.ts";
import { create } from "../api/make.ts";
import type { ObjectType, Values } from "../api/model.ts";
import { Problem } from "../api/problem.ts";
import { changeRecord, recordOf } from "../api/records.ts";
import type { ListWindow } from "../grid/window.ts";
import { newId } from "../lib/ids.ts";

const fresh = new Set<string>();
const sending = new Set<string>();

export const isFresh = (id: string): boolean => fresh.has(id);

export function beginFresh(object: ObjectType, list: ListWindow): string {
  const id = newId();
  fresh.add(id);
  changeRecord(object.api_name, id, (record) => ({ ...record, values: { id } }));
  list.addFront(id);
  return id;
}

export function draftFresh(object: ObjectType, id: string, values: Values): void {
  changeRecord(object.api_name, id, (record) => {
    const faults = Object.fromEntries(Object.entries(record.faults).filter(([key]) => !(key in values)));
    return { ...record, draft: { ...record.draft, ...values }, faults };
  });
}

/** Sends a row that was left; one that nothing was typed into goes again. */
export async function endFresh(object: ObjectType, id: string, list: ListWindow, words: (values: Values) => string): Promise<Act | Problem | undefined> {
  if (!fresh.has(id) || sending.has(id)) return undefined;
  const draft = recordOf(object.api_name, id)?.draft ?? {};
  if (Object.values(draft).every((value) => value === null)) {
    fresh.delete(id);
    list.drop(new Set([id]));
    return undefined;
  }
  sending.add(id);
  try {
    const { act } = await create(object, { id, ...draft }, beginAct(words(draft)), list.query.fields);
    fresh.delete(id);
    changeRecord(object.api_name, id, (record) => ({ ...record, draft: {}, faults: {} }));
    return act;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const faults = Object.fromEntries(error.faults.map((fault) => [fault.pointer.split("/")[1] ?? "", fault.message]));
    changeRecord(object.api_name, id, (record) => ({ ...record, faults }));
    return error;
  } finally {
    sending.delete(id);
  }
}
