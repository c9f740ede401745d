/** Api names, as the server wants them. */

import { latin } from "./latin.ts";

const LONGEST = 50;

/** `Last visit` is `last_visit`; what begins with a digit gets a letter before it. Empty where nothing can be made of it. */
export function apiName(name: string): string {
  const made = latin(name, "_");
  return (/^\d/.test(made) ? `n${made}` : made).slice(0, LONGEST).replace(/_+$/, "");
}

/** The first of `name`, `name_2`, `name_3`… that is free. */
export function freeName(name: string, taken: (name: string) => boolean): string {
  if (!taken(name)) return name;
  for (let number = 2; ; number += 1) {
    const suffix = `_${number}`;
    const next = name.slice(0, LONGEST - suffix.length) + suffix;
    if (!taken(next)) return next;
  }
}

/** `last_visit` is `lastVisit`: how GraphQL writes an api name. An underscore before a digit stays. */
export const camel = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

export function pascal(name: string): string {
  const made = camel(name);
  return made.slice(0, 1).toUpperCase() + made.slice(1);
}
