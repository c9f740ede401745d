/** Where the cursor of the table is, what range it spans, and what a key does with both. Pure: keys in, a step out. */

export interface Cell {
  row: number;
  col: number;
}

export interface Cursor {
  at: Cell;
  /** The other corner of the range. */
  anchor: Cell;
  /** Set while the cell is edited; `typed` is the character that opened the editor. */
  editing?: { typed?: string } | undefined;
}

export interface Shape {
  rows: number;
  cols: number;
  /** Rows of a screen. */
  page: number;
}

export interface Press {
  key: string;
  code: string;
  mod: boolean;
  shift: boolean;
  alt: boolean;
}

export type Act = "commit" | "cancel" | "clear" | "fill" | "peek" | "tick" | "all" | "menu" | "new" | "leave";

export interface Step {
  cursor: Cursor;
  act?: Act;
}

export const START: Cursor = { at: { row: 0, col: 0 }, anchor: { row: 0, col: 0 } };

export const cursorAt = (row: number, col: number): Cursor => ({ at: { row, col }, anchor: { row, col } });

export interface Range {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

export const rangeOf = ({ at, anchor }: Cursor): Range => ({
  top: Math.min(at.row, anchor.row),
  bottom: Math.max(at.row, anchor.row),
  left: Math.min(at.col, anchor.col),
  right: Math.max(at.col, anchor.col),
});

const between = (value: number, most: number) => Math.max(0, Math.min(most, value));

const inside = (cell: Cell, { rows, cols }: Shape): Cell => ({ row: between(cell.row, rows - 1), col: between(cell.col, cols - 1) });

/** A cursor that is still within a table that has become smaller. */
export function fitted(cursor: Cursor, shape: Shape): Cursor {
  const at = inside(cursor.at, shape);
  const anchor = inside(cursor.anchor, shape);
  const same = (a: Cell, b: Cell) => a.row === b.row && a.col === b.col;
  return same(at, cursor.at) && same(anchor, cursor.anchor) ? cursor : { ...cursor, at, anchor };
}

/** What a key does; undefined where it is none of the table's. */
export function press(cursor: Cursor, key: Press, shape: Shape): Step | undefined {
  return cursor.editing ? whileEditing(cursor, key, shape) : whileMoving(cursor, key, shape);
}

function whileEditing(cursor: Cursor, { key, shift, alt, mod }: Press, shape: Shape): Step | undefined {
  const to = (row: number, col: number) => {
    const cell = inside({ row, col }, shape);
    return { at: cell, anchor: cell };
  };
  const { row, col } = cursor.at;
  if (key === "Escape") return { cursor: { at: cursor.at, anchor: cursor.at }, act: "cancel" };
  // Alt+Enter is a new line of the text.
  if (key === "Enter" && !alt && !mod) return { cursor: to(row + (shift ? -1 : 1), col), act: "commit" };
  if (key === "Tab") {
    const next = shift ? col - 1 : col + 1;
    if (next >= shape.cols && row + 1 < shape.rows) return { cursor: to(row + 1, 0), act: "commit" };
    return { cursor: to(row, next), act: "commit" };
  }
  return undefined;
}

function whileMoving(cursor: Cursor, pressed: Press, shape: Shape): Step | undefined {
  const { key, code, mod, shift, alt } = pressed;
  const { row, col } = cursor.at;
  const go = (to: Cell): Step => {
    const at = inside(to, shape);
    return { cursor: { at, anchor: shift ? cursor.anchor : at } };
  };
  const stay = (act: Act): Step => ({ cursor, act });
  const last = { row: shape.rows - 1, col: shape.cols - 1 };

  if (alt) return undefined;
  switch (key) {
    case "ArrowDown":
      return go({ row: mod ? last.row : row + 1, col });
    case "ArrowUp":
      return go({ row: mod ? 0 : row - 1, col });
    case "ArrowRight":
      return go({ row, col: mod ? last.col : col + 1 });
    case "ArrowLeft":
      return go({ row, col: mod ? 0 : col - 1 });
    case "PageDown":
      return go({ row: row + shape.page, col });
    case "PageUp":
      return go({ row: row - shape.page, col });
    case "Home":
      return go({ row: mod ? 0 : row, col: 0 });
    case "End":
      return go({ row: mod ? last.row : row, col: last.col });
    case "Tab": {
      const next = col + (shift ? -1 : 1);
      // At either end the focus leaves the table.
      if (next < 0 || next > last.col) return undefined;
      const cell = { row, col: next };
      return { cursor: { at: cell, anchor: cell } };
    }
    case "Enter":
      return mod ? stay("new") : { cursor: { at: cursor.at, anchor: cursor.at, editing: {} } };
    case "F2":
      return { cursor: { at: cursor.at, anchor: cursor.at, editing: {} } };
    case "Delete":
    case "Backspace":
      return stay("clear");
    case "Escape":
      return cursor.anchor.row === row && cursor.anchor.col === col ? stay("leave") : { cursor: { at: cursor.at, anchor: cursor.at } };
    case "F10":
      return shift ? stay("menu") : undefined;
    case "ContextMenu":
      return stay("menu");
    case " ":
      if (mod) return { cursor: { at: { row: last.row, col }, anchor: { row: 0, col } } };
      if (shift) return { cursor: { at: { row, col: last.col }, anchor: { row, col: 0 } } };
      return stay("peek");
  }
  if (mod && code === "KeyA") return stay("all");
  if (mod && code === "KeyD") return stay("fill");
  if (mod) return undefined;
  if (code === "KeyX" && !shift) return stay("tick");
  // Letters replace what a cell holds; signs that hardly begin a value stay shortcuts.
  if (code === "Slash" || code === "BracketLeft") return undefined;
  if (key.length === 1) return { cursor: { at: cursor.at, anchor: cursor.at, editing: { typed: key } } };
  return undefined;
}
