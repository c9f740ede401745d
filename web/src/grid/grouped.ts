/**
 * The rows of a list in sections: the title of each value of a field, and below it the records that have it, once it is open.
 * Titles and records share one numbering, so the table windows them as it does a plain list; each open section reads its own rows.
 */

import type { Field, Option, Values } from "../api/model.ts";
import { recordOf, unmadeOf } from "../api/records.ts";
import { call } from "../api/rest.ts";
import { type ListQuery, Observed, type RowSource, type Section, type Total } from "./source.ts";
import { ListWindow } from "./window.ts";

export interface Grouping {
  field: Field;
  /** What its title is drawn from: the value itself, then what names it. */
  reads: string[];
  /** Aggregates by the column's path. */
  totals: Record<string, string>;
}

interface Part extends Section {
  /** Where its title stands. */
  start: number;
  window: ListWindow | undefined;
}

/** So many sections are open at first, if there are not more. */
const OPEN_AT_FIRST = 8;
/** Ids that are kept of sections which are not seen. */
const KEPT = 2_000;
const SKELETON = 24;
/** Rows of a section that are read before one gets to it. */
const AHEAD = 20;

export class GroupedRows extends Observed implements RowSource {
  front: string[];
  error: unknown;
  seen: [first: number, last: number] = [0, 0];
  /** There are more values than the server counts at once. */
  isCut = false;
  private parts: Part[] | undefined;
  /** Keys of sections, as they were opened and closed. */
  private opened = new Map<string, boolean>();
  private end = 0;
  private reading: AbortController | undefined;

  constructor(
    readonly query: ListQuery,
    readonly grouping: Grouping,
  ) {
    super();
    this.front = unmadeOf(query.object.api_name);
  }

  get identity(): string {
    const { object, filter, sort, q } = this.query;
    return JSON.stringify([object.api_name, filter, sort, q, this.grouping.field.api_name]);
  }

  get rows(): number {
    if (!this.parts) return this.error === undefined ? SKELETON : this.front.length;
    return this.end;
  }

  get size(): number {
    return (this.parts ?? []).reduce((sum, part) => sum + part.count, this.front.length);
  }

  get total(): Total | undefined {
    return this.parts && { rows: this.size - this.front.length, exact: !this.isCut };
  }

  /** The number of sections. */
  get groups(): number {
    return this.parts?.length ?? 0;
  }

  get isLoading(): boolean {
    return this.reading !== undefined || (this.parts ?? []).some((part) => part.window?.isLoading);
  }

  get isKnown(): boolean {
    return this.parts !== undefined;
  }

  /** The last section that begins at or above a row. */
  private partAt(row: number): Part | undefined {
    const parts = this.parts ?? [];
    let [low, high] = [0, parts.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((parts[middle]?.start ?? 0) <= row) low = middle + 1;
      else high = middle;
    }
    return parts[low - 1];
  }

  idAt(row: number): string | undefined {
    if (row < this.front.length) return this.front[row];
    const part = this.partAt(row);
    return part && row > part.start ? part.window?.idAt(row - part.start - 1) : undefined;
  }

  sectionAt(row: number): Section | undefined {
    const part = this.partAt(row);
    return part?.start === row ? part : undefined;
  }

  rowOf(id: string): number | undefined {
    const first = this.front.indexOf(id);
    if (first >= 0) return first;
    for (const part of this.parts ?? []) {
      const at = part.window?.rowOf(id);
      if (at !== undefined) return part.start + 1 + at;
    }
    return undefined;
  }

  partOf(id: string): ListWindow | undefined {
    return this.parts?.find((part) => part.window?.rowOf(id) !== undefined)?.window;
  }

  loadedIds(): string[] {
    return [...this.front, ...(this.parts ?? []).flatMap((part) => part.window?.loadedIds() ?? [])];
  }

  show(first: number, last: number): void {
    this.seen = [first, last];
    if (!this.parts) {
      if (!this.reading && this.error === undefined) void this.read();
      return;
    }
    let unseen = 0;
    for (const { window, start } of this.parts) {
      if (!window) continue;
      const [from, to] = [first - start - 1, last - start - 1];
      if (from < window.rows && to > -AHEAD) window.show(Math.max(0, from), Math.max(0, Math.min(to, window.rows - 1)));
      else {
        unseen += window.loadedIds().length;
        if (unseen > KEPT) window.forget();
      }
    }
  }

  toggle(key: string): void {
    const part = this.parts?.find((each) => each.key === key);
    if (!part) return;
    this.open(part, !part.isOpen);
    this.settle();
    this.show(...this.seen);
  }

  toggleAll(open: boolean): void {
    for (const part of this.parts ?? []) if (part.isOpen !== open) this.open(part, open);
    this.settle();
    this.show(...this.seen);
  }

  private open(part: Part, open: boolean): void {
    this.opened.set(part.key, open);
    part.isOpen = open;
    part.window?.close();
    part.window = open ? this.windowOf(part) : undefined;
  }

  private windowOf({ value, count }: Section): ListWindow {
    const { field } = this.grouping;
    const condition = { [field.value_key]: value === null ? { is_null: true } : { eq: value } };
    const { filter } = this.query;
    const both = filter === undefined ? condition : { and: [JSON.parse(filter), condition] };
    const window = new ListWindow({ ...this.query, filter: JSON.stringify(both) }, count);
    window.subscribe(() => this.settle());
    return window;
  }

  /** Numbers the rows again. */
  private settle(): void {
    let at = this.front.length;
    for (const part of this.parts ?? []) {
      part.start = at;
      at += 1 + (part.window?.rows ?? 0);
    }
    this.end = at;
    this.tell();
  }

  private async ask(signal?: AbortSignal): Promise<{ sections: Omit<Part, "start" | "window" | "isOpen">[]; more: boolean }> {
    const { object, filter, timeZone } = this.query;
    const { field, reads, totals } = this.grouping;
    const paths = Object.keys(totals);
    const aggregates = { n: { count: "*" }, ...Object.fromEntries(paths.map((path, at) => [`c${at}`, { [totals[path] ?? "count"]: path }])) };
    const body = { group_by: reads, aggregates, sort: reads.at(-1), ...(filter !== undefined && { filter: JSON.parse(filter) }), ...(filter?.includes("$") && { time_zone: timeZone }) };
    const { data } = await call<{ data: Values[]; more?: boolean }>("POST", `/${object.plural_api_name}/aggregate`, { body, ...(signal && { signal }) });
    const sections = data.data.map((row) => {
      const value = row[field.value_key] ?? null;
      return { key: JSON.stringify(value), value, record: row, count: Number(row["n"]), totals: Object.fromEntries(paths.map((path, at) => [path, row[`c${at}`]])) };
    });
    return { sections: inOrder(sections, field.settings.options ?? []), more: data.more === true };
  }

  private async read(): Promise<void> {
    this.reading?.abort();
    const abort = new AbortController();
    this.reading = abort;
    try {
      const { sections, more } = await this.ask(abort.signal);
      if (this.reading !== abort) return;
      const isOpen = sections.length <= OPEN_AT_FIRST;
      for (const part of this.parts ?? []) part.window?.close();
      this.isCut = more;
      this.error = undefined;
      this.parts = sections.map((section) => ({ ...section, start: 0, isOpen: false, window: undefined }));
      for (const part of this.parts) if (this.opened.get(part.key) ?? isOpen) this.open(part, true);
    } catch (error) {
      if (abort.signal.aborted) return;
      this.error = error;
    } finally {
      if (this.reading === abort) this.reading = undefined;
    }
    this.settle();
    this.show(...this.seen);
  }

  reload(): void {
    this.front = this.front.filter((id) => recordOf(this.query.object.api_name, id)?.unmade);
    this.error = undefined;
    void this.read();
    this.settle();
  }

  recount(): void {
    void this.ask().then(
      ({ sections }) => {
        const now = new Map(sections.map((section) => [section.key, section]));
        // A title stays while its rows are shown, and a new one comes when the list is read again: no row moves under the cursor.
        for (const part of this.parts ?? []) Object.assign(part, { count: now.get(part.key)?.count ?? 0, totals: now.get(part.key)?.totals ?? {} });
        this.tell();
      },
      () => undefined,
    );
  }

  follow(before: RowSource): void {
    if (before instanceof GroupedRows) this.opened = before.opened;
  }

  addFront(id: string): void {
    this.front = [id, ...this.front];
    this.settle();
  }

  drop(ids: Set<string>): void {
    this.front = this.front.filter((id) => !ids.has(id));
    for (const part of this.parts ?? []) {
      const before = part.window?.rows ?? 0;
      part.window?.drop(ids);
      part.count -= before - (part.window?.rows ?? 0);
    }
    this.settle();
  }

  close(): void {
    this.reading?.abort();
    for (const part of this.parts ?? []) part.window?.close();
  }
}

/** As the field's options stand; else as the server has sorted them, the empty value last. */
function inOrder<S extends Pick<Section, "value">>(sections: S[], options: Option[]): S[] {
  const ranks = new Map(options.map((option, at) => [option.value, at]));
  const rank = ({ value }: S) => (value === null ? options.length + 1 : (ranks.get(String(value)) ?? options.length));
  return [...sections].sort((a, b) => rank(a) - rank(b));
}
