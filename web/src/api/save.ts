/**
 * The one way in which values are written: by a cell, a fill, a paste, a form, a card that is moved.
 *
 * Shown at once, sent in order for each record, with the version that the change was made on. What others changed in other
 * fields is kept; what they changed in the same field is a conflict, for the person to decide. Nothing typed is lost: a
 * refused value stays in the record's draft, with its fault.
 */

import { noteChange } from "./changes.ts";
import { type ObjectType, type Values } from "./model.ts";
import { Problem } from "./problem.ts";
import { changeRecord, type RecordState, recordOf, takeIn } from "./records.ts";
import { call } from "./rest.ts";

export interface Change {
  object: ObjectType;
  id: string;
  /** By value key. */
  values: Values;
}

/** The same field was changed by another. */
export interface Conflict {
  change: Change;
  /** What it held when this change was made. */
  base: Values;
  theirs: Values;
}

export interface Outcome {
  changeId: string;
  saved: Change[];
  conflicts: Conflict[];
  refused: { change: Change; problem: Problem }[];
}

const MANY = 1_000;
const queues = new Map<string, Promise<unknown>>();

const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** Writes changes as one, so that one undo takes all of them back. `words` name the action. */
export async function save(changes: Change[], words: string): Promise<Outcome> {
  const outcome: Outcome = { changeId: crypto.randomUUID(), saved: [], conflicts: [], refused: [] };
  const bases = new Map<Change, Values>();
  for (const change of changes) bases.set(change, show(change));
  if (changes.length === 1 && changes[0]) {
    await inTurn([changes[0]], () => saveOne(changes[0] as Change, bases.get(changes[0] as Change) ?? {}, outcome, true));
  } else {
    for (const group of groups(changes)) await inTurn(group, () => saveMany(group, bases, outcome));
  }
  if (outcome.saved.length > 0) noteChange({ id: outcome.changeId, words, records: outcome.saved.map((c) => [c.object.api_name, c.id]) });
  return outcome;
}

/** Puts a change into the record's draft, and answers what its fields held before. */
function show(change: Change): Values {
  const base: Values = {};
  changeRecord(change.object.api_name, change.id, (record) => {
    for (const key of Object.keys(change.values)) base[key] = record.values[key];
    return { ...record, draft: { ...record.draft, ...change.values }, faults: without(record.faults, change.values), saving: true };
  });
  return base;
}

function groups(changes: Change[]): Change[][] {
  const found: Change[][] = [];
  for (const change of changes) {
    const last = found.at(-1);
    if (last && last.length < MANY && last[0]?.object === change.object) last.push(change);
    else found.push([change]);
  }
  return found;
}

/** One's own writes of a record wait for each other. */
function inTurn<T>(changes: Change[], act: () => Promise<T>): Promise<T> {
  const keys = changes.map((change) => `${change.object.api_name}/${change.id}`);
  const before = Promise.allSettled(keys.map((key) => queues.get(key)));
  const turn = before.then(act);
  for (const key of keys) queues.set(key, turn);
  void turn.catch(() => undefined).finally(() => {
    for (const key of keys) if (queues.get(key) === turn) queues.delete(key);
  });
  return turn;
}

async function saveOne(change: Change, base: Values, outcome: Outcome, again: boolean): Promise<void> {
  const { object, id, values } = change;
  const version = recordOf(object.api_name, id)?.version ?? 0;
  try {
    const { data } = await call<Values>("PATCH", `/${object.plural_api_name}/${id}`, {
      body: values,
      query: { fields: askedFor(recordOf(object.api_name, id)) },
      headers: { "x-change-id": outcome.changeId, ...(version > 0 && { "if-match": `"${version}"` }) },
    });
    settle(change, data);
    outcome.saved.push(change);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.status !== 412) return refuse(change, error, outcome);
    const theirs = await read(object, id);
    if (!theirs) return refuse(change, error, outcome);
    const clash = Object.keys(values).some((key) => !same(theirs[key], base[key]) && !same(theirs[key], values[key]));
    if (!clash && again) return saveOne(change, base, outcome, false);
    changeRecord(object.api_name, id, (record) => ({ ...record, saving: false }));
    outcome.conflicts.push({ change, base, theirs });
  }
}

async function saveMany(changes: Change[], bases: Map<Change, Values>, outcome: Outcome): Promise<void> {
  const object = changes[0]?.object;
  if (!object) return;
  const body = changes.map(({ id, values }) => {
    const version = recordOf(object.api_name, id)?.version ?? 0;
    return { id, ...(version > 0 && { version }), ...values };
  });
  try {
    const { data } = await call<{ data: Values[] }>("PATCH", `/${object.plural_api_name}`, {
      body,
      query: { fields: askedFor(recordOf(object.api_name, changes[0]?.id ?? "")) },
      headers: { "x-change-id": outcome.changeId },
    });
    for (const [index, change] of changes.entries()) settle(change, data.data[index] ?? { id: change.id });
    outcome.saved.push(...changes);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (error.isOffline || error.status >= 500) {
      for (const change of changes) refuse(change, error, outcome);
      return;
    }
    // The server takes all or none. Records without a fault are sent again by themselves; the others keep their values and show the fault.
    const bad = new Set(error.faults.map((fault) => Number(fault.pointer.split("/")[1])));
    for (const [index, change] of changes.entries()) {
      if (bad.has(index)) refuse(change, under(error, index), outcome);
      else await saveOne(change, bases.get(change) ?? {}, outcome, true);
    }
  }
}

/** The problem of one element of an array. */
function under(problem: Problem, index: number): Problem {
  const start = `/${index}/`;
  const faults = problem.faults
    .filter((fault) => fault.pointer.startsWith(start))
    .map((fault) => ({ ...fault, pointer: fault.pointer.slice(start.length - 1) }));
  return new Problem(problem.status, problem.title, faults[0]?.message ?? problem.detail, problem.code, faults, problem.requestId);
}

/** The fields that the record is known by, so that the answer holds them again. */
function askedFor(record: RecordState | undefined): string | undefined {
  const names = Object.entries(record?.values ?? {}).flatMap(([key, value]) => (key.endsWith("_more") ? [] : paths(key, value)));
  return names.length === 0 ? undefined : [...new Set([...names, "id", "version"])].join(",");
}

/** What is expanded is a record of its own, with an id; composite values are not. */
function paths(key: string, value: unknown): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value) || !("id" in value)) return [key];
  return Object.keys(value).map((part) => `${key}.${part}`);
}

function settle({ object, id, values }: Change, answer: Values): void {
  takeIn(object.api_name, { id, ...answer });
  changeRecord(object.api_name, id, (record) => ({
    ...record,
    draft: Object.fromEntries(Object.entries(record.draft).filter(([key, value]) => !(key in values) || !same(value, values[key]))),
    faults: without(record.faults, values),
    saving: false,
  }));
}

function refuse(change: Change, problem: Problem, outcome: Outcome): void {
  changeRecord(change.object.api_name, change.id, (record) => {
    const faults = { ...record.faults };
    for (const key of Object.keys(change.values)) {
      const fault = problem.faults.find(({ pointer }) => pointer === `/${key}` || pointer.startsWith(`/${key}/`));
      faults[key] = fault?.message ?? problem.message;
    }
    return { ...record, faults, saving: false };
  });
  outcome.refused.push({ change, problem });
}

const without = <T>(all: Record<string, T>, keys: object): Record<string, T> =>
  Object.fromEntries(Object.entries(all).filter(([key]) => !(key in keys)));

async function read(object: ObjectType, id: string): Promise<Values | undefined> {
  try {
    const query = { fields: askedFor(recordOf(object.api_name, id)) };
    const { data } = await call<Values>("GET", `/${object.plural_api_name}/${id}`, { query });
    takeIn(object.api_name, data);
    return data;
  } catch {
    return undefined;
  }
}

/** Lets go of drafted values: of all, or of these keys. */
export function discard(object: ObjectType, id: string, keys?: string[]): void {
  changeRecord(object.api_name, id, (record) => {
    if (!keys) return { ...record, draft: {}, faults: {} };
    const gone = Object.fromEntries(keys.map((key) => [key, true]));
    return { ...record, draft: without(record.draft, gone), faults: without(record.faults, gone) };
  });
}

/** Makes a record, with an id of our own, so that sending it twice makes one. */
export async function create(object: ObjectType, values: Values, words: string, fields?: string[]): Promise<Values> {
  const changeId = crypto.randomUUID();
  const { data } = await call<Values>("POST", `/${object.plural_api_name}`, {
    body: values,
    ...(fields && { query: { fields: fields.join(",") } }),
    headers: { "x-change-id": changeId, "idempotency-key": changeId },
  });
  takeIn(object.api_name, data);
  noteChange({ id: changeId, words, records: [[object.api_name, String(data["id"])]] });
  return data;
}

/** Makes several records, all or none. */
export async function createMany(object: ObjectType, records: Values[], words: string, fields?: string[]): Promise<Values[]> {
  const changeId = crypto.randomUUID();
  const made: Values[] = [];
  for (let at = 0; at < records.length; at += MANY) {
    const { data } = await call<{ data: Values[] }>("POST", `/${object.plural_api_name}`, {
      body: records.slice(at, at + MANY),
      ...(fields && { query: { fields: fields.join(",") } }),
      headers: { "x-change-id": changeId },
    });
    made.push(...data.data);
  }
  for (const values of made) takeIn(object.api_name, values);
  noteChange({ id: changeId, words, records: made.map((values) => [object.api_name, String(values["id"])]) });
  return made;
}

/** Records that are named, or those of a filter where there are more than can be. */
export type Which = { ids: string[] } | { filter: string; most: number };

/** So many ids fit into an address. */
const NAMED = 100;

/** The filters that which records need, each with the most that may be touched. */
function filtersOf(which: Which): { filter: string; max_affected: number }[] {
  if (!("ids" in which)) return [{ filter: which.filter, max_affected: which.most }];
  const parts = Array.from({ length: Math.ceil(which.ids.length / NAMED) }, (_, at) => which.ids.slice(at * NAMED, (at + 1) * NAMED));
  return parts.map((ids) => ({ filter: JSON.stringify({ id: { in: ids } }), max_affected: ids.length }));
}

const touched = (object: ObjectType, which: Which): [string, string][] =>
  "ids" in which ? which.ids.map((id) => [object.api_name, id]) : [];

/** Moves records to the bin, and answers how many. */
export async function remove(object: ObjectType, which: Which, words: string): Promise<number> {
  const changeId = crypto.randomUUID();
  let affected = 0;
  for (const query of filtersOf(which)) {
    const headers = { "x-change-id": changeId };
    affected += (await call<{ affected: number }>("DELETE", `/${object.plural_api_name}`, { query, headers })).data.affected;
  }
  noteChange({ id: changeId, words, records: touched(object, which) });
  return affected;
}

/** Sets the same values in many records, and answers how many; a trial only says what would come of it. */
export async function saveAll(object: ObjectType, which: Which, values: Values, words: string, trial = false): Promise<number> {
  const changeId = crypto.randomUUID();
  let affected = 0;
  for (const query of filtersOf(which)) {
    const headers = { "x-change-id": changeId, ...(trial && { prefer: "tx=rollback" }) };
    affected += (await call<{ affected: number }>("PATCH", `/${object.plural_api_name}`, { body: values, query, headers })).data.affected;
  }
  if (!trial) noteChange({ id: changeId, words, records: touched(object, which) });
  return affected;
}
