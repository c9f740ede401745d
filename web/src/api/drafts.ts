/**
 * What was typed and has not reached the server yet, as this browser keeps it: by user and tenant, one entry a record. It
 * outlives a reload and the tab, so it is not in the tab's own store.
 */

import type { Values } from "./model.ts";

export interface Draft {
  values: Values;
  /** What the fields held when they were changed. */
  base: Values;
  /** It has been sent off, and there is no answer. */
  unsent: boolean;
  /** The record is not there yet. */
  unmade: boolean;
}

let place: string | undefined;

/** Every draft of a user in a tenant. From here on drafts are kept for them. */
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

/** Is called where another tab of this browser has brought a draft to its end. */
export function onDraftEnded(listener: (object: string, id: string) => void): void {
  addEventListener("storage", ({ key, newValue }) => {
    if (place === undefined || newValue !== null || !key?.startsWith(place)) return;
    const [object, id] = key.slice(place.length).split("/");
    if (object !== undefined && id !== undefined) listener(object, id);
  });
}
