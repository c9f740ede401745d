/**
 * Unsaved values, kept in this browser: by user and tenant, one entry per record. They are in `localStorage` and not in
 * `sessionStorage`, so that they survive the tab.
 */

import { knownLabel, noteLabel } from "./lookups.ts";
import type { Values } from "./model.ts";

export interface Draft {
  values: Values;
  /** What the fields held when they were changed. */
  base: Values;
  /** Keys of values that were still being typed. */
  typing: string[];
  /** It has been sent, and there is no answer. */
  unsent: boolean;
  /** The record does not exist yet. */
  unmade: boolean;
}

/** A draft as it is stored, with the names of the records and people that its values name. */
interface Stored extends Draft {
  names: Record<string, string>;
}

let who: string | undefined;
let place: string | undefined;

/** Returns the drafts of a user in a tenant. From now on drafts are kept for them. */
export function openDrafts(user: string, tenant: string): { object: string; id: string; draft: Draft }[] {
  who = `${user}@${tenant}`;
  const start = `tessera.draft/${who}/`;
  place = start;
  return Object.entries(localStorage).flatMap(([key, text]) => {
    const [object, id] = key.startsWith(start) ? key.slice(start.length).split("/") : [];
    if (object === undefined || id === undefined) return [];
    const { names = {}, typing = [], ...draft } = JSON.parse(text) as Draft & Partial<Stored>;
    for (const [named, label] of Object.entries(names)) noteLabel(named, label);
    return [{ object, id, draft: { ...draft, typing } }];
  });
}

/** A key of `sessionStorage` that is this user's alone: the next one at this browser does not see what it holds. */
export const ownKey = (name: string): string => `${name}/${who}`;

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

function namesIn(values: Values): Record<string, string> {
  const names: Record<string, string> = {};
  for (const id of JSON.stringify(values).match(ID) ?? []) {
    const label = knownLabel(id);
    if (label !== undefined) names[id] = label;
  }
  return names;
}

export function keepDraft(object: string, id: string, draft: Draft | undefined): void {
  if (place === undefined) return;
  const key = `${place}${object}/${id}`;
  if (!draft) return localStorage.removeItem(key);
  try {
    const stored: Stored = { ...draft, names: namesIn(draft.values) };
    localStorage.setItem(key, JSON.stringify(stored));
  } catch {
    // The store is full: the draft is then only in this tab.
  }
}

/** The listener is called when another tab of this browser has saved or discarded a draft. */
export function onDraftEnded(listener: (object: string, id: string) => void): void {
  addEventListener("storage", ({ key, newValue }) => {
    if (place === undefined || newValue !== null || !key?.startsWith(place)) return;
    const [object, id] = key.slice(place.length).split("/");
    if (object !== undefined && id !== undefined) listener(object, id);
  });
}
