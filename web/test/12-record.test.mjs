// I look at a record, change it where it stands, and see what belongs to it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./axe.mjs";
import { api, BASE, EMAIL, eventually, onPage, openOwnList, PASSWORD, shown, signInAt } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** @param {Page} page @param {string} name */
const field = (page, name) => page.locator(".prop").filter({ has: page.locator("dt", { hasText: new RegExp(`^${name}$`) }) });

/** What GraphQL answers the demo tenant's admin. @param {string} query @param {object} [variables] */
async function graphql(query, variables) {
  const login = await fetch(`${BASE}/api/v1/auth/login`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ email: EMAIL, password: PASSWORD }) });
  const headers = { authorization: `Bearer ${(await login.json()).access_token}`, "content-type": "application/json" };
  const answer = await (await fetch(`${BASE}/graphql`, { method: "POST", headers, body: JSON.stringify({ query, variables }) })).json();
  assert.equal(answer.errors, undefined, JSON.stringify(answer.errors));
  return answer;
}

const company = () => api("POST", "/companies", { name: `Mälardal Bygg ${process.pid}`, city: "Västerås" });

test("Tab goes through the fields, Enter edits and saves, Escape leaves things as they were", () =>
  onPage(async (page) => {
    const { id } = await company();
    await signInAt(page, `/o/companies/${id}`);
    await field(page, "City").getByText("Västerås").waitFor();
    await accessible(page, "a record");
    await page.getByRole("button", { name: "Edit City", exact: true }).focus();
    await page.keyboard.press("Enter");
    await page.locator(".editor input").waitFor();
    await page.keyboard.type("Riga");
    await page.keyboard.press("Escape");
    await field(page, "City").getByText("Västerås").waitFor();
    await page.keyboard.press("Enter");
    await page.locator(".editor input").waitFor();
    await page.keyboard.press("Control+A");
    await page.keyboard.type("Riga");
    await page.keyboard.press("Tab");
    await page.getByText(/version 2/).waitFor();
    assert.equal((await api("GET", `/companies/${id}`)).city, "Riga");
    assert.match((await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))) ?? "", /^Edit /);
    await api("DELETE", `/companies/${id}`);
  }));

test("a value that the server refuses stays in its place with what is wrong", () =>
  onPage(
    async (page) => {
      const made = await api("POST", "/contacts", { last_name: `Tamm ${process.pid}`, email: `liis.${process.pid}@pohja.example` });
      await signInAt(page, `/o/contacts/${made.id}`);
      await page.getByRole("button", { name: "Edit Email", exact: true }).click();
      await page.locator(".editor input").waitFor();
      await page.keyboard.press("Control+A");
      await page.keyboard.type("liis.tamm");
      await page.keyboard.press("Enter");
      await field(page, "Email").getByRole("alert").waitFor();
      await field(page, "Email").getByText("liis.tamm", { exact: true }).waitFor();
      await page.getByText("1 value is not saved yet.").waitFor();
      await accessible(page, "a refused value");
      await page.getByRole("button", { name: "Discard" }).click();
      await field(page, "Email").getByText(`liis.${process.pid}@pohja.example`).waitFor();
      await api("DELETE", `/contacts/${made.id}`);
    },
    {},
    /status of 422/,
  ));

test("what belongs to it stands beside it, and more is added there", () =>
  onPage(async (page) => {
    const { id } = await company();
    await signInAt(page, `/o/companies/${id}`);
    await page.getByRole("button", { name: "Add: Contacts" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("textbox", { name: "Last name" }).fill(`Okonkwo ${process.pid}`);
    await accessible(page, "a new record in a form");
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByRole("link", { name: `Okonkwo ${process.pid}` }).waitFor();
    const { data } = await api("GET", `/contacts?filter=${encodeURIComponent(JSON.stringify({ company_id: { eq: id } }))}`);
    assert.equal(data.length, 1);
    await page.getByRole("tab", { name: /Contacts/ }).click();
    await page.getByRole("link", { name: "Open as list" }).click();
    await page.waitForURL(/\/o\/contacts\?/);
    await page.getByRole("grid").getByText(`Okonkwo ${process.pid}`).waitFor();
    await api("DELETE", `/contacts/${data[0].id}`);
    await api("DELETE", `/companies/${id}`);
  }));

test("a record is duplicated, put into the bin, and taken out again", () =>
  onPage(async (page) => {
    const { id, name } = await company();
    await signInAt(page, `/o/companies/${id}`);
    await page.getByRole("heading", { name, exact: true }).waitFor();
    await page.getByRole("button", { name: "More acts" }).click();
    await page.getByRole("menuitem", { name: "Duplicate" }).click();
    await page.getByRole("heading", { name: `${name} (copy)` }).waitFor();
    const copy = page.url().split("/").at(-1);
    assert.notEqual(copy, id);
    assert.equal((await api("GET", `/companies/${copy}`)).city, "Västerås");
    await page.getByRole("button", { name: "More acts" }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page.locator(".toast").getByText(`Deleted ${name} (copy)`).waitFor();
    await page.goto(page.url().replace(/\/o\/.*/, `/o/companies/${copy}`));
    await page.getByText(/^In the bin since/).waitFor();
    await accessible(page, "a record in the bin");
    await page.getByRole("button", { name: "Restore" }).click();
    await page.getByText(/^In the bin since/).waitFor({ state: "detached" });
    assert.equal((await api("GET", `/companies/${copy}`)).deleted_at, null);
    await api("DELETE", `/companies/${copy}`);
    await api("DELETE", `/companies/${id}`);
  }));

test("its history says who changed what, and leads back", () =>
  onPage(async (page) => {
    const { id } = await company();
    await api("PATCH", `/companies/${id}`, { city: "Riga" });
    await signInAt(page, `/o/companies/${id}`);
    await page.getByRole("tab", { name: "History" }).click();
    const events = page.locator(".past > li");
    await events.first().getByText("changed City").waitFor();
    assert.match((await events.first().innerText()).replace(/\s+/g, " "), /Test User changed City Västerås → Riga/);
    assert.match(await events.nth(1).innerText(), /created it/);
    await accessible(page, "the history of a record");
    await events.nth(1).getByRole("button", { name: "Go back to this" }).click();
    // First it is shown what would change.
    const dialog = page.getByRole("dialog", { name: "Go back to version 1" });
    await dialog.getByText("Västerås").waitFor();
    assert.equal((await dialog.locator(".differences").innerText()).replace(/\s+/g, " "), "City Riga → Västerås");
    await accessible(page, "what going back would change");
    assert.equal((await api("GET", `/companies/${id}`)).version, 2);
    await dialog.getByRole("button", { name: "Go back", exact: true }).click();
    await page.getByText(/version 3/).waitFor();
    await events.nth(2).waitFor();
    assert.equal((await api("GET", `/companies/${id}`)).city, "Västerås");
    await api("DELETE", `/companies/${id}`);
  }));

test("a version whose values are refused now says why", () =>
  onPage(
    async (page) => {
      const object = `thing_${process.pid}`;
      const name = { api_name: "name", name: "Name", type: "text", unique: true };
      await api("POST", "/metadata/objects", { api_name: object, plural_api_name: `${object}s`, name: "Thing", plural_name: "Things", label_field: "name", fields: [name] });
      const { id } = await api("POST", `/${object}s`, { name: "One" });
      await api("PATCH", `/${object}s/${id}`, { name: "Two" });
      await api("POST", `/${object}s`, { name: "One" });
      await signInAt(page, `/o/${object}s/${id}`);
      await page.locator(".past > li").nth(1).getByRole("button", { name: "Go back to this" }).click();
      const dialog = page.getByRole("dialog", { name: "Go back to version 1" });
      await dialog.getByRole("alert").getByText(/^Name: /).waitFor();
      assert.equal(await dialog.getByRole("button", { name: "Go back", exact: true }).isDisabled(), true);
      await api("DELETE", `/metadata/objects/${object}?confirm=${object}`);
    },
    {},
    /status of 409/,
  ));

test("Ctrl+K offers what can be done with the record, on its page and beside its list", () =>
  onPage(async (page) => {
    const name = `Palette ${process.pid}`;
    const { id } = await api("POST", "/companies", { name, city: "Riga" });
    await signInAt(page, `/o/companies/${id}`);
    await page.getByRole("heading", { name, level: 1 }).waitFor();
    const here = page.getByRole("group", { name: "Here" }).getByRole("option");
    const choose = async (/** @type {string} */ text, /** @type {string} */ first) => {
      await page.keyboard.press("Control+K");
      await page.getByRole("combobox", { name: /^Find records/ }).fill(`>${text}`);
      await here.first().filter({ hasText: first }).waitFor();
      await page.keyboard.press("Enter");
    };
    await page.keyboard.press("Control+K");
    await page.getByRole("combobox", { name: /^Find records/ }).fill(`>${name}`);
    await eventually(
      async () => (await here.allInnerTexts()).map((text) => text.split("\n")[0]),
      ["Edit all fields", "Duplicate", "Copy the link", "Add to favourites", "Edit the fields", "Delete", "On the API"],
    );
    await accessible(page, "what can be done with a record");
    await page.keyboard.press("Escape");
    await choose("history", "History");
    await page.getByRole("tab", { name: "History", selected: true }).waitFor();
    await choose("add contacts", "Add: Contacts");
    await page.getByRole("dialog").getByRole("textbox").first().waitFor();
    await page.keyboard.press("Escape");
    await choose("favourites", "Add to favourites");
    const favourite = page.getByRole("region", { name: "Favourites" }).getByRole("link", { name });
    await favourite.waitFor();
    await choose("favourites", "Remove from favourites");
    await favourite.waitFor({ state: "detached" });
    await choose("duplicate", "Duplicate");
    await page.getByRole("heading", { name: `${name} (copy)`, level: 1 }).waitFor();
    // Beside its list: there it is deleted, and the peek closes.
    const draft = encodeURIComponent(JSON.stringify({ filter: { name: { starts_with: name } } }));
    await page.goto(`${BASE}/o/companies?draft=${draft}&peek=${id}`);
    await page.locator("aside.peek").getByRole("heading", { name, level: 1 }).waitFor();
    await choose(`delete ${name.toLowerCase()}`, "Delete");
    await page.locator("aside.peek").waitFor({ state: "detached" });
    await page.locator(".toast").getByText(`Deleted ${name}`).waitFor();
  }));

test("beside the list, with the next one a key away", () =>
  onPage(async (page) => {
    const { grid, names } = await openOwnList(page, "companies", "name", [{}, {}], ["city"]);
    await grid.focus();
    await page.keyboard.press("Space");
    const peek = page.locator("aside.peek");
    await peek.getByRole("heading", { name: names[0] ?? "", level: 1 }).waitFor();
    await accessible(page, "a record beside its list");
    await peek.getByRole("button", { name: "Next record" }).click();
    await peek.getByRole("heading", { name: names[1] ?? "", level: 1 }).waitFor();
    await peek.getByRole("button", { name: "Close" }).click();
    await peek.waitFor({ state: "detached" });
  }));

test("from a list: which of how many, the next one with J, and back to the list as it was", () =>
  onPage(async (page) => {
    const name = `Trail ${process.pid}`;
    const { data } = await api("POST", "/companies", [1, 2, 3].map((each) => ({ name: `${name} ${each}`, city: "Riga" })));
    const draft = encodeURIComponent(JSON.stringify({ filter: { name: { starts_with: name } }, sort: "name" }));
    await signInAt(page, `/o/companies?draft=${draft}`);
    await shown(page, 2);
    await page.getByRole("grid").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
    const peek = page.locator("aside.peek");
    await peek.getByText("2 of 3").waitFor();
    await peek.getByRole("button", { name: "Open as a page" }).click();
    await peek.waitFor({ state: "detached" });
    await page.getByRole("heading", { name: `${name} 2` }).waitFor();
    await page.getByText("2 of 3").waitFor();
    await page.keyboard.press("j");
    await page.getByRole("heading", { name: `${name} 3` }).waitFor();
    await page.getByText("3 of 3").waitFor();
    assert.equal(await page.getByRole("button", { name: "Next record" }).isDisabled(), true);
    await page.reload();
    await page.getByText("3 of 3").waitFor();
    await page.keyboard.press("k");
    await page.keyboard.press("Alt+ArrowUp");
    await page.getByRole("heading", { name: `${name} 1` }).waitFor();
    await page.getByText("1 of 3").waitFor();
    await accessible(page, "a record of a list");
    await page.getByRole("navigation", { name: "Where you are" }).getByRole("link", { name: "Companies" }).click();
    await page.locator(".totals").getByText("3", { exact: true }).waitFor();
    for (const { id } of data) await api("DELETE", `/companies/${id}`);
  }));

test("a record is a favourite, and a request on the API", () =>
  onPage(
    async (page) => {
      const { id, name } = await company();
      await signInAt(page, `/o/companies/${id}`);
      await page.getByRole("button", { name: "Add to favourites" }).click();
      const favourite = page.getByRole("region", { name: "Favourites" }).getByRole("link", { name });
      await favourite.waitFor();
      await page.getByRole("link", { name: "Notes" }).click();
      await page.getByRole("heading", { name: "Notes" }).waitFor();
      await favourite.click();
      await page.getByRole("heading", { name, exact: true }).waitFor();
      await page.getByRole("button", { name: "Remove from favourites" }).click();
      await favourite.waitFor({ state: "detached" });
      await page.getByRole("button", { name: "On the API" }).click();
      const dialog = page.getByRole("dialog", { name: "On the API" });
      await dialog.getByText(`GET /api/v1/companies/${id}`).waitFor();
      await accessible(page, "the requests of a record");
      await dialog.getByRole("radio", { name: "GraphQL" }).click();
      const query = await dialog.locator(".code").innerText();
      const answer = await graphql(query);
      assert.equal(answer.data.company.name, name);
      await api("DELETE", `/companies/${id}`);
    },
  ));

test("the requests of a list answer what it shows", () =>
  onPage(
    async (page) => {
      const filter = { company: { city: { eq: "Riga" } }, or: [{ lead_score: { gte: 10 } }, { status: { in: ["lead", "customer"] } }] };
      const draft = { filter, sort: "-lead_score,company.name", columns: [{ path: "last_name", pinned: true }, { path: "lead_score" }, { path: "company" }, { path: "company.city" }, { path: "owner" }] };
      await signInAt(page, `/o/contacts?draft=${encodeURIComponent(JSON.stringify(draft))}`);
      const count = page.locator(".totals b").first();
      await count.waitFor();
      const { total } = await api("GET", `/contacts?count=exact&limit=1&filter=${encodeURIComponent(JSON.stringify(filter))}`);
      await page.getByRole("button", { name: "On the API" }).click();
      const dialog = page.getByRole("dialog", { name: "On the API" });
      const rest = (await dialog.locator(".code").innerText()).split("\n").map((line) => line.trim());
      const asked = rest.slice(1).map((part) => part.replace(/^[?&]/, "").replace(/=(.*)/, (_, value) => `=${encodeURIComponent(value)}`));
      const { data } = await api("GET", `/contacts?${asked.join("&")}`);
      assert.equal(data.length, Math.min(total, 50));
      await dialog.getByRole("radio", { name: "GraphQL" }).click();
      const [query = "", variables = "{}"] = (await dialog.locator(".code").innerText()).split("\nvariables ");
      const answer = await graphql(query, JSON.parse(variables));
      assert.equal(answer.data.contacts.totalCount, total);
      assert.deepEqual(answer.data.contacts.nodes.map((/** @type {{ id: string }} */ node) => node.id), data.map((/** @type {{ id: string }} */ each) => each.id));
    },
  ));

test("a record that is not there is said to be so", () =>
  onPage(
    async (page) => {
      await signInAt(page, "/o/companies/018cc251-f400-7002-8000-0000000000ff");
      await page.getByRole("heading", { name: "There is nothing here" }).waitFor();
      await accessible(page, "no record");
    },
    {},
    /status of 404/,
  ));

test("on a phone, in Russian, it is one column", () =>
  onPage(
    async (page) => {
      const { id } = await company();
      await signInAt(page, `/o/companies/${id}`);
      await page.getByRole("button", { name: /^Изменить «Город»/ }).waitFor();
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= 390, String(wide));
      await accessible(page, "a record on a phone");
      await api("DELETE", `/companies/${id}`);
    },
    { viewport: { width: 390, height: 844 }, hasTouch: true, locale: "ru-RU" },
  ));
