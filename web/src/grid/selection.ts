/** The cursor, the range it spans, the ticked rows and the open editor: what keys, pointer and clipboard act on. */

import { type RefObject, useLayoutEffect, useRef, useState } from "react";
import { recordOf, shown } from "../api/records.ts";
import { differs } from "../api/save.ts";
import { type Cursor, cursorAt, fitted, type Range, rangeOf, type Shape } from "./cursor.ts";
import type { EditorHandle } from "./editor.tsx";
import { valueAt } from "./row.tsx";
import { type Edit, type GridColumn, type TableProperties } from "./table.ts";
import type { Seen } from "./view.ts";

export interface Selection {
  shape: Shape;
  /** Undefined until the table has been entered. */
  cursor: Cursor | undefined;
  range: Range | undefined;
  editor: RefObject<EditorHandle | null>;
  set: (cursor: Cursor | undefined) => void;
  /** When the focus comes into the table, the cursor begins in this row, unless a click has put it already. */
  enter: (row: number) => void;
  /** Moves the cursor and scrolls to it. */
  place: (cursor: Cursor | undefined) => void;
  valueOf: (id: string, column: GridColumn) => unknown;
  /** Takes the editor's value; false where it cannot be read and stays open. */
  commit: (given?: { entry: unknown }) => boolean;
  focus: () => void;
  /** The edits that give the cells of the range new values. */
  edits: (value: (id: string, column: GridColumn) => unknown, skipFirst?: boolean) => Edit[];
  tick: (ids: string[], on: boolean) => void;
}

export function useSelection({ list, columns, ticks, onTicks, canEdit, onEdit, onLeaveRow, begin }: TableProperties, seen: Seen, box: RefObject<HTMLDivElement | null>): Selection {
  const [cursor, setCursor] = useState<Cursor>();
  const editor = useRef<EditorHandle>(null);
  const shape = { rows: list.rows, cols: columns.length, page: seen.page };
  const kept = cursor && shape.rows > 0 ? fitted(cursor, shape) : undefined;
  const range = kept && rangeOf(kept);

  // Another list begins at its top.
  useLayoutEffect(() => {
    box.current?.scrollTo({ top: 0 });
    setCursor(undefined);
  }, [list.identity]);

  const place = (next: Cursor | undefined) => {
    const before = kept && list.idAt(kept.at.row);
    if (before !== undefined && next?.at.row !== kept?.at.row) onLeaveRow(before);
    setCursor(next);
    if (next) seen.reveal(next.at.row, next.at.col);
  };

  const valueOf = (id: string, column: GridColumn): unknown => {
    const record = recordOf(list.query.object.api_name, id);
    return record && valueAt(shown(record), column.path, column.field.value_key);
  };

  const commit = (given?: { entry: unknown }): boolean => {
    if (!kept?.editing) return true;
    const taken = given ?? editor.current?.take();
    if (!taken) return false;
    const id = list.idAt(kept.at.row);
    const column = columns[kept.at.col];
    if (id === undefined || !column) return true;
    if (differs(list.query.object, id, column.field.value_key, taken.entry)) onEdit([{ id, field: column.field, value: taken.entry }], "edited");
    else editor.current?.giveUp();
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

  // A new row begins with its first cell that can be typed into.
  const begun = useRef(0);
  useLayoutEffect(() => {
    if (!begin || begin.token === begun.current) return;
    begun.current = begin.token;
    const col = Math.max(0, columns.findIndex(canEdit));
    if (box.current) box.current.scrollTop = 0;
    setCursor({ ...cursorAt(begin.row, col), editing: {} });
  }, [begin]);

  const enter = (row: number) => setCursor((now) => now ?? cursorAt(row, 0));

  return { shape, cursor: kept, range, editor, set: setCursor, enter, place, valueOf, commit, focus, edits, tick };
}
