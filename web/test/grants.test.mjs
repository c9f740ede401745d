// What a role grants, changed cell by cell.

import assert from "node:assert/strict";
import { test } from "node:test";
import { covers } from "../src/api/role.ts";
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

test("nobody gives more than they have", () => {
  const of = (/** @type {any} */ part) => /** @type {Role} */ ({ api_name: "a", name: "A", built_in: false, admin: [], default: {}, objects: {}, ...part });
  const onContact = (/** @type {any} */ read) => of({ objects: { contact: { read } } });
  const all = of({ admin: ["members", "keys"], default: { read: true, update: true } });
  const riga = { city: { eq: "Riga" } };
  for (const [held, given, is] of /** @type {[Role[], Role, boolean][]} */ ([
    [[all], of({}), true],
    [[all], of({ admin: ["keys"] }), true],
    [[all], of({ admin: ["model"] }), false],
    [[all], of({ default: { read: true } }), true],
    [[all], of({ default: { destroy: true } }), false],
    [[all], onContact({ filter: riga, fields: ["city"] }), true],
    [[all, onContact({})], of({ default: { read: true } }), true],
    [[onContact(true)], of({ default: { read: true } }), false],
    [[of({ default: { read: true }, objects: { contact: {} } })], onContact(true), false],
    [[of({ default: { read: true }, objects: { contact: {} } })], of({ default: { read: true } }), false],
    [[onContact({ filter: riga })], onContact(true), false],
    [[onContact({ filter: riga })], onContact({ filter: riga, fields: ["city"] }), true],
    [[onContact({ fields: { except: ["score"] } })], onContact({ fields: ["city"] }), true],
    [[onContact({ fields: { except: ["score"] } })], onContact({ fields: ["score"] }), false],
    [[onContact({ fields: { except: ["score"] } })], onContact({ fields: { except: ["score", "city"] } }), true],
    [[onContact({ fields: ["city"] })], onContact({ fields: { except: ["score"] } }), false],
    [[of({ objects: { contact: { create: { presets: { status: "lead" } } } } })], of({ objects: { contact: { create: true } } }), false],
  ])) {
    assert.equal(covers(held, given), is, JSON.stringify([held, given]));
  }
});
