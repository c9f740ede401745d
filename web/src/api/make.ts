/** Makes records under ids that are chosen here. A request that is sent again, because its answer was lost, makes no second record. */

import { type Act, noteAct } from "./changes.ts";
import type { ObjectType, Values } from "./model.ts";
import { Problem } from "./problem.ts";
import { newId } from "../lib/ids.ts";
import { changeRecord, recordOf, takeIn } from "./records.ts";
import { call } from "./rest.ts";
import { MANY } from "./save.ts";

export type New = Values & { id: string };

/** Requests that have had no answer yet, by the record's id. */
const tried = new Map<string, { body: string; act: Act; query: { fields?: string } }>();

/** Begins a record: a draft that is sent later. */
export function beginRecord(object: ObjectType, values: Values = {}): string {
  const id = newId();
  changeRecord(object.api_name, id, (record) => ({ ...record, values: { id }, draft: values, unmade: true }));
  return id;
}

export const isUnmade = (object: ObjectType, id: string): boolean => recordOf(object.api_name, id)?.unmade === true;

/** Discards a record that was begun. */
export const dropUnmade = (object: ObjectType, id: string): void => changeRecord(object.api_name, id, (record) => ({ ...record, draft: {}, faults: {}, typing: [], unmade: false, unsent: false }));

/** Sends a record that was begun. Refused values stay in its draft. Returns nothing if it is being sent already. */
export async function makeBegun(object: ObjectType, id: string, act: Act, fields?: string[]): Promise<{ values: Values; act: Act } | Problem | undefined> {
  const before = recordOf(object.api_name, id);
  if (!before?.unmade || before.saving) return undefined;
  changeRecord(object.api_name, id, (record) => ({ ...record, saving: true, unsent: true, faults: {} }));
  try {
    const made = await create(object, { id, ...before.draft }, act, fields);
    changeRecord(object.api_name, id, (record) => ({ ...record, draft: {}, base: {}, typing: [], saving: false, unsent: false, unmade: false }));
    return made;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const faults = Object.fromEntries(error.faults.map((fault) => [fault.pointer.split("/")[1] ?? "", fault.message]));
    changeRecord(object.api_name, id, (record) => ({ ...record, faults, saving: false, unsent: error.isPassing }));
    return error;
  }
}

/** Makes a record, and returns it with the act that made it. */
export async function create(object: ObjectType, values: New, act: Act, fields?: string[]): Promise<{ values: Values; act: Act }> {
  const body = JSON.stringify(values);
  const before = tried.get(values.id);
  // The server refuses the key with a request that differs in anything.
  const attempt = before?.body === body ? before : { body, act, query: { ...(fields && { fields: fields.join(",") }) } };
  tried.set(values.id, attempt);
  const { query } = attempt;
  const headers = { "x-change-id": attempt.act.id };
  const place = `/${object.plural_api_name}`;
  const { data } = await call<Values>("POST", place, { body: values, query, headers: { ...headers, "idempotency-key": attempt.act.id } }).catch((error: unknown) => {
    const isOurs = error instanceof Problem && error.faults.some(({ pointer }) => pointer === "/id");
    if (!isOurs) throw error;
    // An earlier request of ours has made it, and the answer was lost. Since then a value was changed, or the page was loaded again.
    const { id, ...changed } = values;
    return call<Values>("PATCH", `${place}/${id}`, { body: changed, query, headers });
  });
  tried.delete(values.id);
  takeIn(object.api_name, data);
  noteAct(attempt.act);
  return { values: data, act: attempt.act };
}

/** Makes several records, each thousand of them all or none. If it fails, the same act can be tried again. */
export async function createMany(object: ObjectType, records: New[], act: Act, fields?: string[]): Promise<void> {
  for (let at = 0; at < records.length; at += MANY) {
    const { data } = await call<{ data: Values[] }>("POST", `/${object.plural_api_name}`, {
      body: records.slice(at, at + MANY),
      ...(fields && { query: { fields: fields.join(",") } }),
      headers: { "x-change-id": act.id, "idempotency-key": `${act.id}.${at / MANY}` },
    });
    for (const values of data.data) takeIn(object.api_name, values);
    noteAct(act);
  }
}
