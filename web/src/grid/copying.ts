/** A range that is copied, cut, or pasted on. */

import type { ClipboardEvent } from "react";
import { recordOf, shown } from "../api/records.ts";
import { widgetOf } from "../fields/index.ts";
import { writeTable } from "./clipboard.ts";
import type { Range } from "./cursor.ts";
import { recordAt, valueAt } from "./row.tsx";
import type { Selection } from "./selection.ts";
import { OWN, type TableProperties } from "./table.ts";

type Handler = (event: ClipboardEvent) => void;

export function copyingOf({ list, columns, context, onEdit, onCopied, onPaste }: TableProperties, { cursor, range, edits }: Selection): { copy: Handler; paste: Handler } {
  const recordRowsOf = ({ top, bottom }: Range) => Array.from({ length: bottom - top + 1 }, (_, at) => top + at).filter((row) => !list.sectionAt(row));

  const copy = (event: ClipboardEvent) => {
    if (!range || cursor?.editing) return;
    event.preventDefault();
    const table: string[][] = [];
    const raw: unknown[][] = [];
    for (const row of recordRowsOf(range)) {
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
    if (!range || cursor?.editing) return;
    event.preventDefault();
    onPaste(event.clipboardData, { row: range.top, col: range.left, rows: Math.max(1, recordRowsOf(range).length), cols: range.right - range.left + 1 });
  };

  return { copy, paste };
}
