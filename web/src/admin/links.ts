/** Links of invitations that were made in this tab: the server shows each once and keeps its hash alone. */

import { useSyncExternalStore } from "react";
import { invite, type SentInvitation } from "../api/people.ts";

let links: ReadonlyMap<string, string> = new Map();
const listeners = new Set<() => void>();

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export const useLinks = (): ReadonlyMap<string, string> => useSyncExternalStore(subscribe, () => links);

/** Invites, and keeps the links. */
export async function inviteAll(emails: string[], roles: string[]): Promise<SentInvitation[]> {
  const sent = (await invite(emails, roles)).map((one) => ({ ...one, link: new URL(one.link, location.origin).href }));
  links = new Map([...links, ...sent.map(({ id, link }) => [id, link] as const)]);
  for (const listener of listeners) listener();
  return sent;
}

/** The addresses in a text, as they are copied from a mail: `Ann Lee <ann@example.com>, ben@example.com`. */
export function addressesIn(text: string): string[] {
  const found = text.split(/[,;\n]+/).flatMap((part) => {
    const inside = /<([^<>]+)>/.exec(part)?.[1];
    return inside === undefined ? part.split(/\s+/) : [inside.trim()];
  });
  return [...new Set(found.filter((each) => each !== ""))];
}
