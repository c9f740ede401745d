/**
 * Unsaved values, kept in this browser: by user and tenant, one entry per record. They are in `localStorage` and not in
 * `sessionStorage`, so that they survive the tab.
 */

import type { Values } from "./model.ts";

export interface Draft {
  values: Values;
  /** What the fields held when they were changed. */
  base: Values;
  /** It has been sent, and there is no answer. */
  unsent: boolean;
  /** The record does not exist yet. */
  unmade: boolean;
}

let place: string | undefined;

/** Returns the drafts of a user in a tenant. From now on drafts are kept for them. */
export function openDrafts(user: string, tenant: string): { object: string; id: string; draft: Draft }[] {
  const start = `tessera.draft/${user}@${tenant}/`;
  place = start;
  return Object.entries(localStorage).flatMap(([key, text]) => {
    const [object, id] = key.startsWith(start) ? key.slice(start.length).split("/") : [];
    return object !== undefined && id !== undefined ? [{ object, id, draft: JSON.parse(text) as Draft }] : [];
  });
}

export function keepDraft(object: string, id: string, draft: Draft | undefined): void {
  if (place === undefined) return;
  const key = `${place}${object}/${id}`;
  if (!draft) return localStorage.removeItem(key);
  try {
    localStorage.setItem(key, JSON.stringify(draft));
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
