/**
 * The one way in which values are written: by a cell, a fill, a paste, a form, a card that is moved.
 *
 * Shown at once, sent in order for each record, with the version that the change was made on; many records are one request.
 * What others changed in other fields is kept; what they changed in the same field is a conflict, for the person to decide.
 * Nothing typed is lost: a refused value stays in the record's draft, with its fault, and one that could not be sent waits there.
 */

import { type Act, noteAct } from "./changes.ts";
import { addConflict, picked, without } from "./conflicts.ts";
import { type ObjectType, type Values } from "./model.ts";
import { Problem } from "./problem.ts";
import { changeRecord, type RecordState, recordOf, takeIn } from "./records.ts";
import { call, get } from "./rest.ts";

export interface Change {
  object: ObjectType;
  id: string;
  /** By value key. */
  values: Values;
}

export interface Outcome {
  saved: Change[];
  /** Changes of which fields are in conflict. */
  contested: Change[];
  refused: { change: Change; problem: Problem }[];
}

/** The most records of a request. */
export const MANY = 1_000;
/** The most ids that fit into an address. */
export const NAMED = 100;
/** How often changes are sent if others keep writing the same records. */
const TRIES = 4;

const queues = new Map<string, Promise<unknown>>();

export const same = (a: unknown, b: unknown): boolean => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

/** Writes changes, each of another record, as one act. */
export async function save(changes: Change[], act: Act): Promise<Outcome> {
  const outcome: Outcome = { saved: [], contested: [], refused: [] };
  for (const change of changes) begin(change);
  for (const group of groups(changes)) await inTurn(group, () => send(group, act, outcome));
  return outcome;
}

/** Puts values into a record's draft, where they stay until they are saved or discarded. */
export function draft(object: ObjectType, id: string, values: Values): void {
  const keys = Object.keys(values);
  changeRecord(object.api_name, id, (record) => {
    const base = { ...picked(record.values, keys), ...picked(record.base, Object.keys(record.draft)) };
    return { ...record, draft: { ...record.draft, ...values }, base, faults: without(record.faults, keys), typing: omit(record.typing, keys) };
  });
}

const omit = (all: string[], some: string[]): string[] => (all.some((each) => some.includes(each)) ? all.filter((each) => !some.includes(each)) : all);

function begin({ object, id, values }: Change): void {
  draft(object, id, values);
  changeRecord(object.api_name, id, (record) => ({ ...record, saving: true, unsent: true }));
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
function inTurn<T>(changes: Change[], work: () => Promise<T>): Promise<T> {
  const keys = changes.map((change) => `${change.object.api_name}/${change.id}`);
  const before = Promise.allSettled(keys.map((key) => queues.get(key)));
  const turn = before.then(work);
  for (const key of keys) queues.set(key, turn);
  void turn.catch(() => undefined).finally(() => {
    for (const key of keys) if (queues.get(key) === turn) queues.delete(key);
  });
  return turn;
}

/** Sends changes of one object until each is saved, in conflict or refused. The server takes all or none: those without a fault go again. */
async function send(changes: Change[], act: Act, outcome: Outcome): Promise<void> {
  // After a reload there are drafts of records that were not read yet.
  const unknown = changes.filter((change) => versionOf(change) === 0);
  const gone = await missing(unknown);
  let left = changes.filter((change) => {
    const problem = gone.get(change);
    if (problem) refuse(change, problem, outcome);
    return !problem;
  });
  for (let tries = 1; ; tries += 1) {
    left = left.flatMap((change) => uncontested(change, outcome));
    // A change that has arrived, but whose answer was lost, is not written again.
    for (const change of left.filter(isStored)) {
      settle(change, {});
      outcome.saved.push(change);
    }
    left = left.filter((change) => !outcome.saved.includes(change));
    if (left.length === 0) return;
    try {
      const answers = await request(left, act);
      for (const [at, change] of left.entries()) settle(change, answers[at] ?? {});
      outcome.saved.push(...left);
      noteAct(act);
      return;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const faults = faultsOf(left, error);
      const stale = left.filter((change) => faults.get(change) === "stale");
      const lost = tries < TRIES ? await missing(stale) : new Map(stale.map((change) => [change, error]));
      left = left.filter((change) => {
        const found = faults.get(change);
        const problem = found === "stale" ? lost.get(change) : found;
        if (problem) refuse(change, problem, outcome);
        return !problem;
      });
    }
  }
}

/** The part of a change without a conflict. The rest waits for the person. */
function uncontested(change: Change, outcome: Outcome): Change[] {
  const { object, id, values } = change;
  const record = recordOf(object.api_name, id);
  const clash = Object.keys(values).filter((key) => record && key in record.values && key in record.base && !same(record.values[key], record.base[key]) && !same(record.values[key], values[key]));
  if (!record || clash.length === 0) return [change];
  changeRecord(object.api_name, id, (now) => ({ ...now, saving: false, unsent: false }));
  addConflict({ object, id, mine: picked(values, clash), theirs: record.values });
  outcome.contested.push(change);
  const rest = without(values, clash);
  return Object.keys(rest).length === 0 ? [] : [{ ...change, values: rest }];
}

/** Whether a value is another than the one that the server has. */
export const differs = (object: ObjectType, id: string, key: string, value: unknown): boolean => !same(recordOf(object.api_name, id)?.values[key], value);

function isStored({ object, id, values }: Change): boolean {
  const stored = recordOf(object.api_name, id)?.values ?? {};
  return Object.keys(values).every((key) => key in stored && same(stored[key], values[key]));
}

const versionOf = ({ object, id }: Change): number => recordOf(object.api_name, id)?.version ?? 0;

async function request(changes: Change[], act: Act): Promise<Values[]> {
  const [first] = changes;
  if (!first) return [];
  const { object } = first;
  const known = recordOf(object.api_name, first.id);
  const query = { fields: askedFor(known) };
  const headers = { "x-change-id": act.id };
  if (changes.length === 1) {
    const version = versionOf(first);
    const match = version > 0 && { "if-match": `"${version}"` };
    return [(await call<Values>("PATCH", `/${object.plural_api_name}/${first.id}`, { body: first.values, query, headers: { ...headers, ...match } })).data];
  }
  const body = changes.map((change) => ({ id: change.id, ...(versionOf(change) > 0 && { version: versionOf(change) }), ...change.values }));
  return (await call<{ data: Values[] }>("PATCH", `/${object.plural_api_name}`, { body, query, headers })).data.data;
}

/** The fault of each change. A fault that names no change is one of all. */
function faultsOf(changes: Change[], problem: Problem): Map<Change, Problem | "stale"> {
  const [only, another] = changes;
  if (only && !another) return new Map([[only, problem.status === 412 ? "stale" : problem]]);
  const found = new Map<Change, Problem | "stale">();
  for (const fault of problem.faults) {
    const index = Number(fault.pointer.split("/")[1]);
    const change = changes[index];
    if (change) found.set(change, fault.code === "stale_version" ? "stale" : under(problem, index));
  }
  return found.size > 0 ? found : new Map(changes.map((change) => [change, problem]));
}

/** The problem of one element of an array. */
function under(problem: Problem, index: number): Problem {
  const start = `/${index}/`;
  const faults = problem.faults
    .filter((fault) => fault.pointer.startsWith(start))
    .map((fault) => ({ ...fault, pointer: fault.pointer.slice(start.length - 1) }));
  return new Problem(problem.status, problem.title, faults[0]?.message ?? problem.detail, problem.code, faults, problem.requestId);
}

/** Reads the records as they are now, and returns the problem of each that could not be read. */
async function missing(changes: Change[]): Promise<Map<Change, Problem>> {
  const object = changes[0]?.object;
  if (!object) return new Map();
  const found = new Set<string>();
  try {
    for (let at = 0; at < changes.length; at += NAMED) {
      const some = changes.slice(at, at + NAMED);
      const known = some.map(({ id }) => askedFor(recordOf(object.api_name, id)) ?? "");
      const fields = [...new Set([...known.flatMap((names) => names.split(",")), ...some.flatMap(({ values }) => Object.keys(values)), "id", "version", "updated_at", "updated_by"])];
      const query = { filter: JSON.stringify({ id: { in: some.map(({ id }) => id) } }), fields: fields.filter(Boolean).join(","), limit: NAMED };
      for (const values of (await get<{ data: Values[] }>(`/${object.plural_api_name}`, query)).data) {
        takeIn(object.api_name, values);
        found.add(String(values["id"]));
      }
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return new Map(changes.map((change) => [change, error]));
  }
  return new Map(changes.filter(({ id }) => !found.has(id)).map((change) => [change, GONE]));
}

const GONE = new Problem(404, "", "", "not_found", [], undefined);

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
  changeRecord(object.api_name, id, (record) => {
    const saved = Object.keys(values).filter((key) => same(record.draft[key], values[key]));
    // A value typed meanwhile was typed over the value that is saved now.
    const base = { ...record.base, ...picked(record.values, Object.keys(values)) };
    const left = Object.keys(record.draft).some((key) => !saved.includes(key) && !record.typing.includes(key));
    return { ...record, draft: without(record.draft, saved), base: without(base, saved), faults: without(record.faults, saved), typing: omit(record.typing, saved), saving: false, unsent: record.unsent && left };
  });
}

function refuse(change: Change, problem: Problem, outcome: Outcome): void {
  changeRecord(change.object.api_name, change.id, (record) => {
    if (problem.isPassing) return { ...record, saving: false, unsent: true };
    const faults = { ...record.faults };
    for (const key of Object.keys(change.values)) {
      const fault = problem.faults.find(({ pointer }) => pointer === `/${key}` || pointer.startsWith(`/${key}/`));
      faults[key] = fault?.message ?? problem.message;
    }
    return { ...record, faults, saving: false, unsent: false };
  });
  outcome.refused.push({ change, problem });
}

/** Lets go of drafted values: of all, or of these keys. */
export function discard(object: ObjectType, id: string, keys?: string[]): void {
  changeRecord(object.api_name, id, (record) => {
    if (!keys) return { ...record, draft: {}, base: {}, faults: {}, typing: [], unsent: false };
    return { ...record, draft: without(record.draft, keys), base: without(record.base, keys), faults: without(record.faults, keys), typing: omit(record.typing, keys) };
  });
}
