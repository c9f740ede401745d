// Filters as rows and groups: what is read is written again, and means the same.

import assert from "node:assert/strict";
import { test } from "node:test";
import { countOf, OPERANDS, operandFor, readFilter, replaced, writeFilter } from "../src/filter/tree.ts";

/** @typedef {import("../src/filter/tree.ts").Group} Group */
/** @typedef {import("../src/filter/tree.ts").Node} Node */

let seed = 42;
const random = (/** @type {number} */ most) => {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  return seed % most;
};
/** @template T @param {readonly T[]} list @returns {T} */
const any = (list) => /** @type {T} */ (list[random(list.length)]);

const OPERATORS = Object.keys(OPERANDS);

/** @returns {import("../src/filter/tree.ts").Condition} */
function condition() {
  const operator = any(OPERATORS);
  const operand = { one: any(["a", 5, true]), many: ["a", 1], pair: [1, 2], flag: any([true, false]) }[OPERANDS[operator] ?? "one"];
  return { kind: "condition", path: any([["status"], ["company", "city"], ["address", "city"]]), operator, operand };
}

/** A group as it is read: no group of one stands in another, unless it is one of none. @param {number} depth @returns {Group} */
function group(depth, root = false) {
  const join = any(/** @type {const} */ (["and", "or", "none"]));
  const least = root ? 0 : join === "none" ? 1 : 2;
  const items = Array.from({ length: least + random(3) }, () => node(depth));
  return { kind: "group", join: items.length < 2 && join === "or" ? "and" : items.length === 0 ? "and" : join, items };
}

/** @param {number} depth @returns {Node} */
function node(depth) {
  const kind = depth === 0 ? 0 : random(4);
  if (kind === 1) return group(depth - 1);
  if (kind === 2) return { kind: "many", path: ["opportunities"], quantifier: any(["some", "every", "none"]), inner: normal(group(depth - 1, true)) };
  return condition();
}

/** What stands alone in the root is the root. @param {Group} tree @returns {Group} */
function normal(tree) {
  const [only] = tree.items;
  if (tree.items.length === 1 && only?.kind === "group" && tree.join !== "none") return only;
  if (tree.join === "none" && tree.items.length === 1 && only?.kind === "group" && only.join === "or") return { ...tree, items: only.items };
  return tree;
}

/** The same for every group within. @param {Node} at @returns {Node} */
function deep(at) {
  if (at.kind === "many") return { ...at, inner: /** @type {Group} */ (deep(at.inner)) };
  if (at.kind !== "group") return at;
  return normal({ ...at, items: at.items.map(deep) });
}

test("a filter that is written is read as it was", () => {
  for (let run = 0; run < 3_000; run += 1) {
    const tree = /** @type {Group} */ (deep(group(3, true)));
    const json = writeFilter(tree);
    assert.deepEqual(writeFilter(readFilter(json)), json, JSON.stringify(json));
    assert.deepEqual(readFilter(json), tree.items.length === 0 ? { kind: "group", join: "and", items: [] } : tree, JSON.stringify(json));
  }
});

for (const json of [
  { status: { eq: "lead" }, lead_score: { gte: 50, lt: 90 } },
  { company: { city: { ilike: "%berlin%" }, employees: { gt: 5 } } },
  { opportunities: { some: { stage: { in: ["won"] }, amount: { amount: { gt: 5 } } } } },
  { or: [{ status: { eq: "lead" } }, { and: [{ city: { is_null: true } }, { not: { title: { contains: "x" } } }] }] },
  { not: { or: [{ a: { eq: 1 } }, { b: { eq: 2 } }] } },
  { strange: 5 },
  { a: { unheard_of: { of: 1 } } },
]) {
  test(`nothing of ${JSON.stringify(json)} is lost`, () => {
    const written = writeFilter(readFilter(json));
    assert.deepEqual(leaves(written), leaves(json));
    assert.deepEqual(writeFilter(readFilter(written)), written);
  });
}

/** Each value of a filter with the path that leads to it, whatever `and` is between. @param {unknown} json @returns {string[]} */
function leaves(json, path = "") {
  if (typeof json !== "object" || json === null) return [`${path}=${json}`];
  const inner = Array.isArray(json) && !path.endsWith("/in") ? json.map((each) => [each, path]) : Object.entries(json).map(([key, each]) => [each, key === "and" ? path : `${path}/${key}`]);
  return inner.flatMap(([each, at]) => leaves(each, String(at))).sort();
}

test("a condition without its operand yet is not written", () => {
  const begun = /** @type {Group} */ ({
    kind: "group",
    join: "and",
    items: [
      { kind: "condition", path: ["a"], operator: "eq", operand: null },
      { kind: "condition", path: ["b"], operator: "in", operand: [] },
      { kind: "condition", path: ["c"], operator: "between", operand: [1, null] },
      { kind: "group", join: "or", items: [] },
    ],
  });
  assert.equal(writeFilter(begun), undefined);
  assert.equal(countOf(begun), 3);
  assert.deepEqual(writeFilter(replaced(begun, [0], { kind: "condition", path: ["a"], operator: "eq", operand: 1 })), { a: { eq: 1 } });
});

for (const [to, before, was, then] of /** @type {[string, any, string, any][]} */ ([
  ["in", "a", "eq", ["a"]],
  ["eq", ["a", "b"], "in", "a"],
  ["between", 5, "gte", [5, null]],
  ["is_null", "a", "eq", true],
  ["eq", true, "is_null", null],
  ["neq", "a", "eq", "a"],
  ["in", null, "eq", []],
])) {
  test(`from ${was} to ${to}, ${JSON.stringify(before)} becomes ${JSON.stringify(then)}`, () => assert.deepEqual(operandFor(to, before, was), then));
}
