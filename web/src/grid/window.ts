/**
 * The rows of a list, as far as they have been looked at: pages of ids, the next one by cursor, a far one by offset. The
 * records themselves lie in `api/records.ts`.
 */

import type { Values } from "../api/model.ts";
import { forgetUnseen, recordOf, takeIn, unmadeOf } from "../api/records.ts";
import { get } from "../api/rest.ts";
import { type ListQuery, Observed, type RowSource, type Total } from "./source.ts";

export const PAGE = 100;
const PAGES_KEPT = 20;
const RECORDS_KEPT = 6_000;
const SKELETON = 24;
/** Rows that are read before one gets to them: they are then drawn once, and not first as bones. */
const AHEAD = 60;

interface Page {
  ids: string[];
  next: string | null;
}

interface Answer {
  data: Values[];
  page: { next: string | null };
  total?: number;
}

export class ListWindow extends Observed implements RowSource {
  front: string[];
  error: unknown;
  total: Total | undefined;
  private readonly pages = new Map<number, Page>();
  private readonly loading = new Map<number, AbortController>();
  seen: [first: number, last: number] = [0, 0];
  private closed = false;

  /** `count`: how many records there are, where that is known. The rows are then a section of others, which have the new records. */
  constructor(
    readonly query: ListQuery,
    count?: number,
  ) {
    super();
    this.front = count === undefined ? unmadeOf(query.object.api_name) : [];
    if (count !== undefined) this.total = { rows: count, exact: true };
  }

  get identity(): string {
    const { object, filter, sort, q } = this.query;
    return JSON.stringify([object.api_name, filter, sort, q]);
  }

  /** Loaded rows, or the server's total. */
  get rows(): number {
    let known = 0;
    for (const [page, { ids, next }] of this.pages) known = Math.max(known, page * PAGE + ids.length + (next ? 1 : 0));
    // Until the first answer: as many as a screen has, of what is yet to come.
    if (!this.isKnown && !this.total && this.error === undefined) return SKELETON;
    const rows = this.total?.exact ? this.total.rows : Math.max(this.total?.rows ?? 0, known);
    return this.front.length + rows;
  }

  get size(): number {
    return this.rows;
  }

  get isLoading(): boolean {
    return this.loading.size > 0;
  }

  get isKnown(): boolean {
    return this.pages.size > 0;
  }

  idAt(row: number): string | undefined {
    if (row < this.front.length) return this.front[row];
    const at = row - this.front.length;
    return this.pages.get(Math.floor(at / PAGE))?.ids[at % PAGE];
  }

  sectionAt(): undefined {
    return undefined;
  }

  rowOf(id: string): number | undefined {
    const first = this.front.indexOf(id);
    if (first >= 0) return first;
    for (const [page, { ids }] of this.pages) {
      const at = ids.indexOf(id);
      if (at >= 0) return this.front.length + page * PAGE + at;
    }
    return undefined;
  }

  partOf(id: string): ListWindow | undefined {
    return this.rowOf(id) === undefined ? undefined : this;
  }

  loadedIds(): string[] {
    return [...this.front, ...[...this.pages].sort(([a], [b]) => a - b).flatMap(([, page]) => page.ids)];
  }

  show(first: number, last: number): void {
    this.seen = [first, last];
    const from = Math.max(0, Math.floor((first - this.front.length) / PAGE));
    const to = Math.max(from, Math.floor((last - this.front.length) / PAGE));
    for (const [page, abort] of this.loading) {
      if (page >= from - 1 && page <= to + 1) continue;
      abort.abort();
      this.loading.delete(page);
    }
    const before = Math.max(0, Math.floor((first - AHEAD - this.front.length) / PAGE));
    const after = Math.max(to, Math.floor((last + AHEAD - this.front.length) / PAGE));
    let isHere = true;
    for (let page = from; page <= to; page += 1) {
      void this.load(page);
      isHere &&= this.pages.has(page);
    }
    // What is seen comes first.
    if (isHere && before < from) void this.load(before);
    if (isHere && after > to) void this.load(after);
    const far = [...this.pages.keys()].sort((a, b) => Math.abs(b - from) - Math.abs(a - from));
    for (const page of far.slice(0, Math.max(0, far.length - PAGES_KEPT))) this.pages.delete(page);
  }

  toggle(): void {}

  toggleAll(): void {}

  recount(): void {}

  follow(before: RowSource): void {
    if (before.total?.exact) this.total = before.total;
  }

  /** Lets go of all rows; they are read again when they are shown. */
  forget(): void {
    this.abort();
    this.pages.clear();
  }

  private abort(): void {
    for (const abort of this.loading.values()) abort.abort();
    this.loading.clear();
  }

  reload(): void {
    this.front = this.front.filter((id) => recordOf(this.query.object.api_name, id)?.unmade);
    this.forget();
    this.error = undefined;
    this.total = undefined;
    this.show(...this.seen);
    this.tell();
  }

  addFront(id: string): void {
    this.front = [id, ...this.front];
    this.tell();
  }

  drop(ids: Set<string>): void {
    let gone = this.front.length;
    this.front = this.front.filter((id) => !ids.has(id));
    gone -= this.front.length;
    let fromServer = 0;
    for (const [page, kept] of this.pages) {
      const left = kept.ids.filter((id) => !ids.has(id));
      fromServer += kept.ids.length - left.length;
      if (left.length !== kept.ids.length) this.pages.set(page, { ...kept, ids: left });
    }
    if (this.total) this.total = { ...this.total, rows: this.total.rows - fromServer };
    if (gone + fromServer > 0) this.tell();
  }

  close(): void {
    this.closed = true;
    this.abort();
  }

  private parameters(): Record<string, string | number | undefined> {
    const { fields, filter, sort, q, timeZone } = this.query;
    return { fields: fields.join(","), filter, sort, q: q || undefined, time_zone: filter?.includes("$") ? timeZone : undefined };
  }

  private async load(page: number): Promise<void> {
    const last = this.total?.exact ? Math.floor(Math.max(0, this.total.rows - 1) / PAGE) : Number.POSITIVE_INFINITY;
    if (this.closed || this.pages.has(page) || this.loading.has(page) || page > last) return;
    const abort = new AbortController();
    this.loading.set(page, abort);
    const before = this.pages.get(page - 1)?.next;
    const position = page === 0 ? { count: this.total ? undefined : "estimated" } : before ? { after: before } : { offset: page * PAGE };
    try {
      const answer = await get<Answer>(
        `/${this.query.object.plural_api_name}`,
        { ...this.parameters(), limit: PAGE, ...position },
        abort.signal,
      );
      if (this.loading.get(page) !== abort) return;
      for (const values of answer.data) takeIn(this.query.object.api_name, values);
      forgetUnseen(RECORDS_KEPT);
      this.pages.set(page, { ids: answer.data.map((values) => String(values["id"])), next: answer.page.next });
      this.error = undefined;
      if (!answer.page.next && answer.data.length > 0) this.total = { rows: page * PAGE + answer.data.length, exact: true };
      else if (page === 0 && answer.data.length === 0) this.total = { rows: 0, exact: true };
      else if (page === 0 && !this.total) {
        this.total = { rows: Math.max(answer.total ?? 0, answer.data.length + 1), exact: false };
        void this.count();
      }
    } catch (error) {
      if (abort.signal.aborted) return;
      this.error = error;
    } finally {
      if (this.loading.get(page) === abort) this.loading.delete(page);
      this.tell();
    }
  }

  /** The exact number, apart from the rows: they do not wait for it. */
  private async count(): Promise<void> {
    const query = { ...this.parameters(), sort: undefined, fields: "id", limit: 1, count: "exact" };
    const answer = await get<Answer>(`/${this.query.object.plural_api_name}`, query).catch(() => undefined);
    if (this.closed || answer?.total === undefined || this.total?.exact) return;
    this.total = { rows: answer.total, exact: true };
    this.tell();
  }
}
