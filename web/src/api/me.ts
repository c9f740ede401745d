/** Who is signed in, where, and with what preferences. */

import { useSyncExternalStore } from "react";
import type { Language } from "./model.ts";
import { call, get } from "./rest.ts";

/** Areas of administration, as roles grant them. */
export const AREAS = ["model", "members", "roles", "keys", "modules", "plugins", "audit", "settings"] as const;
export type Area = (typeof AREAS)[number];

export interface Me {
  user: { id: string; name: string; email: string; language?: Language | null; time_zone?: string | null };
  tenant: { id: string; slug: string; name: string };
  roles: { api_name: string; name: string }[];
  permissions: { admin?: Area[] };
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

export const currentMe = (): Me | undefined => me;

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

export const administers = ({ permissions }: Me, area: Area): boolean => permissions.admin?.includes(area) ?? false;

export const mayShapeModel = (me: Me): boolean => administers(me, "model");
