// The pure parts of the table: keys, and ranges as text.

import assert from "node:assert/strict";
import { test } from "node:test";
import { readTable, tiled, writeTable } from "../src/grid/clipboard.ts";
import { cursorAt, press, rangeOf } from "../src/grid/cursor.ts";

const SHAPE = { rows: 100, cols: 5, page: 20 };

/** @param {string} text `Mod+Shift+ArrowDown` */
function keyOf(text) {
  const parts = text.split("+");
  const key = parts.at(-1) ?? "";
  return {
    key: key === "Space" ? " " : key,
    code: /^[a-z]$/i.test(key) ? `Key${key.toUpperCase()}` : key,
    mod: parts.includes("Mod"),
    shift: parts.includes("Shift"),
    alt: parts.includes("Alt"),
  };
}

for (const [at, key, to, act] of /** @type {[number[], string, number[], string?][]} */ ([
  [[3, 2], "ArrowDown", [4, 2]],
  [[0, 2], "ArrowUp", [0, 2]],
  [[99, 4], "ArrowDown", [99, 4]],
  [[3, 2], "Mod+ArrowDown", [99, 2]],
  [[3, 2], "Mod+ArrowLeft", [3, 0]],
  [[3, 2], "PageDown", [23, 2]],
  [[3, 2], "PageUp", [0, 2]],
  [[3, 2], "Home", [3, 0]],
  [[3, 2], "End", [3, 4]],
  [[3, 2], "Mod+Home", [0, 0]],
  [[3, 2], "Mod+End", [99, 4]],
  [[3, 2], "Tab", [3, 3]],
  [[3, 2], "Shift+Tab", [3, 1]],
  [[3, 2], "Delete", [3, 2], "clear"],
  [[3, 2], "Space", [3, 2], "peek"],
  [[3, 2], "x", [3, 2], "tick"],
  [[3, 2], "Mod+a", [3, 2], "all"],
  [[3, 2], "Mod+d", [3, 2], "fill"],
  [[3, 2], "Mod+Enter", [3, 2], "new"],
  [[3, 2], "Shift+F10", [3, 2], "menu"],
  [[3, 2], "Escape", [3, 2], "leave"],
])) {
  test(`${key} at row ${at[0]}, column ${at[1]}`, () => {
    const step = press(cursorAt(at[0] ?? 0, at[1] ?? 0), keyOf(key), SHAPE);
    assert.deepEqual(step?.cursor.at, { row: to[0], col: to[1] });
    assert.equal(step?.act, act);
  });
}

test("Tab leaves the table at its end", () => {
  assert.equal(press(cursorAt(3, 4), keyOf("Tab"), SHAPE), undefined);
  assert.equal(press(cursorAt(3, 0), keyOf("Shift+Tab"), SHAPE), undefined);
});

test("Shift extends the range, and a move without it ends it", () => {
  let cursor = cursorAt(3, 2);
  for (const key of ["Shift+ArrowDown", "Shift+ArrowDown", "Shift+ArrowRight"]) cursor = press(cursor, keyOf(key), SHAPE)?.cursor ?? cursor;
  assert.deepEqual(rangeOf(cursor), { top: 3, bottom: 5, left: 2, right: 3 });
  cursor = press(cursor, keyOf("Escape"), SHAPE)?.cursor ?? cursor;
  assert.deepEqual(rangeOf(cursor), { top: 5, bottom: 5, left: 3, right: 3 });
});

test("a letter opens the editor with itself, Enter with what is there", () => {
  assert.deepEqual(press(cursorAt(0, 0), keyOf("q"), SHAPE)?.cursor.editing, { typed: "q" });
  assert.deepEqual(press(cursorAt(0, 0), { ...keyOf("ф"), code: "KeyA" }, SHAPE)?.cursor.editing, { typed: "ф" });
  assert.deepEqual(press(cursorAt(0, 0), keyOf("Enter"), SHAPE)?.cursor.editing, {});
  assert.equal(press(cursorAt(0, 0), { ...keyOf("/"), code: "Slash" }, SHAPE), undefined);
});

for (const [key, to, act] of /** @type {[string, number[], string][]} */ ([
  ["Enter", [4, 2], "commit"],
  ["Shift+Enter", [2, 2], "commit"],
  ["Tab", [3, 3], "commit"],
  ["Shift+Tab", [3, 1], "commit"],
  ["Escape", [3, 2], "cancel"],
])) {
  test(`${key} while a cell is edited`, () => {
    const step = press({ ...cursorAt(3, 2), editing: {} }, keyOf(key), SHAPE);
    assert.deepEqual(step?.cursor, { at: { row: to[0], col: to[1] }, anchor: { row: to[0], col: to[1] } });
    assert.equal(step?.act, act);
  });
}

test("while a cell is edited, other keys are the editor's", () => {
  for (const key of ["ArrowDown", "a", "Delete", "Home", "Mod+a", "Alt+Enter"]) {
    assert.equal(press({ ...cursorAt(3, 2), editing: {} }, keyOf(key), SHAPE), undefined, key);
  }
});

test("a range that is written is read as it was", () => {
  let seed = 20261128;
  const random = (/** @type {number} */ most) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % most;
  };
  const signs = ["a", "é", "Ж", " ", "\t", "\n", "\r\n", '"', '""', ",", "=", ""];
  for (let run = 0; run < 2_000; run += 1) {
    const width = 1 + random(4);
    const table = Array.from({ length: 1 + random(4) }, () =>
      Array.from({ length: width }, () => Array.from({ length: random(5) }, () => signs[random(signs.length)]).join("")),
    );
    assert.deepEqual(readTable(writeTable(table)), table, JSON.stringify(table));
  }
});

for (const [text, table] of /** @type {[string, string[][]][]} */ ([
  ["a\tb\r\nc\td\r\n", [["a", "b"], ["c", "d"]]],
  ["a\tb\nc\td", [["a", "b"], ["c", "d"]]],
  ["one", [["one"]]],
  ["", [[""]]],
  ['"two\nlines"\t5', [["two\nlines", "5"]]],
  ['6" pipe\tx', [['6" pipe', "x"]]],
  ["\t\n", [["", ""]]],
])) {
  test(`a spreadsheet's ${JSON.stringify(text)}`, () => assert.deepEqual(readTable(text), table));
}

test("a value pasted on a range fills it; what does not fit in whole does not", () => {
  assert.deepEqual(tiled([["a"]], 2, 2), [["a", "a"], ["a", "a"]]);
  assert.deepEqual(tiled([["a"], ["b"]], 4, 1), [["a"], ["b"], ["a"], ["b"]]);
  assert.deepEqual(tiled([["a"], ["b"]], 3, 1), [["a"], ["b"]]);
});
