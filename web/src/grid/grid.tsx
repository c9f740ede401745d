/**
 * The table: as many rows and columns in the document as fit on the screen, spreadsheet keys, one editor. What it shows and
 * what becomes of changes is decided by the place that draws it.
 */

import { useId, useRef, useState, useSyncExternalStore } from "react";
import { recordOf, shown } from "../api/records.ts";
import { widgetOf } from "../fields/index.ts";
import { copyingOf } from "./copying.ts";
import { cursorAt } from "./cursor.ts";
import { CellEditor } from "./editor.tsx";
import { GridHeader, titleOfColumn } from "./header.tsx";
import { keysOf } from "./keys.ts";
import { usePointer } from "./pointer.ts";
import { GridRow, recordAt, valueAt } from "./row.tsx";
import { SectionRow } from "./section-row.tsx";
import { useSelection } from "./selection.ts";
import { isTicked, NO_TICKS, type TableProperties } from "./table.ts";
import { useSteady } from "./steady.ts";
import { useView } from "./view.ts";

export function Grid(properties: TableProperties) {
  const { list, columns, context, label, rowHeight, ticks, onTicks, canTick, sorted, onSort, onMenu, onMove, onLeaveRow, peeked, totals, groupedBy } = properties;
  const drawTotal = useSteady(properties.drawTotal);
  const revision = useSyncExternalStore(list.subscribe, list.snapshot);
  const rows = list.rows;
  const grid = useId().replaceAll(/[^\w-]/g, "");
  const box = useRef<HTMLDivElement>(null);
  const seen = useView(properties, revision, box);
  const { view, pinned, before } = seen;
  const selection = useSelection(properties, seen, box);
  const { cursor: kept, range } = selection;
  const [hovered, setHovered] = useState<number>();
  const pointer = usePointer(properties, selection, box, setHovered);
  const { copy, paste } = copyingOf(properties, selection);

  const drawn: number[] = [];
  for (let row = view.first; row <= Math.min(view.last, rows - 1); row += 1) drawn.push(row);
  // The row that the focus is in stays in the document wherever one has scrolled to.
  if (kept && (kept.at.row < view.first || kept.at.row > view.last)) drawn.push(kept.at.row);

  const editing = kept?.editing && columns[kept.at.col];
  const editingId = kept && list.idAt(kept.at.row);

  const count = ticks.all ? list.size - ticks.ids.size : ticks.ids.size;
  const areAllTicked = () => (ticks.all && ticks.ids.size === 0) || list.loadedIds().every((id) => isTicked(ticks, id));
  const ticked = count === 0 ? "none" : areAllTicked() ? "all" : "some";
  const onTickAll = useSteady((on: boolean) => onTicks(on ? { all: false, ids: new Set(list.loadedIds()) } : NO_TICKS));
  const onWidth = useSteady(seen.width);
  const onFit = useSteady(seen.fit);

  return (
    <div
      ref={box}
      className={`data-grid ${count > 0 ? "has-picked" : ""} rows-${rowHeight}`}
      role={groupedBy ? "treegrid" : "grid"}
      tabIndex={0}
      aria-label={label}
      aria-rowcount={rows + 1}
      aria-colcount={columns.length + 1}
      aria-multiselectable
      aria-busy={list.isLoading}
      aria-activedescendant={kept && !kept.editing ? `${grid}-${kept.at.row}-${kept.at.col}` : undefined}
      onScroll={seen.look}
      onKeyDown={keysOf(properties, selection, grid, box)}
      onMouseDown={pointer.onMouseDown}
      onMouseOver={pointer.onMouseOver}
      onMouseLeave={pointer.onMouseLeave}
      onDoubleClick={pointer.onDoubleClick}
      onCopy={copy}
      onCut={copy}
      onPaste={paste}
      onBlur={(event) => {
        const id = kept && !kept.editing ? list.idAt(kept.at.row) : undefined;
        if (id !== undefined && !event.currentTarget.contains(event.relatedTarget)) onLeaveRow(id);
      }}
      onFocus={(event) => {
        if (event.target !== event.currentTarget || rows === 0) return;
        // By the Tab key the cursor begins at the top of what is seen; a click has put it already.
        selection.enter(seen.top());
      }}
      onContextMenu={pointer.onContextMenu}
    >
      <div role="rowgroup" className="head-group">
        <GridHeader
          {...{ columns, pinned, before, context, sorted, canTick, ticked, onSort, onMenu, onMove }}
          from={view.from}
          to={view.to}
          {...{ onTickAll, onWidth, onFit }}
        />
      </div>
      <div role="rowgroup" className="body" style={{ height: seen.height }}>
        {drawn.map((row) => {
          const isCursor = kept?.at.row === row;
          const section = list.sectionAt(row);
          if (section && groupedBy) {
            const { isOpen, count, totals } = section;
            return (
              <SectionRow
                key={`section ${section.key}`}
                {...{ grid, row, section, isOpen, count, totals, columns, pinned, before, context, drawTotal }}
                field={groupedBy}
                from={view.from}
                to={view.to}
                top={seen.topOf(row)}
                cursor={isCursor ? kept.at.col : -1}
              />
            );
          }
          const id = list.idAt(row);
          const inRange = range && row >= range.top && row <= range.bottom && (range.top !== range.bottom || range.left !== range.right);
          const record = editing && isCursor && id !== undefined ? recordOf(list.query.object.api_name, id) : undefined;
          return (
            <GridRow
              key={row}
              {...{ grid, row, id, columns, pinned, before, context, canTick }}
              level={groupedBy && 2}
              object={list.query.object.api_name}
              from={view.from}
              to={view.to}
              top={seen.topOf(row)}
              ticked={id !== undefined && isTicked(ticks, id)}
              current={id !== undefined && id === peeked}
              isHere={isCursor || hovered === row}
              cursor={isCursor ? kept.at.col : -1}
              left={inRange ? range.left : -1}
              right={inRange ? range.right : -2}
              editor={
                editing && isCursor && record && editingId !== undefined ? (
                  <CellEditor
                    key={`${editingId}-${kept.at.col}`}
                    object={list.query.object}
                    id={editingId}
                    field={editing.field}
                    value={valueAt(shown(record), editing.path, editing.field.value_key)}
                    record={recordAt(shown(record), editing.path)}
                    context={context}
                    typed={kept.editing?.typed}
                    label={titleOfColumn(editing, context)}
                    handle={selection.editor}
                    onCommit={(entry) => {
                      selection.commit({ entry });
                      selection.set(cursorAt(kept.at.row, kept.at.col));
                      selection.focus();
                    }}
                    onCancel={() => {
                      selection.set(cursorAt(kept.at.row, kept.at.col));
                      selection.focus();
                    }}
                  />
                ) : null
              }
            />
          );
        })}
      </div>
      {totals && (
        <div className="row totals" role="row" aria-rowindex={rows + 2}>
          <div className="tick" role="gridcell" />
          {columns.map((column, at) => (
            <div
              key={column.path}
              role="gridcell"
              className={["cell", at < pinned && "pinned", at === 0 && "title", widgetOf(context.model, column.field).align === "end" && "end"].filter(Boolean).join(" ")}
              style={{ width: `var(--w-${at})`, ...(at < pinned && { left: `var(--l-${at})` }) }}
            >
              {totals[at]}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
