/** The properties of the table. */

import type { ReactNode } from "react";
import type { Field } from "../api/model.ts";
import type { FieldContext } from "../fields/index.ts";
import type { RowSource } from "./source.ts";

export interface GridColumn {
  path: string;
  field: Field;
  /** The fields that lead to it, where it is another record's. */
  through: Field[];
  width: number;
  pinned?: boolean;
}

export interface Edit {
  id: string;
  field: Field;
  value: unknown;
}

export type EditKind = "edited" | "cleared" | "filled";

export interface Ticks {
  /** All that match, whether loaded or not; `ids` are then those left out. */
  all: boolean;
  ids: ReadonlySet<string>;
}

export const NO_TICKS: Ticks = { all: false, ids: new Set() };
export const isTicked = (ticks: Ticks, id: string): boolean => ticks.all !== ticks.ids.has(id);

/** Where a table that is pasted goes, and how large the range is that it is pasted on. */
export interface PasteAt {
  row: number;
  col: number;
  /** Titles of sections are not counted. */
  rows: number;
  cols: number;
}

/** Copied within the page: values as they are, for columns of the same types. */
export const OWN = "web application/x-tessera";

export const TICK_WIDTH = 32;

export interface TableProperties {
  list: RowSource;
  columns: GridColumn[];
  context: FieldContext;
  label: string;
  rowHeight: number;
  ticks: Ticks;
  onTicks: (ticks: Ticks) => void;
  canTick: boolean;
  sorted: Map<string, { descending: boolean; rank: number }>;
  onSort: (column: GridColumn, add: boolean) => void;
  onMenu: (column: GridColumn, anchor: Element) => void;
  onMove: (path: string, before: string) => void;
  onWidth: (path: string, width: number) => void;
  canEdit: (column: GridColumn) => boolean;
  onEdit: (edits: Edit[], kind: EditKind) => void;
  onPaste: (data: DataTransfer, at: PasteAt) => void;
  onCopied: (cells: number) => void;
  onPeek: (id: string) => void;
  /** Gives up a value that the server has refused. */
  onDiscard: (id: string, field: Field) => void;
  onNew: () => void;
  onLeaveRow: (id: string) => void;
  peeked: string | undefined;
  /** Below each column; absent where there is nothing to total. */
  totals: ReactNode[] | undefined;
  /** The field whose values are the sections. */
  groupedBy: Field | undefined;
  /** An aggregate of a section. */
  drawTotal: (column: GridColumn, value: unknown) => ReactNode;
  /** Starts with an editor in this row. */
  begin: { row: number; token: number } | undefined;
}
