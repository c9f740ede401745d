/**
 * Who is signed in. The server keeps the session in a cookie that no script can read, so it lives in every tab and after a
 * reload; a tab holds nothing but an access token, in memory, and renews it before it expires.
 */

interface Access {
  token: string;
  /** By `performance.now()`. */
  until: number;
  /** The user and the tenant it speaks for; empty where a token was pasted. */
  who: string;
}

interface Body {
  title?: string;
  detail?: string;
  tenants?: string[];
}

/** What the server, or the way to it, has against a request. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly problem: Body,
    /** Seconds, where the server says when to try again. */
    readonly retryAfter?: number,
  ) {
    super(problem.detail ?? problem.title ?? String(status));
  }
}

/** The password was right, and a code of the second factor is still to come. */
export class CodeNeeded extends Error {
  constructor(readonly mfaToken: string) {
    super("a code is needed");
  }
}

/** An invitation, as its link shows it. */
export interface Invitation {
  email: string;
  tenant: { name: string };
  /** The address has an account, and its password is asked for. */
  has_account: boolean;
}

export interface Credentials {
  email: string;
  password: string;
  tenant?: string;
}

export interface NewTenant {
  tenant_name: string;
  tenant_slug: string;
  email: string;
  password: string;
}

/** Says to every tab that this browser has a session; the session itself is in the cookie. */
const HELD = "tessera.session";
/** A pasted token, for this tab alone. */
const PASTED = "tessera.token";
const EARLY = 30_000;

let access = pasted();

function pasted(): Access | undefined {
  const token = sessionStorage.getItem(PASTED);
  return token === null ? undefined : { token, until: Number.POSITIVE_INFINITY, who: "" };
}

export const isSignedIn = (): boolean => access !== undefined || localStorage.getItem(HELD) !== null;

export const signIn = (credentials: Credentials): Promise<void> => begin("/api/v1/auth/login", credentials);

/** Makes a tenant with its first admin, who is then signed in. */
export const signUp = (tenant: NewTenant): Promise<void> => begin("/api/v1/auth/signup", tenant);

/** Completes a sign-in with a code of the authenticator app, or a recovery code. */
export const signInWithCode = (mfaToken: string, code: string): Promise<void> => begin("/api/v1/auth/login/mfa", { mfa_token: mfaToken, code });

const invited = (token: string): string => `/api/v1/invitations/token/${encodeURIComponent(token)}`;

export async function invitation(token: string): Promise<Invitation> {
  const answer = await fetch(invited(token));
  if (!answer.ok) throw await refusal(answer);
  return answer.json();
}

export const acceptInvitation = (token: string, person: { name?: string; password: string }): Promise<void> => begin(`${invited(token)}/accept`, person);

/** Sets a new password by the token of a link. All sessions of the person end. */
export async function resetPassword(token: string, password: string): Promise<void> {
  const answer = await post("/api/v1/auth/password/reset/confirm", { token, password });
  if (!answer.ok) throw await refusal(answer);
}

async function begin(path: string, body: object): Promise<void> {
  sessionStorage.removeItem(PASTED);
  access = await trade(path, body);
  localStorage.setItem(HELD, access.who);
}

export function useToken(token: string): void {
  sessionStorage.setItem(PASTED, token.replace(/^bearer\s+/i, "").trim());
  access = pasted();
}

/** The session has ended. */
export function forget(): void {
  if (access?.who !== "") localStorage.removeItem(HELD);
  sessionStorage.removeItem(PASTED);
  access = undefined;
}

export async function signOut(): Promise<void> {
  const own = access?.who !== "";
  forget();
  // The session ends by itself where this does not arrive.
  if (own) await post("/api/v1/auth/logout", {}).catch(() => undefined);
}

/** Is called where another tab has ended the session. */
export function onSignedOutElsewhere(listener: () => void): void {
  addEventListener("storage", (event) => {
    if (event.key === HELD && event.newValue === null && access?.who !== "") listener();
  });
}

/** `fetch` as the one who is signed in. Fails where the way to the server does; a session that has ended is answered with 401. */
export async function request(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  if (!access || access.until - performance.now() < EARLY) await renew();
  const answer = await send(input, init);
  if (answer.status !== 401 || access?.who === "") return answer;
  return (await renew()) ? send(input, init) : answer;
}

function send(input: RequestInfo | URL, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  if (access) headers.set("authorization", `Bearer ${access.token}`);
  return fetch(input, { ...init, headers });
}

let renewing: Promise<boolean> | undefined;

/**
 * Whether there is a new access token; not where the session has ended. Requests that find theirs expired share one renewal,
 * and tabs wait for each other. A renewal that got no answer says nothing of the session: it fails.
 */
function renew(): Promise<boolean> {
  if (localStorage.getItem(HELD) === null) return Promise.resolve(false);
  const once = async () => {
    const before = access?.who;
    const next = await trade("/api/v1/auth/refresh", {}).catch((error: unknown) => {
      if (error instanceof Refusal && error.status === 401) return undefined;
      throw error;
    });
    if (!next) return false;
    // Another tab has signed in as another: what is shown here is not theirs.
    if (before !== undefined && before !== next.who) location.assign("/");
    access = next;
    return true;
  };
  renewing ??= navigator.locks.request(HELD, once).finally(() => {
    renewing = undefined;
  });
  return renewing;
}

async function trade(path: string, body: object): Promise<Access> {
  const answer = await post(path, { ...body, session: "cookie" });
  if (!answer.ok) throw await refusal(answer);
  const { access_token, expires_in, user, tenant, mfa_token } = await answer.json();
  if (answer.status === 202) throw new CodeNeeded(mfa_token);
  return { token: access_token, until: performance.now() + expires_in * 1_000, who: `${user.id}@${tenant.id}` };
}

function post(path: string, body: object): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
}

export async function refusal(answer: Response): Promise<Refusal> {
  const problem: Body = await answer.json().catch(() => ({}));
  const seconds = answer.headers.get("retry-after");
  return new Refusal(answer.status, problem, seconds === null ? undefined : Number(seconds));
}

/** Leads to the page that signs in, and from there back to where one is. */
export function toSignIn(): void {
  forget();
  const here = location.pathname + location.search + location.hash;
  location.replace(here === "/" ? "/signin" : `/signin?next=${encodeURIComponent(here)}`);
}
