/** The pointer: clicks, ranges drawn with it, ticks and menus. */

import { type MouseEvent, type RefObject, useRef } from "react";
import { widgetOf } from "../fields/index.ts";
import { cursorAt } from "./cursor.ts";
import type { Selection } from "./selection.ts";
import { isTicked, type TableProperties } from "./table.ts";

type Handler = (event: MouseEvent) => void;

export function usePointer(
  { list, columns, context, ticks, canEdit, onEdit, onPeek, onMenu }: TableProperties,
  { cursor: kept, set, place, valueOf, commit, focus, tick }: Selection,
  box: RefObject<HTMLDivElement | null>,
  onHover: (row: number | undefined) => void,
): { onMouseDown: Handler; onMouseOver: Handler; onMouseLeave: Handler; onDoubleClick: Handler; onContextMenu: Handler } {
  const dragging = useRef(false);

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
    const section = list.sectionAt(cell.row);
    if (section && target.closest("[data-toggle]")) {
      event.preventDefault();
      if (!commit()) return;
      place(cursorAt(cell.row, 0));
      list.toggle(section.key);
      return focus();
    }
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

  const onMouseLeave = () => onHover(undefined);

  const onMouseOver = (event: MouseEvent) => {
    const row = (event.target as Element).closest<HTMLElement>("[data-row]")?.dataset["row"];
    onHover(row === undefined ? undefined : Number(row));
    if (!dragging.current || !kept) return;
    const cell = cellOf(event.target);
    if (cell && (cell.row !== kept.at.row || cell.col !== kept.at.col)) set({ at: cell, anchor: kept.anchor });
  };

  const onDoubleClick = (event: MouseEvent) => {
    const cell = cellOf(event.target);
    const column = cell && columns[cell.col];
    if (!cell || !column || !canEdit(column) || list.idAt(cell.row) === undefined || widgetOf(context.model, column.field).toggled) return;
    place({ ...cursorAt(cell.row, cell.col), editing: {} });
  };

  const onContextMenu = (event: MouseEvent) => {
    const cell = cellOf(event.target);
    const column = cell && columns[cell.col];
    if (!cell || !column) return;
    event.preventDefault();
    place(cursorAt(cell.row, cell.col));
    onMenu(column, (event.target as Element).closest("[data-col]") ?? event.currentTarget);
  };

  return { onMouseDown, onMouseOver, onMouseLeave, onDoubleClick, onContextMenu };
}
