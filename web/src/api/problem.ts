/** What the server has against a request (RFC 9457), or the way to it. */

export interface Fault {
  /** Where in the body, as a JSON pointer. */
  pointer: string;
  code: string;
  message: string;
}

interface Body {
  type?: string;
  title?: string;
  detail?: string;
  errors?: Fault[];
}

/** No answer, too many requests, and servers that are not ready. */
const PASSING = new Set([0, 429, 502, 503, 504]);

export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    /** 0 where no answer came. */
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    /** The last part of its `type`. */
    readonly code: string,
    readonly faults: Fault[],
    readonly requestId: string | undefined,
  ) {
    super(detail || title);
  }

  get isOffline(): boolean {
    return this.status === 0;
  }

  /** Whether the same request may go well later. */
  get isPassing(): boolean {
    return PASSING.has(this.status);
  }
}

export async function problemOf(answer: Response): Promise<Problem> {
  const body: Body = await answer.json().catch(() => ({}));
  return new Problem(
    answer.status,
    body.title ?? answer.statusText,
    body.detail ?? "",
    body.type?.split("/").pop() ?? String(answer.status),
    body.errors ?? [],
    answer.headers.get("x-request-id") ?? undefined,
  );
}

export const unreachable = (cause: unknown): Problem =>
  new Problem(0, "", cause instanceof Error ? cause.message : String(cause), "unreachable", [], undefined);

/** The message of the first fault that lies at or under a pointer. */
export function faultAt(problem: Problem | undefined, pointer: string): string | undefined {
  return problem?.faults.find((fault) => fault.pointer === pointer || fault.pointer.startsWith(`${pointer}/`))?.message;
}
