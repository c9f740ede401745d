/** Who is signed in. Kept in this tab alone, and gone with it. */

interface Tokens {
  access: string;
  /** Absent where a token was pasted. */
  refresh?: string;
}

interface Problem {
  title?: string;
  detail?: string;
  tenants?: string[];
}

/** What the server, or the way to it, has against a request. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
    /** Seconds, where the server says when to try again. */
    readonly retryAfter?: number,
  ) {
    super(problem.detail ?? problem.title ?? String(status));
  }
}

export interface Credentials {
  email: string;
  password: string;
  tenant?: string;
}

const KEY = "tessera.session";

function stored(): Tokens | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "null") ?? undefined;
  } catch {
    return undefined;
  }
}

function store(tokens: Tokens): void {
  sessionStorage.setItem(KEY, JSON.stringify(tokens));
}

export const isSignedIn = (): boolean => stored() !== undefined;

export async function signIn(credentials: Credentials): Promise<void> {
  store(await trade("/api/v1/auth/login", credentials));
}

export function useToken(token: string): void {
  store({ access: token.replace(/^bearer\s+/i, "").trim() });
}

export function forget(): void {
  sessionStorage.removeItem(KEY);
}

export async function signOut(): Promise<void> {
  const refresh = stored()?.refresh;
  forget();
  if (refresh === undefined) return;
  // The session ends by itself where this does not arrive.
  await post("/api/v1/auth/logout", { refresh_token: refresh }).catch(() => undefined);
}

/** `fetch` as whoever is signed in; an access token that has expired is refreshed once. */
export async function request(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const answer = await send(input, init);
  const refresh = stored()?.refresh;
  if (answer.status !== 401 || refresh === undefined) return answer;
  try {
    store(await refreshed(refresh));
  } catch {
    return answer;
  }
  return send(input, init);
}

function send(input: RequestInfo | URL, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  const access = stored()?.access;
  if (access !== undefined) headers.set("authorization", `Bearer ${access}`);
  return fetch(input, { ...init, headers });
}

let refreshing: Promise<Tokens> | undefined;

/** A refresh token is good for one use, so requests that find the access token expired share one. */
function refreshed(token: string): Promise<Tokens> {
  refreshing ??= trade("/api/v1/auth/refresh", { refresh_token: token }).finally(() => {
    refreshing = undefined;
  });
  return refreshing;
}

async function trade(path: string, body: object): Promise<Tokens> {
  const answer = await post(path, body);
  if (!answer.ok) throw await refusal(answer);
  const { access_token, refresh_token } = await answer.json();
  return { access: access_token, refresh: refresh_token };
}

function post(path: string, body: object): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
}

export async function refusal(answer: Response): Promise<Refusal> {
  const problem: Problem = await answer.json().catch(() => ({}));
  const seconds = answer.headers.get("retry-after");
  return new Refusal(answer.status, problem, seconds === null ? undefined : Number(seconds));
}
