/**
 * The table: as many rows and columns in the document as fit on the screen, spreadsheet keys, one editor. What it shows and
 * what becomes of changes is decided by the place that draws it.
 */

import { type ClipboardEvent, type KeyboardEvent, type MouseEvent, type ReactNode, useCallback, useId, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import type { Field } from "../api/model.ts";
import { recordOf, shown } from "../api/records.ts";
import { isMac } from "../lib/platform.ts";
import type { FieldContext } from "../fields/index.ts";
import { widgetOf } from "../fields/index.ts";
import { writeTable } from "./clipboard.ts";
import { type Cursor, cursorAt, fitted, press, rangeOf } from "./cursor.ts";
import { CellEditor, type EditorHandle } from "./editor.tsx";
import { GridHeader, titleOfColumn } from "./header.tsx";
import { GridRow, recordAt, TICK_WIDTH, valueAt } from "./row.tsx";
import type { ListWindow } from "./window.ts";

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
  rows: number;
  cols: number;
}

interface Properties {
  list: ListWindow;
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
  onNew: () => void;
  onLeaveRow: (id: string) => void;
  peeked: string | undefined;
  /** Below each column; absent where there is nothing to total. */
  totals: ReactNode[] | undefined;
  /** Starts with an editor in this row. */
  begin: { row: number; token: number } | undefined;
}

interface View {
  first: number;
  last: number;
  from: number;
  to: number;
  /** Only where the bar is scaled: then every pixel matters. */
  scroll: number;
}

/** Beyond it browsers cut a page off; the bar is then scaled. */
const TALLEST = 15_000_000;
const SPARE = 4;
const FAST = 3;
const SETTLED = 90;
const HEAD = 32;

export function Grid(properties: Properties) {
  const { list, columns, context, label, rowHeight, ticks, onTicks, canTick, sorted, onSort, onMenu, onMove, onWidth, canEdit, onEdit, onPaste, onCopied, onPeek, onNew, onLeaveRow, peeked, totals, begin } = properties;
  const revision = useSyncExternalStore(list.subscribe, list.snapshot);
  const rows = list.rows;
  const grid = useId().replaceAll(/[^\w-]/g, "");
  const box = useRef<HTMLDivElement>(null);
  const editor = useRef<EditorHandle>(null);
  const [view, setView] = useState<View>({ first: 0, last: 40, from: 0, to: 12, scroll: 0 });
  const [cursor, setCursor] = useState<Cursor>();
  const dragging = useRef(false);

  const pinned = columns.filter((column) => column.pinned).length;
  const height = rows * rowHeight;
  const scale = height > TALLEST ? height / TALLEST : 1;

  // Widths are variables: making a column wider draws nothing again.
  useLayoutEffect(() => {
    const style = box.current?.style;
    if (!style) return;
    let left = TICK_WIDTH;
    for (const [at, column] of columns.entries()) {
      style.setProperty(`--w-${at}`, `${column.width}px`);
      if (at < pinned) style.setProperty(`--l-${at}`, `${left}px`);
      left += column.width;
    }
    style.setProperty("--total", `${left + 16}px`);
  }, [columns, pinned]);

  const measure = useCallback((): View => {
    const at = box.current;
    if (!at) return { first: 0, last: 40, from: pinned, to: columns.length - 1, scroll: 0 };
    const top = at.scrollTop * scale;
    const first = Math.max(0, Math.floor(top / rowHeight) - SPARE);
    const last = Math.min(rows - 1, Math.ceil((top + at.clientHeight) / rowHeight) + SPARE);
    let left = TICK_WIDTH;
    for (let each = 0; each < pinned; each += 1) left += columns[each]?.width ?? 0;
    const [start, end] = [at.scrollLeft + left, at.scrollLeft + at.clientWidth];
    let [from, to] = [pinned, pinned - 1];
    for (let each = pinned; each < columns.length; each += 1) {
      const width = columns[each]?.width ?? 0;
      if (left + width <= start) from = each + 1;
      if (left < end) to = each;
      left += width;
    }
    return { first, last, from: Math.min(from, Math.max(pinned, columns.length - 1)), to, scroll: scale === 1 ? 0 : at.scrollTop };
  }, [columns, pinned, rowHeight, rows, scale]);

  const moved = useRef({ top: 0, at: 0, timer: 0 });
  const look = useCallback(() => {
    const next = measure();
    setView((now) =>
      now.first === next.first && now.last === next.last && now.from === next.from && now.to === next.to && now.scroll === next.scroll ? now : next,
    );
    const element = box.current;
    if (!element) return;
    const now = performance.now();
    const { top, at, timer } = moved.current;
    const screens = Math.abs(element.scrollTop - top) * scale / Math.max(1, element.clientHeight);
    const fast = screens / Math.max(0.016, (now - at) / 1_000) > FAST && screens > 0.5;
    clearTimeout(timer);
    moved.current = {
      top: element.scrollTop,
      at: now,
      // While it flies past, nothing is asked for.
      timer: fast ? window.setTimeout(() => list.show(next.first, next.last), SETTLED) : 0,
    };
    if (!fast) list.show(next.first, next.last);
  }, [measure, list, scale]);

  useLayoutEffect(look, [look, revision]);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(look);
    observer.observe(element);
    return () => observer.disconnect();
  }, [look]);
  // Another list begins at its top.
  useLayoutEffect(() => {
    box.current?.scrollTo({ top: 0 });
    setCursor(undefined);
  }, [list.identity]);

  const shape = { rows, cols: columns.length, page: Math.max(1, Math.floor(((box.current?.clientHeight ?? 600) - HEAD) / rowHeight) - 1) };
  const kept = cursor && rows > 0 ? fitted(cursor, shape) : undefined;
  const range = kept && rangeOf(kept);

  const reveal = (row: number, col: number) => {
    const at = box.current;
    if (!at) return;
    const bottom = totals ? 36 : 0;
    const seen = at.clientHeight - HEAD - bottom;
    const top = row * rowHeight;
    if (top < at.scrollTop * scale) at.scrollTop = top / scale;
    else if (top + rowHeight > at.scrollTop * scale + seen) at.scrollTop = (top + rowHeight - seen) / scale;
    if (col < pinned) return;
    let [left, start] = [TICK_WIDTH, TICK_WIDTH];
    for (const [each, column] of columns.entries()) {
      if (each < pinned) start += column.width;
      if (each < col) left += column.width;
    }
    const width = columns[col]?.width ?? 0;
    if (left - start < at.scrollLeft) at.scrollLeft = left - start;
    else if (left + width > at.scrollLeft + at.clientWidth) at.scrollLeft = left + width - at.clientWidth;
  };

  const place = (next: Cursor | undefined) => {
    const before = kept && list.idAt(kept.at.row);
    if (before !== undefined && next?.at.row !== kept?.at.row) onLeaveRow(before);
    setCursor(next);
    if (next) reveal(next.at.row, next.at.col);
  };

  const valueOf = (id: string, column: GridColumn): unknown => {
    const record = recordOf(list.query.object.api_name, id);
    return record && valueAt(shown(record), column.path, column.field.value_key);
  };

  /** Takes the editor's value; false where it cannot be read and stays open. */
  const commit = (given?: { entry: unknown }): boolean => {
    if (!kept?.editing) return true;
    const taken = given ?? editor.current?.take();
    if (!taken) return false;
    const id = list.idAt(kept.at.row);
    const column = columns[kept.at.col];
    if (id !== undefined && column && JSON.stringify(valueOf(id, column) ?? null) !== JSON.stringify(taken.entry ?? null)) {
      onEdit([{ id, field: column.field, value: taken.entry }], "edited");
    }
    return true;
  };

  const focus = () => box.current?.focus({ preventScroll: true });

  const edits = (value: (id: string, column: GridColumn) => unknown, skipFirst = false): Edit[] => {
    if (!range) return [];
    const found: Edit[] = [];
    for (let row = range.top + (skipFirst ? 1 : 0); row <= range.bottom; row += 1) {
      const id = list.idAt(row);
      if (id === undefined) continue;
      for (let col = range.left; col <= range.right; col += 1) {
        const column = columns[col];
        if (!column || !canEdit(column)) continue;
        const next = value(id, column);
        if (JSON.stringify(valueOf(id, column) ?? null) !== JSON.stringify(next ?? null)) found.push({ id, field: column.field, value: next });
      }
    }
    return found;
  };

  const tick = (ids: string[], on: boolean) => {
    const next = new Set(ticks.ids);
    for (const id of ids) {
      if (on !== ticks.all) next.add(id);
      else next.delete(id);
    }
    onTicks({ all: ticks.all, ids: next });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.nativeEvent.isComposing) return;
    const inGrid = event.target === event.currentTarget;
    if (!kept || (!inGrid && !kept.editing)) return;
    const mod = isMac ? event.metaKey : event.ctrlKey;
    const step = press(kept, { key: event.key, code: event.code, mod, shift: event.shiftKey, alt: event.altKey }, shape);
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const id = list.idAt(kept.at.row);
    switch (step.act) {
      case "commit":
        if (!commit()) return;
        // Below the last row there is nowhere to go: it is done all the same.
        if (event.key === "Enter" && id !== undefined && step.cursor.at.row === kept.at.row) onLeaveRow(id);
        place(step.cursor);
        focus();
        return;
      case "cancel":
        place(step.cursor);
        focus();
        return;
      case "clear": {
        const cleared = edits(() => null);
        if (cleared.length > 0) onEdit(cleared, "cleared");
        return;
      }
      case "fill": {
        const top = range && list.idAt(range.top);
        if (top === undefined) return;
        const filled = edits((_, column) => valueOf(top, column), true);
        if (filled.length > 0) onEdit(filled, "filled");
        return;
      }
      case "peek":
        if (id !== undefined) onPeek(id);
        return;
      case "tick":
        if (id !== undefined && canTick) tick([id], !isTicked(ticks, id));
        return;
      case "all": {
        const loaded = list.loadedIds();
        if (!canTick) return;
        const again = loaded.every((each) => isTicked(ticks, each));
        onTicks(again ? { all: true, ids: new Set() } : { all: false, ids: new Set(loaded) });
        return;
      }
      case "menu": {
        const column = columns[kept.at.col];
        const cell = document.getElementById(`${grid}-${kept.at.row}-${kept.at.col}`);
        if (column && cell) onMenu(column, cell);
        return;
      }
      case "new":
        onNew();
        return;
      case "leave":
        place(undefined);
        box.current?.blur();
        return;
    }
    const column = columns[kept.at.col];
    if (step.cursor.editing && column) {
      if (!canEdit(column) || id === undefined) return;
      const toggled = widgetOf(context.model, column.field).toggled;
      if (toggled) return onEdit([{ id, field: column.field, value: toggled(valueOf(id, column) ?? null) }], "edited");
    }
    place(step.cursor);
  };

  const cellOf = (target: EventTarget): { row: number; col: number } | undefined => {
    const cell = (target as Element).closest<HTMLElement>("[data-col]");
    const row = cell?.closest<HTMLElement>("[data-row]");
    return cell && row ? { row: Number(row.dataset["row"]), col: Number(cell.dataset["col"]) } : undefined;
  };

  const onMouseDown = (event: MouseEvent) => {
    const target = event.target as Element;
    if (!box.current?.contains(target)) return;
    const row = target.closest<HTMLElement>("[data-row]");
    const id = row && list.idAt(Number(row.dataset["row"]));
    if (target.closest("[data-tick]") && id) {
      event.preventDefault();
      tick([id], !isTicked(ticks, id));
      return;
    }
    if (target.closest("[data-open]") && id) {
      event.preventDefault();
      return onPeek(id);
    }
    if (target.closest(".editor")) return;
    const cell = cellOf(target);
    if (!cell || event.button !== 0) return;
    if (target.closest("a[href]") && kept?.at.row === cell.row && kept.at.col === cell.col) return;
    event.preventDefault();
    if (!commit()) return;
    const column = columns[cell.col];
    if (event.shiftKey && kept) place({ at: cell, anchor: kept.anchor });
    else {
      place(cursorAt(cell.row, cell.col));
      const toggled = column && canEdit(column) && target.closest(".check") ? widgetOf(context.model, column.field).toggled : undefined;
      if (toggled && column && id) onEdit([{ id, field: column.field, value: toggled(valueOf(id, column) ?? null) }], "edited");
    }
    dragging.current = true;
    addEventListener("mouseup", () => (dragging.current = false), { once: true });
    focus();
  };

  const onMouseOver = (event: MouseEvent) => {
    if (!dragging.current || !kept) return;
    const cell = cellOf(event.target);
    if (cell && (cell.row !== kept.at.row || cell.col !== kept.at.col)) setCursor({ at: cell, anchor: kept.anchor });
  };

  const onDoubleClick = (event: MouseEvent) => {
    const cell = cellOf(event.target);
    const column = cell && columns[cell.col];
    if (!cell || !column || !canEdit(column) || list.idAt(cell.row) === undefined || widgetOf(context.model, column.field).toggled) return;
    place({ ...cursorAt(cell.row, cell.col), editing: {} });
  };

  const copy = (event: ClipboardEvent) => {
    if (!range || kept?.editing) return;
    event.preventDefault();
    const table: string[][] = [];
    const raw: unknown[][] = [];
    for (let row = range.top; row <= range.bottom; row += 1) {
      const id = list.idAt(row);
      const record = id === undefined ? undefined : recordOf(list.query.object.api_name, id);
      const values = record ? shown(record) : {};
      const cells = columns.slice(range.left, range.right + 1);
      raw.push(cells.map((column) => valueAt(values, column.path, column.field.value_key) ?? null));
      table.push(
        cells.map((column) => {
          const value = valueAt(values, column.path, column.field.value_key);
          if (value === null || value === undefined) return "";
          return widgetOf(context.model, column.field).toText(value, column.field, context, recordAt(values, column.path));
        }),
      );
    }
    event.clipboardData.setData("text/plain", writeTable(table));
    event.clipboardData.setData(OWN, JSON.stringify({ types: columns.slice(range.left, range.right + 1).map((column) => column.field.type), raw }));
    if (event.type === "cut") {
      const cleared = edits(() => null);
      if (cleared.length > 0) onEdit(cleared, "cleared");
    } else onCopied(table.length * (table[0]?.length ?? 0));
  };

  const paste = (event: ClipboardEvent) => {
    if (!range || kept?.editing) return;
    event.preventDefault();
    onPaste(event.clipboardData, { row: range.top, col: range.left, rows: range.bottom - range.top + 1, cols: range.right - range.left + 1 });
  };

  // A new row begins with its first cell that can be typed into.
  const begun = useRef(0);
  useLayoutEffect(() => {
    if (!begin || begin.token === begun.current) return;
    begun.current = begin.token;
    const col = Math.max(0, columns.findIndex(canEdit));
    if (box.current) box.current.scrollTop = 0;
    setCursor({ ...cursorAt(begin.row, col), editing: {} });
  }, [begin]);

  const before = useMemo(() => columns.slice(pinned, view.from).reduce((sum, column) => sum + column.width, 0), [columns, pinned, view.from]);

  const drawn: number[] = [];
  for (let row = view.first; row <= Math.min(view.last, rows - 1); row += 1) drawn.push(row);
  // The row that the focus is in stays in the document wherever one has scrolled to.
  if (kept && (kept.at.row < view.first || kept.at.row > view.last)) drawn.push(kept.at.row);

  const editing = kept?.editing && columns[kept.at.col];
  const editingId = kept && list.idAt(kept.at.row);

  const loaded = list.loadedIds();
  const count = ticks.all ? rows - ticks.ids.size : ticks.ids.size;
  const ticked = count === 0 ? "none" : ticks.all && ticks.ids.size === 0 ? "all" : loaded.length > 0 && loaded.every((id) => isTicked(ticks, id)) ? "all" : "some";

  const width = (at: number, next: number, done: boolean) => {
    const column = columns[at];
    const style = box.current?.style;
    if (!column || !style) return;
    style.setProperty(`--w-${at}`, `${next}px`);
    const total = columns.reduce((sum, each, index) => sum + (index === at ? next : each.width), TICK_WIDTH + 16);
    style.setProperty("--total", `${total}px`);
    if (done) onWidth(column.path, next);
  };

  const fit = (at: number) => {
    const cells = box.current?.querySelectorAll<HTMLElement>(`[data-col="${at}"] > *`) ?? [];
    const widest = Math.max(...[...cells].map((cell) => cell.scrollWidth), 40);
    width(at, Math.min(480, widest + 32), true);
  };

  return (
    <div
      ref={box}
      className={`data-grid ${count > 0 ? "has-picked" : ""} rows-${rowHeight}`}
      role="grid"
      tabIndex={0}
      aria-label={label}
      aria-rowcount={rows + 1}
      aria-colcount={columns.length + 1}
      aria-multiselectable
      aria-busy={list.isLoading}
      aria-activedescendant={kept && !kept.editing ? `${grid}-${kept.at.row}-${kept.at.col}` : undefined}
      onScroll={look}
      onKeyDown={onKeyDown}
      onMouseDown={onMouseDown}
      onMouseOver={onMouseOver}
      onDoubleClick={onDoubleClick}
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
        setCursor((now) => now ?? cursorAt(view.first > 0 ? view.first + SPARE : 0, 0));
      }}
      onContextMenu={(event) => {
        const cell = cellOf(event.target);
        const column = cell && columns[cell.col];
        if (!cell || !column) return;
        event.preventDefault();
        place(cursorAt(cell.row, cell.col));
        onMenu(column, (event.target as Element).closest("[data-col]") ?? event.currentTarget);
      }}
    >
      <div role="rowgroup" className="head-group">
        <GridHeader
          {...{ columns, pinned, before, context, sorted, canTick, ticked, onSort, onMenu, onMove }}
          from={view.from}
          to={view.to}
          onTickAll={(on) => onTicks(on ? { all: false, ids: new Set(loaded) } : NO_TICKS)}
          onWidth={width}
          onFit={fit}
        />
      </div>
      <div role="rowgroup" className="body" style={{ height: height / scale }}>
        {drawn.map((row) => {
          const id = list.idAt(row);
          const inRange = range && row >= range.top && row <= range.bottom && (range.top !== range.bottom || range.left !== range.right);
          const isCursor = kept?.at.row === row;
          const record = editing && isCursor && id !== undefined ? recordOf(list.query.object.api_name, id) : undefined;
          return (
            <GridRow
              key={row}
              {...{ grid, row, id, columns, pinned, before, context, canTick }}
              object={list.query.object.api_name}
              from={view.from}
              to={view.to}
              top={scale === 1 ? row * rowHeight : view.scroll + (row * rowHeight - view.scroll * scale)}
              ticked={id !== undefined && isTicked(ticks, id)}
              current={id !== undefined && id === peeked}
              cursor={isCursor ? kept.at.col : -1}
              left={inRange ? range.left : -1}
              right={inRange ? range.right : -2}
              editor={
                editing && isCursor && record && editingId !== undefined ? (
                  <CellEditor
                    key={`${editingId}-${kept.at.col}`}
                    field={editing.field}
                    value={valueAt(shown(record), editing.path, editing.field.value_key)}
                    record={recordAt(shown(record), editing.path)}
                    context={context}
                    typed={kept.editing?.typed}
                    label={titleOfColumn(editing, context)}
                    handle={editor}
                    onCommit={(entry) => {
                      commit({ entry });
                      setCursor(cursorAt(kept.at.row, kept.at.col));
                      focus();
                    }}
                    onCancel={() => {
                      setCursor(cursorAt(kept.at.row, kept.at.col));
                      focus();
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
          <div className="filler" aria-hidden />
        </div>
      )}
    </div>
  );
}

/** Copied within the page: values as they are, for columns of the same types. */
export const OWN = "web application/x-tessera";
