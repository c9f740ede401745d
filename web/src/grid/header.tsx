/** The heads of columns: sorted by a click, made wider at their edge, put elsewhere by dragging, and the rest in a menu. */

import { memo, type PointerEvent as Pointed, useState } from "react";
import { nameOf } from "../api/model.ts";
import type { FieldContext } from "../fields/index.ts";
import { widgetOf } from "../fields/index.ts";
import { Check } from "../ui/checkbox.tsx";
import { Icon } from "../ui/icon.tsx";
import { useWords } from "../words/index.ts";
import { drawnColumns, placeOf } from "./row.tsx";
import type { GridColumn } from "./table.ts";

const NARROWEST = 56;

interface Properties {
  columns: GridColumn[];
  from: number;
  to: number;
  pinned: number;
  before: number;
  context: FieldContext;
  sorted: Map<string, { descending: boolean; rank: number }>;
  canTick: boolean;
  ticked: "all" | "some" | "none";
  onTickAll: (ticked: boolean) => void;
  onSort: (column: GridColumn, add: boolean) => void;
  onMenu: (column: GridColumn, anchor: Element) => void;
  onMove: (path: string, before: string) => void;
  /** While it is dragged; `done` at the end. */
  onWidth: (at: number, width: number, done: boolean) => void;
  onFit: (at: number) => void;
}

export const GridHeader = memo(function GridHeader(properties: Properties) {
  const { columns, from, to, pinned, before, context, sorted, canTick, ticked, onTickAll, onSort, onMenu, onMove, onWidth, onFit } = properties;
  const t = useWords();
  const [over, setOver] = useState<string>();
  const [dragged, setDragged] = useState<string>();
  const resize = (event: Pointed<HTMLElement>, at: number) => {
    const handle = event.currentTarget;
    const start = event.clientX;
    const width = columns[at]?.width ?? 0;
    handle.setPointerCapture(event.pointerId);
    event.preventDefault();
    const wide = (now: PointerEvent) => Math.max(NARROWEST, Math.round(width + now.clientX - start));
    const move = (now: PointerEvent) => onWidth(at, wide(now), false);
    const end = (now: PointerEvent) => {
      handle.removeEventListener("pointermove", move);
      onWidth(at, wide(now), true);
    };
    handle.addEventListener("pointermove", move);
    handle.addEventListener("pointerup", end, { once: true });
  };

  return (
    <div className="row head" role="row" aria-rowindex={1}>
      <div className="tick" role="columnheader" aria-colindex={1}>
        {canTick && <Check checked={ticked === "all"} some={ticked === "some"} label={t("list.tickAll")} onChange={onTickAll} />}
      </div>
      {drawnColumns(pinned, from, to).map((at) => {
        const column = columns[at];
        if (!column) return null;
        const sort = sorted.get(column.path);
        const name = titleOfColumn(column, context);
        const look = [
          "cell",
          at < pinned && "pinned",
          at === pinned - 1 && "edge",
          at === 0 && "title",
          widgetOf(context.model, column.field).align === "end" && "end",
          sort && "sorted",
          over === column.path && "is-over",
        ]
          .filter(Boolean)
          .join(" ");
        return (
          <div
            key={column.path}
            className={look}
            role="columnheader"
            aria-colindex={at + 2}
            aria-sort={sort ? (sort.descending ? "descending" : "ascending") : undefined}
            style={placeOf(at, from, pinned, before)}
            draggable
            onDragStart={(event) => {
              event.dataTransfer.effectAllowed = "move";
              setDragged(column.path);
            }}
            onDragOver={(event) => {
              if (dragged === undefined) return;
              event.preventDefault();
              setOver(column.path);
            }}
            onDragLeave={() => setOver(undefined)}
            onDragEnd={() => setDragged(undefined)}
            onDrop={(event) => {
              event.preventDefault();
              if (dragged !== undefined && dragged !== column.path) onMove(dragged, column.path);
              setOver(undefined);
              setDragged(undefined);
            }}
          >
            <button type="button" className="head-name" tabIndex={-1} title={name} onClick={(event) => onSort(column, event.shiftKey)}>
              <span className="cut">{name}</span>
              {sort && <Icon name={sort.descending ? "arrow-down" : "arrow-up"} size={14} />}
              {sort && sorted.size > 1 && <span className="rank num">{sort.rank + 1}</span>}
            </button>
            <button
              type="button"
              className="head-menu"
              tabIndex={-1}
              aria-label={t("list.columnMenu", { name })}
              onClick={(event) => onMenu(column, event.currentTarget)}
            />
            <span className="resizer" aria-hidden onPointerDown={(event) => resize(event, at)} onDoubleClick={() => onFit(at)} draggable={false} />
          </div>
        );
      })}
    </div>
  );
});

/** "Company · City" where the field is another record's. */
export function titleOfColumn(column: GridColumn, context: FieldContext): string {
  return [...column.through, column.field].map((field) => nameOf(field, context.language)).join(" · ");
}
