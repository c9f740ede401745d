// Ranks: a place between any two, and as few writes as can be.

import assert from "node:assert/strict";
import { test } from "node:test";
import { between, ranksAfter, spread } from "../src/lib/rank.ts";

/** @param {(string | undefined)[]} ranks */
const inOrder = (ranks) => ranks.every((rank, at) => at === 0 || (ranks[at - 1] ?? "") < (rank ?? ""));

test("a rank fits between any two, however often", () => {
  let seed = 20261128;
  const random = (/** @type {number} */ most) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return seed % most;
  };
  const ranks = [between()];
  for (let run = 0; run < 2_000; run += 1) {
    const at = run < 500 ? 0 : run < 1_000 ? ranks.length : random(ranks.length + 1);
    ranks.splice(at, 0, between(ranks[at - 1], ranks[at]));
    assert.match(ranks[at] ?? "", /^[0-9a-z]*[1-9a-z]$/);
  }
  assert.ok(inOrder(ranks));
});

test("many ranks at once are in order and not empty", () => {
  for (const count of [1, 2, 10, 35, 36, 100, 1_000]) {
    const ranks = spread(count);
    assert.equal(ranks.length, count);
    assert.ok(inOrder(ranks) && ranks.every((rank) => rank !== "" && !rank.endsWith("0")), String(count));
  }
});

test("a move writes one rank, or all where others have none", () => {
  assert.deepEqual([...ranksAfter(["a", null, "c"], 1).keys()], [1]);
  assert.deepEqual([...ranksAfter(["x", "a", "c"], 0).keys()], [0]);
  assert.deepEqual([...ranksAfter(["a", null, null], 1).keys()], [0, 1, 2]);
  // Two that were given the same rank, by people who moved at once.
  assert.deepEqual([...ranksAfter(["a", "a", "c"], 2).keys()], [0, 1, 2]);
});
