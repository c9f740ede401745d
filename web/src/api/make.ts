/** Makes records, with ids of our own: sent twice, because an answer was lost, they are made once. */

import { type Act, noteAct } from "./changes.ts";
import type { ObjectType, Values } from "./model.ts";
import { Problem } from "./problem.ts";
import { takeIn } from "./records.ts";
import { call } from "./rest.ts";
import { MANY } from "./save.ts";

export type New = Values & { id: string };

/** Requests that have had no answer yet, by the record's id. */
const tried = new Map<string, { body: string; act: Act }>();

/** Makes a record, and answers it with the act that it was made by. */
export async function create(object: ObjectType, values: New, act: Act, fields?: string[]): Promise<{ values: Values; act: Act }> {
  const body = JSON.stringify(values);
  const before = tried.get(values.id);
  const attempt = before?.body === body ? before : { body, act };
  tried.set(values.id, attempt);
  const query = { ...(fields && { fields: fields.join(",") }) };
  const headers = { "x-change-id": attempt.act.id };
  const place = `/${object.plural_api_name}`;
  const { data } = await call<Values>("POST", place, { body: values, query, headers: { ...headers, "idempotency-key": attempt.act.id } }).catch((error: unknown) => {
    const isOurs = error instanceof Problem && error.faults.some(({ pointer }) => pointer === "/id") && before !== undefined;
    if (!isOurs) throw error;
    // It was made by a request whose answer was lost; since then values were changed.
    const { id, ...changed } = values;
    return call<Values>("PATCH", `${place}/${id}`, { body: changed, query, headers });
  });
  tried.delete(values.id);
  takeIn(object.api_name, data);
  noteAct(attempt.act);
  return { values: data, act: attempt.act };
}

/** Makes several records, each thousand of them all or none. An act that is tried again goes on where it failed. */
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
