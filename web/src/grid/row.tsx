/** A row: cells that only show, and the one that is being edited. Drawn again when its record, its ticks or the cursor in it change. */

import { type CSSProperties, memo, type ReactNode } from "react";
import { shown, useRecord } from "../api/records.ts";
import type { FieldContext } from "../fields/index.ts";
import { widgetOf } from "../fields/index.ts";
import { words } from "../words/index.ts";
import type { GridColumn } from "./table.ts";

export interface RowProperties {
  grid: string;
  row: number;
  id: string | undefined;
  object: string;
  columns: GridColumn[];
  /** Which of the columns are drawn: the pinned ones, and those from here to there. */
  from: number;
  to: number;
  pinned: number;
  /** Pixels of the columns between the pinned and the first that is drawn. */
  before: number;
  top: number;
  ticked: boolean;
  /** The cursor's column; -1 where it is in another row. */
  cursor: number;
  left: number;
  right: number;
  context: FieldContext;
  editor: ReactNode;
  /** Whether the pointer or the cursor is in it. */
  isHere: boolean;
  current: boolean;
  canTick: boolean;
  /** How deep it lies, where there are sections. */
  level: number | undefined;
}

export const GridRow = memo(function GridRow(properties: RowProperties) {
  const { grid, row, id, object, columns, from, to, pinned, before, top, ticked, cursor, left, right, context, editor, isHere, current, canTick, level } = properties;
  const record = useRecord(object, id);
  const values = record && shown(record);
  const isEditing = editor !== undefined && editor !== null;
  const classes = ["row", ticked && "picked", current && "current", record?.gone && "is-gone", isEditing && "is-edited"].filter(Boolean).join(" ");
  return (
    <div className={classes} role="row" aria-rowindex={row + 2} aria-level={level} aria-selected={ticked} data-row={row} style={{ transform: `translateY(${top}px)` }}>
      <div className="tick" role="gridcell" aria-colindex={1}>
        {canTick && (
          <button type="button" className={ticked ? "check drawn on" : "check drawn"} role="checkbox" aria-checked={ticked} aria-label={words("list.tickRow")} tabIndex={-1} data-tick />
        )}
      </div>
      {drawnColumns(pinned, from, to).map((at) => {
        const column = columns[at];
        if (!column) return null;
        const widget = widgetOf(context.model, column.field);
        const key = column.field.value_key;
        const fault = record?.faults[key];
        const value = values && valueAt(values, column.path, key);
        const isDraft = record !== undefined && key in record.draft;
        // A row that is being typed is sent once it is left.
        const edited = isEditing && cursor === at;
        const waits = isDraft && !edited && !record.saving && !(record.unmade && cursor >= 0);
        const opens = at === 0 && isHere && !edited && id !== undefined && values !== undefined;
        const look = [
          "cell",
          at < pinned && "pinned",
          at === pinned - 1 && "edge",
          at === 0 && "title",
          opens && "opens",
          widget.align === "end" && "end",
          at >= left && at <= right && "in-range",
          cursor === at && "is-cursor",
          edited && "editing",
          fault && "is-bad",
          isDraft && !fault && "is-draft",
          waits && "is-waiting",
        ]
          .filter(Boolean)
          .join(" ");
        return (
          <div
            key={column.path}
            id={cursor === at ? `${grid}-${row}-${at}` : undefined}
            className={look}
            role={at === 0 ? "rowheader" : "gridcell"}
            aria-colindex={at + 2}
            aria-invalid={fault ? true : undefined}
            title={fault ?? (waits ? words("list.notSent") : undefined)}
            data-col={at}
            style={placeOf(at, from, pinned, before)}
          >
            {edited ? (
              editor
            ) : values === undefined ? (
              <span className="bone" />
            ) : value === null || value === undefined ? null : (
              // Called and not mounted: a component for each of some hundred cells is work of its own.
              widget.Display({ value, field: column.field, record: recordAt(values, column.path), context })
            )}
            {opens && <button type="button" className="ghost square open" aria-label={words("list.openBeside")} title={words("list.openBeside")} tabIndex={-1} data-open />}
          </div>
        );
      })}
    </div>
  );
});

/** Where a cell lies in its row: after the columns that are not drawn, or at its place at the left edge. */
export const placeOf = (at: number, from: number, pinned: number, before: number): CSSProperties => ({
  width: `var(--w-${at})`,
  ...(at === from && before > 0 && { marginLeft: before }),
  ...(at < pinned && { left: `var(--l-${at})` }),
});

/** The pinned columns, and those that are scrolled to. */
export function drawnColumns(pinned: number, from: number, to: number): number[] {
  const drawn: number[] = [];
  for (let at = 0; at < pinned; at += 1) drawn.push(at);
  for (let at = from; at <= to; at += 1) drawn.push(at);
  return drawn;
}

type Values = Record<string, unknown>;

/** The record that a path's last field stands in. */
export function recordAt(values: Values, path: string): Values {
  let at: Values = values;
  for (const name of path.split(".").slice(0, -1)) at = (at[name] as Values | null) ?? {};
  return at;
}

export function valueAt(values: Values, path: string, key: string): unknown {
  return path.includes(".") ? recordAt(values, path)[key] : values[key];
}
