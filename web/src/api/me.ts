/** Who is signed in, where, and with what preferences. */

import { useSyncExternalStore } from "react";
import type { Language } from "./model.ts";
import { call, get } from "./rest.ts";

export interface Me {
  user: { id: string; name: string; email: string; language?: Language | null; time_zone?: string | null };
  tenant: { id: string; slug: string; name: string };
  roles: { api_name: string; name: string }[];
  permissions: Record<string, unknown>;
  preferences?: Record<string, unknown>;
}

let me: Me | undefined;
const listeners = new Set<() => void>();

const set = (next: Me) => {
  me = next;
  for (const listener of listeners) listener();
};

export async function loadMe(): Promise<Me> {
  const read = await get<Me>("/auth/me");
  set(read);
  return read;
}

export type Profile = Partial<{ name: string; language: Language; time_zone: string; preferences: Record<string, unknown> }>;

/** Changes the profile here at once and on the server after it. */
export async function changeMe(change: Profile): Promise<void> {
  const before = me;
  if (!before) return;
  const { preferences, ...user } = change;
  set({ ...before, user: { ...before.user, ...user }, ...(preferences && { preferences: { ...before.preferences, ...preferences } }) });
  try {
    await call("PATCH", "/auth/me", { body: preferences ? { ...user, preferences: me?.preferences } : user });
  } catch (error) {
    set(before);
    throw error;
  }
}

export function useMe(): Me {
  const now = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => me,
  );
  if (!now) throw new Error("the shell draws its places after it knows who is signed in");
  return now;
}

/** Whether the caller may change the model: the one thing of the shell that only some see. */
export const mayShapeModel = ({ permissions }: Me): boolean => permissions["model"] === true || (Array.isArray(permissions["admin"]) && permissions["admin"].includes("model"));
