/** Changes of an object that are not applied yet. This tab keeps them. */

import { useEffect, useState } from "react";
import { ownKey } from "../api/drafts.ts";
import type { Field, Model, ObjectType, Values } from "../api/model.ts";
import { Problem } from "../api/problem.ts";
import { call, TRIAL } from "../api/rest.ts";
import { type DraftField, draw, emptyField } from "./draft.ts";

export interface Section {
  key: string;
  title: string;
  translations?: NonNullable<ObjectType["form"]>[number]["translations"];
}

/** A line of the list: a section's head, or a field. */
export type Line = { kind: "section"; section: Section } | { kind: "field"; name: string };

export interface Edits {
  head: Values;
  /** Changes of fields that there are, by api name. */
  fields: Record<string, Values>;
  /** New fields, with their definitions. */
  added: { draft: DraftField; patch: Values }[];
  lines: Line[] | undefined;
}

export const NO_EDITS: Edits = { head: {}, fields: {}, added: [], lines: undefined };

const keyOf = (object: ObjectType) => ownKey(`tessera.model.${object.api_name}`);

export function useEdits(object: ObjectType): [Edits, (change: (now: Edits) => Edits) => void] {
  const [edits, setEdits] = useState<Edits>(() => {
    try {
      return { ...NO_EDITS, ...(JSON.parse(sessionStorage.getItem(keyOf(object)) ?? "{}") as Partial<Edits>) };
    } catch {
      return NO_EDITS;
    }
  });
  useEffect(() => {
    if (countOf(edits) === 0) sessionStorage.removeItem(keyOf(object));
    else sessionStorage.setItem(keyOf(object), JSON.stringify(edits));
  }, [object, edits]);
  return [edits, setEdits];
}

export const countOf = (edits: Edits): number =>
  (Object.keys(edits.head).length > 0 ? 1 : 0) +
  Object.values(edits.fields).filter((patch) => Object.keys(patch).length > 0).length +
  edits.added.length +
  (edits.lines ? 1 : 0);

export interface Shown {
  name: string;
  field: Field;
  /** Where it is new. */
  draft: DraftField | undefined;
  isChanged: boolean;
}

/** The fields as they will be. */
export function shownFields(object: ObjectType, edits: Edits, model: Model): Map<string, Shown> {
  const found = new Map<string, Shown>();
  for (const field of object.fields) {
    const patch = edits.fields[field.api_name] ?? {};
    found.set(field.api_name, { name: field.api_name, field: laid(field, patch), draft: undefined, isChanged: Object.keys(patch).length > 0 });
  }
  const drawn = draw({ name: object.name, plural: object.plural_name, apiName: object.api_name, pluralApiName: object.plural_api_name, fields: edits.added.map(({ draft }) => draft) }, model, object, object.fields);
  for (const [index, { patch }] of edits.added.entries()) {
    const one = drawn.fields.find(({ draft }) => draft.key === edits.added[index]?.draft.key);
    if (one) found.set(one.draft.key, { name: one.draft.key, field: laid(one.field, patch), draft: one.draft, isChanged: true });
  }
  return found;
}

const laid = (field: Field, patch: Values): Field => ({
  ...field,
  ...patch,
  settings: { ...field.settings, ...((patch["settings"] as Values | undefined) ?? {}) },
});

/** Sections and fields in their order: as they are, or as they were moved; what is new stands at the end. */
export function linesOf(object: ObjectType, edits: Edits): Line[] {
  const names = new Set([...object.fields.map((field) => field.api_name), ...edits.added.map(({ draft }) => draft.key)]);
  const base = edits.lines ?? baseLines(object);
  const placed = new Set(base.flatMap((line) => (line.kind === "field" ? [line.name] : [])));
  const kept = base.filter((line) => line.kind === "section" || names.has(line.name));
  return [...kept, ...[...names].filter((name) => !placed.has(name)).map((name): Line => ({ kind: "field", name }))];
}

function baseLines(object: ObjectType): Line[] {
  const form = object.form ?? [];
  const placed = new Set(form.flatMap((section) => section.fields));
  const lines: Line[] = object.fields.filter((field) => !placed.has(field.api_name)).map((field) => ({ kind: "field", name: field.api_name }));
  for (const [index, section] of form.entries()) {
    lines.push({ kind: "section", section: { key: `s${index}`, title: section.title ?? "", ...(section.translations && { translations: section.translations }) } });
    for (const name of section.fields) lines.push({ kind: "field", name });
  }
  return lines;
}

/** Moves a line before another place. */
export function moved(lines: Line[], from: number, to: number): Line[] {
  const line = lines[from];
  if (!line || to < 0 || to > lines.length) return lines;
  const rest = lines.filter((_, index) => index !== from);
  rest.splice(to > from ? to - 1 : to, 0, line);
  return rest;
}

/** Moves a section with its fields before the one above it, or after the one below. */
export function movedSection(lines: Line[], key: string, by: -1 | 1): Line[] {
  const blocks: Line[][] = [[]];
  for (const line of lines) {
    if (line.kind === "section") blocks.push([]);
    blocks.at(-1)?.push(line);
  }
  const at = blocks.findIndex(([first]) => first?.kind === "section" && first.section.key === key);
  const [one, other] = [blocks[at], blocks[at + by]];
  // What stands above the first section has no head to be moved below.
  if (at + by < 1 || !one || !other) return lines;
  blocks[at] = other;
  blocks[at + by] = one;
  return blocks.flat();
}

export const newDraft = (name: string): Edits["added"][number] => ({ draft: emptyField(name), patch: {} });

const PAUSE = 600;

/** What stands in the way of the changes of fields that there are, tried while one edits; undefined while that is not known. */
export function useTrial(object: ObjectType, edits: Edits): Problem | "fits" | undefined {
  const [found, setFound] = useState<Problem | "fits">();
  const wanted = JSON.stringify(edits.fields);
  useEffect(() => {
    setFound(undefined);
    const changed = Object.entries(edits.fields).filter(([, patch]) => Object.keys(patch).length > 0);
    if (changed.length === 0) return;
    const gone = new AbortController();
    const timer = setTimeout(() => {
      const tried = changed.map(([name, body]) => call("PATCH", `/metadata/objects/${object.api_name}/fields/${name}`, { body, headers: TRIAL, signal: gone.signal }));
      Promise.all(tried)
        .then(() => setFound("fits"))
        .catch((error: unknown) => error instanceof Problem && !gone.signal.aborted && setFound(error));
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      gone.abort();
    };
  }, [object, wanted]);
  return found;
}

/** Sends the changes: new fields first, since the order and the form may name them. */
export async function apply(object: ObjectType, edits: Edits, fields: Map<string, Shown>): Promise<void> {
  const path = `/metadata/objects/${object.api_name}`;
  const names = new Map<string, string>();
  for (const { draft } of edits.added) {
    const shown = fields.get(draft.key);
    if (!shown) continue;
    const { api_name, name, type, description, required, unique, indexed, default_value, settings, translations } = shown.field;
    const body = { api_name, name, type, description, required, unique, indexed, settings, ...(default_value !== null && { default_value }), ...(translations && { translations }) };
    await call("POST", `${path}/fields`, { body });
    names.set(draft.key, api_name);
  }
  for (const [name, patch] of Object.entries(edits.fields)) {
    if (Object.keys(patch).length > 0) await call("PATCH", `${path}/fields/${name}`, { body: patch });
  }
  const head = { ...edits.head, ...(edits.lines && orderOf(linesOf(object, edits), names)) };
  if (Object.keys(head).length > 0) await call("PATCH", path, { body: head });
}

function orderOf(lines: Line[], names: Map<string, string>): Values {
  const nameOf = (name: string) => names.get(name) ?? name;
  const order = lines.flatMap((line) => (line.kind === "field" ? [nameOf(line.name)] : []));
  const form: { title: string | null; translations?: Section["translations"]; fields: string[] }[] = [];
  for (const line of lines) {
    if (line.kind === "section") form.push({ title: line.section.title.trim() || null, ...(line.section.translations && { translations: line.section.translations }), fields: [] });
    else form.at(-1)?.fields.push(nameOf(line.name));
  }
  return { field_order: order, form: form.filter((section) => section.fields.length > 0) };
}
