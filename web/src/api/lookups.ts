/** Names of other records: to choose one by typing, to find one by its name, and to show one that was just chosen. */

import type { Field, Model, ObjectType, Values } from "./model.ts";
import { get } from "./rest.ts";

export interface Found {
  id: string;
  label: string;
  hint?: string;
}

const FOUND = 20;
const labels = new Map<string, string>();

export const noteLabel = (id: string, label: string): void => void labels.set(id, label);
export const knownLabel = (id: string): string | undefined => labels.get(id);

/** A record's name, from the values of its label field; empty where it has none. */
export function labelOf(values: Values | null | undefined, label: Field | undefined): string {
  const value = label === undefined ? undefined : values?.[label.value_key];
  if (value === null || value === undefined) return "";
  if (typeof value !== "object") return String(value);
  return Object.values(value).filter((part) => part !== null && part !== "").join(" ");
}

/** Records of an object whose name has a text in it. */
export async function findRecords(model: Model, object: ObjectType, text: string, signal?: AbortSignal): Promise<Found[]> {
  const label = model.labelField(object);
  const wanted = text.trim();
  const searchable = object.fields.some((field) => field.settings["searchable"] === true);
  const matches = label && Array.isArray(label.operators) && label.operators.includes("contains");
  const query: Record<string, string | number | undefined> = { limit: FOUND, fields: label ? `id,${label.value_key}` : "id" };
  if (wanted !== "" && matches) query["filter"] = JSON.stringify({ [label.value_key]: { contains: wanted } });
  else if (wanted !== "" && searchable) query["q"] = wanted;
  const { data } = await get<{ data: Values[] }>(`/${object.plural_api_name}`, query, signal);
  return data.map((values) => {
    const id = String(values["id"]);
    const name = labelOf(values, label) || id;
    noteLabel(id, name);
    return { id, label: name };
  });
}

export type Named = { id: string } | { problem: "none" | "several" };

const waiting = new Map<string, { texts: Map<string, ((found: Named) => void)[]>; model: Model; object: ObjectType }>();

/** The record of an object that is called so. Names that are asked for together are looked up together. */
export function recordNamed(model: Model, object: ObjectType, text: string): Promise<Named> {
  return new Promise((resolve) => {
    let batch = waiting.get(object.api_name);
    if (!batch) {
      batch = { texts: new Map(), model, object };
      waiting.set(object.api_name, batch);
      setTimeout(() => void lookUp(object.api_name), 0);
    }
    batch.texts.set(text, [...(batch.texts.get(text) ?? []), resolve]);
  });
}

async function lookUp(name: string): Promise<void> {
  const batch = waiting.get(name);
  waiting.delete(name);
  if (!batch) return;
  const { model, object, texts } = batch;
  const label = model.labelField(object);
  const found = new Map<string, string[]>();
  const wanted = [...texts.keys()];
  for (let at = 0; label && at < wanted.length; at += 100) {
    const some = wanted.slice(at, at + 100);
    const filter = JSON.stringify({ [label.value_key]: { in: some } });
    const answer = await get<{ data: Values[] }>(`/${object.plural_api_name}`, {
      filter,
      fields: `id,${label.value_key}`,
      limit: 1_000,
    }).catch(() => ({ data: [] }));
    for (const values of answer.data) {
      const text = labelOf(values, label);
      found.set(text, [...(found.get(text) ?? []), String(values["id"])]);
      noteLabel(String(values["id"]), text);
    }
  }
  for (const [text, resolvers] of texts) {
    const ids = found.get(text) ?? [];
    const named: Named = ids.length === 1 ? { id: ids[0] ?? "" } : { problem: ids.length === 0 ? "none" : "several" };
    for (const resolve of resolvers) resolve(named);
  }
}

let people: Promise<Found[]> | undefined;

/** The tenant's people. */
export function findPeople(): Promise<Found[]> {
  people ??= get<{ data: Values[] }>("/users", { limit: 1_000, fields: "id,name,email", sort: "name" })
    .then(({ data }) =>
      data.map((values) => {
        const person = { id: String(values["id"]), label: String(values["name"]), hint: String(values["email"]) };
        noteLabel(person.id, person.label);
        return person;
      }),
    )
    .catch(() => {
      people = undefined;
      return [];
    });
  return people;
}
