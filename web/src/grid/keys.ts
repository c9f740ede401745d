/** The keys of a spreadsheet: what `cursor.ts` makes of them is done here. */

import type { KeyboardEvent, RefObject } from "react";
import { recordOf, type RecordState } from "../api/records.ts";
import { widgetOf } from "../fields/index.ts";
import { isMac } from "../lib/platform.ts";
import { press } from "./cursor.ts";
import type { Selection } from "./selection.ts";
import { isTicked, type TableProperties } from "./table.ts";

export function keysOf(table: TableProperties, selection: Selection, grid: string, box: RefObject<HTMLDivElement | null>): (event: KeyboardEvent) => void {
  const { list, columns, context, ticks, onTicks, canTick, onMenu, canEdit, onEdit, onPeek, onDiscard, onNew, onLeaveRow } = table;
  const { shape, cursor: kept, range, place, valueOf, commit, focus, edits, tick } = selection;
  return (event) => {
    if (event.defaultPrevented || event.nativeEvent.isComposing) return;
    const inGrid = event.target === event.currentTarget;
    if (!kept || (!inGrid && !kept.editing)) return;
    const mod = isMac ? event.metaKey : event.ctrlKey;
    const section = inGrid ? list.sectionAt(kept.at.row) : undefined;
    if (section && opens(event, section.isOpen, kept.at.col)) {
      event.preventDefault();
      event.stopPropagation();
      return list.toggle(section.key);
    }
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
        selection.editor.current?.giveUp();
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
      case "leave": {
        const column = columns[kept.at.col];
        if (id !== undefined && column && isKept(recordOf(list.query.object.api_name, id), column.field.value_key)) return onDiscard(id, column.field);
        place(undefined);
        box.current?.blur();
        return;
      }
    }
    const column = columns[kept.at.col];
    if (step.cursor.editing && column) {
      if (!canEdit(column) || id === undefined) return;
      const toggled = widgetOf(context.model, column.field).toggled;
      if (toggled) return onEdit([{ id, field: column.field, value: toggled(valueOf(id, column) ?? null) }], "edited");
    }
    place(step.cursor);
  };
}

/** Whether a value was refused, or typed and never sent. */
function isKept(record: RecordState | undefined, key: string): boolean {
  return record !== undefined && (key in record.faults || (record.typing.includes(key) && !record.unmade));
}

/** Whether a key opens or closes the section whose title the cursor is in. */
function opens({ key, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent, isOpen: boolean, col: number): boolean {
  if (ctrlKey || metaKey || shiftKey || altKey) return false;
  return key === "Enter" || key === " " || (col === 0 && key === (isOpen ? "ArrowLeft" : "ArrowRight"));
}
