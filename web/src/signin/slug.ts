import { latin } from "../lib/latin.ts";

/** The short name of a tenant, from what it is called. */
export const slugOf = (name: string): string => latin(name, "-").slice(0, 50);
