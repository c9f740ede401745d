/** Requests to the REST API. Answers that refuse are thrown as a `Problem`. */

import { request } from "../shared/session.ts";
import { Problem, problemOf, unreachable } from "./problem.ts";

export interface Call {
  query?: Record<string, string | number | boolean | undefined>;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export interface Answer<T> {
  data: T;
  status: number;
  headers: Headers;
}

/** Headers of a write that is only tried: the server says what would come of it, and does nothing. */
export const TRIAL = { prefer: "tx=rollback" };

type Method = "GET" | "POST" | "PATCH" | "PUT" | "DELETE";

const listeners = { model: new Set<(version: string) => void>(), signedOut: new Set<() => void>() };

/** Is called with the version of the model that an answer was made from. */
export function onModelVersion(listener: (version: string) => void): () => void {
  listeners.model.add(listener);
  return () => listeners.model.delete(listener);
}

/** Is called once the session has ended and cannot be renewed. */
export function onSignedOut(listener: () => void): () => void {
  listeners.signedOut.add(listener);
  return () => listeners.signedOut.delete(listener);
}

export function address(path: string, query: Call["query"] = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) parameters.set(name, String(value));
  const text = parameters.toString();
  return `/api/v1${path}${text && "?"}${text}`;
}

export async function call<T>(method: Method, path: string, { query, body, headers, signal }: Call = {}): Promise<Answer<T>> {
  const init: RequestInit = { method, headers: { accept: "application/json", ...headers } };
  if (signal) init.signal = signal;
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { ...init.headers, "content-type": "application/json" };
  }
  let answer: Response;
  try {
    answer = await request(address(path, query), init);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw unreachable(error);
  }
  const version = answer.headers.get("x-model-version");
  if (version !== null) for (const listener of listeners.model) listener(version);
  if (answer.status === 401) for (const listener of listeners.signedOut) listener();
  if (!answer.ok && answer.status !== 304) throw await problemOf(answer);
  const empty = answer.status === 204 || answer.status === 304;
  return { data: (empty ? undefined : await answer.json()) as T, status: answer.status, headers: answer.headers };
}

export const get = async <T>(path: string, query?: Call["query"], signal?: AbortSignal): Promise<T> =>
  (await call<T>("GET", path, { ...(query && { query }), ...(signal && { signal }) })).data;

export { Problem };
