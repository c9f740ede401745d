/** Ranges as text, the way spreadsheets write them: tabs between cells, lines between rows, quotes round what has either. */

const SPECIAL = /[\t\n\r"]/;

export function writeTable(rows: string[][]): string {
  const lines = rows.map((cells) => cells.map((cell) => (SPECIAL.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join("\t"));
  // A last line with nothing on it would be read as the end of the one before.
  if (lines.length > 1 && lines.at(-1) === "") lines[lines.length - 1] = '""';
  return lines.join("\r\n");
}

/** Reads what a spreadsheet, or `writeTable`, has written. */
export function readTable(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  let begun = false;
  const endCell = () => {
    row.push(cell);
    cell = "";
    begun = false;
  };
  const endRow = () => {
    endCell();
    rows.push(row);
    row = [];
  };
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at] ?? "";
    if (quoted) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') {
        cell += '"';
        at += 1;
      } else quoted = false;
    } else if (sign === '"' && !begun) {
      quoted = true;
      begun = true;
    } else if (sign === "\t") endCell();
    else if (sign === "\n") endRow();
    else if (sign === "\r") {
      if (text[at + 1] === "\n") at += 1;
      endRow();
    } else {
      cell += sign;
      begun = true;
    }
  }
  // Sheets end their last row with a line break; a table without one ends here.
  if (cell !== "" || row.length > 0 || begun || rows.length === 0) endRow();
  return rows;
}

/** Pasted over a larger range, a table is repeated to fill it, where it fits in whole. */
export function tiled<T>(table: T[][], rows: number, cols: number): T[][] {
  const height = table.length;
  const width = Math.max(...table.map((row) => row.length));
  if (rows < height || cols < width || rows % height !== 0 || cols % width !== 0) return table;
  return Array.from({ length: rows }, (_, row) => Array.from({ length: cols }, (_, col) => table[row % height]?.[col % width] as T));
}
