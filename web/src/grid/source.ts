/** What a table asks for its rows, whether they are one list or lie in sections. */

import type { ObjectType, Values } from "../api/model.ts";
import type { ListWindow } from "./window.ts";

export interface ListQuery {
  object: ObjectType;
  /** Paths, as `fields=` takes them. */
  fields: string[];
  filter?: string | undefined;
  sort?: string | undefined;
  q?: string | undefined;
  timeZone?: string | undefined;
}

export interface Total {
  rows: number;
  exact: boolean;
}

/** The records that have the same value in a field. Its title stands in a row of its own. */
export interface Section {
  key: string;
  /** Null where the field is empty. */
  value: unknown;
  /** Values that the title is drawn from. */
  record: Values;
  count: number;
  /** Aggregates by the column's path. */
  totals: Record<string, unknown>;
  isOpen: boolean;
}

export interface RowSource {
  readonly query: ListQuery;
  /** Which rows these are, whatever is read of them. */
  readonly identity: string;
  /** Records that were made here, or are yet to be made; they stand above the others until the list is read again. */
  readonly front: string[];
  /** The rows to scroll through, with the titles of sections. */
  readonly rows: number;
  /** The number of records. */
  readonly size: number;
  readonly total: Total | undefined;
  readonly error: unknown;
  readonly isLoading: boolean;
  /** Whether anything has been answered yet. */
  readonly isKnown: boolean;
  readonly seen: [first: number, last: number];
  subscribe: (listener: () => void) => () => void;
  snapshot: () => number;
  idAt(row: number): string | undefined;
  /** The section whose title stands in this row. */
  sectionAt(row: number): Section | undefined;
  rowOf(id: string): number | undefined;
  /** The plain list that a record stands in: all of it, or its section. */
  partOf(id: string): ListWindow | undefined;
  /** Ids of the rows that are here. */
  loadedIds(): string[];
  /** Reads what is missing of these rows, and lets go of what is far from them. */
  show(first: number, last: number): void;
  /** Opens or closes a section. */
  toggle(key: string): void;
  toggleAll(open: boolean): void;
  /** Reads everything that is shown again. */
  reload(): void;
  /** Reads counts and totals again; rows stay where they are. */
  recount(): void;
  /** Takes over what the same rows, with other columns, have known. */
  follow(before: RowSource): void;
  addFront(id: string): void;
  /** Takes rows out: what was deleted here goes at once. */
  drop(ids: Set<string>): void;
  close(): void;
}

/** Tells its listeners that it has changed. */
export class Observed {
  private readonly listeners = new Set<() => void>();
  private revision = 0;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  snapshot = (): number => this.revision;

  protected tell(): void {
    this.revision += 1;
    for (const listener of this.listeners) listener();
  }
}

/** The next rows of records from one on; those beyond the last are yet to be made. */
export function recordRows(list: RowSource, first: number, count: number): number[] {
  const rows: number[] = [];
  for (let row = first; rows.length < count; row += 1) if (!list.sectionAt(row)) rows.push(row);
  return rows;
}
