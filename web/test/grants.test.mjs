// What a role grants, changed cell by cell.

import assert from "node:assert/strict";
import { test } from "node:test";
import { bodyOf, cellAt, changedCells, grantOf, isBegun, levelOf, levelOfAll, plain, unnamed, withGrant } from "../src/admin/grants.ts";

/** @typedef {import("../src/api/role.ts").Role} Role */

/** @type {Role} */
const role = { api_name: "sales", name: "Sales", built_in: false, admin: [], default: { read: true }, objects: { contact: { read: { filter: { city: { eq: "Riga" } } } } } };

test("a grant is for all, some or none", () => {
  for (const [grant, level, said] of /** @type {[any, string, any][]} */ ([
    [undefined, "none", false],
    [false, "none", false],
    [true, "all", true],
    [{}, "all", true],
    [{ presets: { owner_id: "$user.id" } }, "all", { presets: { owner_id: "$user.id" } }],
    [{ presets: {}, fields: "*" }, "all", true],
    [{ filter: {} }, "some", true],
    [{ filter: { city: { eq: "Riga" } }, fields: "*" }, "some", { filter: { city: { eq: "Riga" } } }],
    [{ fields: [] }, "some", { fields: [] }],
    [{ fields: { except: ["score"] } }, "some", { fields: { except: ["score"] } }],
  ])) {
    assert.equal(levelOf(grant), level, JSON.stringify(grant));
    assert.deepEqual(plain(grant), said, JSON.stringify(grant));
  }
  assert.ok(isBegun({ filter: {} }) && !isBegun({ filter: {}, fields: ["name"] }) && !isBegun(true));
  assert.deepEqual([levelOfAll([]), levelOfAll(["all", "all"]), levelOfAll(["all", "none"])], ["none", "all", "some"]);
});

test("an object that was not named is named with what it had", () => {
  const changed = withGrant(role, "company", "create", true);
  assert.deepEqual(bodyOf(changed).objects, { ...role.objects, company: { read: true, create: true } });
  assert.deepEqual([...changedCells(role, changed, ["company", "contact"])], ["company/create"]);
  assert.deepEqual(unnamed(changed, "company"), role);
  assert.equal(grantOf(role, "company", "read"), true);
  assert.equal(grantOf(role, "contact", "create"), undefined, "what is named does not follow the default");
});

test("a change of everything new is one change", () => {
  const changed = withGrant(role, "", "create", true);
  assert.deepEqual(changed.default, { read: true, create: true });
  assert.deepEqual([...changedCells(role, changed, ["company", "contact"])], ["/create"]);
});

test("a fault leads to its cell", () => {
  for (const [pointer, cell] of /** @type {[string, any][]} */ ([
    ["/objects/contact/read/filter/city", { object: "contact", action: "read" }],
    ["/default/read", { object: "", action: "read" }],
    ["/name", undefined],
    ["/objects/contact", undefined],
  ])) assert.deepEqual(cellAt(pointer), cell, pointer);
});
