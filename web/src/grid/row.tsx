/** A row: cells that only show, and the one that is being edited. Drawn again when its record, its ticks or the cursor in it change. */

import { memo, type ReactNode } from "react";
import { shown, useRecord } from "../api/records.ts";
import type { FieldContext } from "../fields/index.ts";
import { widgetOf } from "../fields/index.ts";
import { Icon } from "../ui/icon.tsx";
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
  current: boolean;
  canTick: boolean;
}

export const GridRow = memo(function GridRow(properties: RowProperties) {
  const { grid, row, id, object, columns, from, to, pinned, before, top, ticked, cursor, left, right, context, editor, current, canTick } = properties;
  const record = useRecord(object, id);
  const values = record && shown(record);
  const drawn: number[] = [];
  for (let at = 0; at < pinned; at += 1) drawn.push(at);
  for (let at = from; at <= to; at += 1) drawn.push(at);
  const classes = ["row", ticked && "picked", current && "current", record?.gone && "is-gone"].filter(Boolean).join(" ");
  return (
    <div className={classes} role="row" aria-rowindex={row + 2} aria-selected={ticked} data-row={row} style={{ transform: `translateY(${top}px)` }}>
      <div className="tick" role="gridcell" aria-colindex={1}>
        {canTick && (
          <button type="button" className={`check ${ticked ? "on" : ""}`} role="checkbox" aria-checked={ticked} aria-label={words("list.tickRow")} tabIndex={-1} data-tick>
            <Icon name="check" />
          </button>
        )}
      </div>
      {drawn.map((at) => {
        const column = columns[at];
        if (!column) return null;
        const widget = widgetOf(context.model, column.field);
        const fault = record?.faults[column.field.value_key];
        const value = values && valueAt(values, column.path, column.field.value_key);
        const isDraft = record !== undefined && column.field.value_key in record.draft;
        // A row that is being typed is sent once it is left.
        const waits = isDraft && !record.saving && !(record.unmade && cursor >= 0);
        const editing = cursor === at && editor !== undefined && editor !== null;
        const look = [
          "cell",
          at < pinned && "pinned",
          at === pinned - 1 && "edge",
          at === 0 && "title",
          widget.align === "end" && "end",
          at >= left && at <= right && "in-range",
          cursor === at && "is-cursor",
          editing && "editing",
          fault && "is-bad",
          isDraft && !fault && "is-draft",
          waits && "is-waiting",
        ]
          .filter(Boolean)
          .join(" ");
        return [
          at === from && from > pinned && <div key="before" className="before" aria-hidden style={{ width: before }} />,
          <div
            key={column.path}
            id={`${grid}-${row}-${at}`}
            className={look}
            role={at === 0 ? "rowheader" : "gridcell"}
            aria-colindex={at + 2}
            aria-invalid={fault ? true : undefined}
            title={fault ?? (waits ? words("list.notSent") : undefined)}
            data-col={at}
            style={{ width: `var(--w-${at})`, ...(at < pinned && { left: `var(--l-${at})` }) }}
          >
            {editing ? (
              editor
            ) : values === undefined ? (
              <span className="bone grow" />
            ) : value === null || value === undefined ? null : (
              <widget.Display value={value} field={column.field} record={recordAt(values, column.path)} context={context} />
            )}
            {at === 0 && !editing && id !== undefined && values !== undefined && (
              <button type="button" className="ghost square open" aria-label={words("list.openBeside")} title={words("list.openBeside")} tabIndex={-1} data-open />
            )}
          </div>,
        ];
      })}
      <div className="filler" aria-hidden />
    </div>
  );
});

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
