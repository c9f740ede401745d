// The line goes away while I work. Nothing that I typed is lost.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./axe.mjs";
import { api, BASE, cell, eventually, onPage, openList, shown, signInAt } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

const NO_LINE = /ERR_INTERNET_DISCONNECTED|ERR_FAILED/;

let made = 0;

async function company() {
  made += 1;
  const name = `Offline ${process.pid} ${made}`;
  const { id } = await api("POST", "/companies", { name, city: "Riga", employees: 10 });
  return { id, name };
}

/** A list of the companies whose name begins so. @param {string} name */
function listOf(name) {
  const draft = { filter: { name: { starts_with: name } }, sort: "name", columns: [{ path: "name", pinned: true }, { path: "city" }, { path: "employees" }] };
  return `/o/companies?draft=${encodeURIComponent(JSON.stringify(draft))}`;
}

/** @param {string} name */
const named = async (name) => (await api("GET", `/companies?filter=${encodeURIComponent(JSON.stringify({ name: { starts_with: name } }))}`)).data;

/** @param {Page} page @param {string} path */
async function open(page, path) {
  await openList(page, "companies");
  await page.goto(BASE + path);
  await shown(page);
  await page.getByRole("grid").focus();
}

/**
 * Lets no request of a method through, as if the line broke just then; pages are still loaded.
 *
 * @param {Page} page
 * @param {string} method
 * @param {{ arrives?: boolean }} [options] Whether the server does it, and only the answer is lost.
 */
async function cut(page, method, { arrives = false } = {}) {
  await page.route("**/api/v1/companies**", async (route) => {
    if (route.request().method() !== method) return route.fallback();
    if (arrives) await route.fetch();
    return route.abort();
  });
}

/** @param {Page} page */
const mend = (page) => page.unroute("**/api/v1/companies**");

/** @param {Page} page */
const bar = (page) => page.locator(".offline");

test("what I type into a list while offline is marked, and saved once I am online again", () =>
  onPage(
    async (page) => {
      const { id, name } = await company();
      await open(page, listOf(name));
      await page.context().setOffline(true);
      await bar(page).getByText("You are offline. What you type is kept here.").waitFor();
      await page.keyboard.press("ArrowRight");
      await page.keyboard.type("Tartu");
      await page.keyboard.press("Enter");
      await bar(page).getByText("1 record is kept here and saved once there is a connection.").waitFor();
      await cell(page, 0, 1).getByText("Tartu").waitFor();
      assert.equal(await cell(page, 0, 1).getAttribute("title"), "Not saved yet");
      await accessible(page, "a list while offline");
      await page.context().setOffline(false);
      await page.locator(".toast").getByText("Saved 1 record that was kept here").waitFor();
      await bar(page).waitFor({ state: "detached" });
      assert.equal(await cell(page, 0, 1).getAttribute("title"), null);
      assert.equal((await api("GET", `/companies/${id}`)).city, "Tartu");
    },
    {},
    NO_LINE,
  ));

test("a reload keeps it; what a colleague wrote into the same field meanwhile is shown beside mine", () =>
  onPage(
    async (page) => {
      const { id, name } = await company();
      await open(page, listOf(name));
      await cut(page, "PATCH");
      await page.keyboard.press("ArrowRight");
      await page.keyboard.type("Tartu");
      await page.keyboard.press("Enter");
      await bar(page).getByText("The server does not answer. 1 record is kept here").waitFor();
      await api("PATCH", `/companies/${id}`, { city: "Narva", employees: 12 });
      await page.reload();
      await cell(page, 0, 2).getByText("12").waitFor();
      await cell(page, 0, 1).getByText("Tartu").waitFor();
      assert.equal(await cell(page, 0, 1).getAttribute("title"), "Not saved yet");
      await mend(page);
      await bar(page).getByRole("button", { name: "Try now" }).click();
      const dialog = page.getByRole("dialog", { name: "City was changed by someone else" });
      await dialog.getByText("Narva").waitFor();
      await dialog.getByText("Tartu").waitFor();
      assert.equal((await api("GET", `/companies/${id}`)).city, "Narva");
      await dialog.getByRole("button", { name: "Keep mine" }).click();
      await eventually(async () => (await api("GET", `/companies/${id}`)).city, "Tartu");
      assert.equal((await api("GET", `/companies/${id}`)).employees, 12);
    },
    {},
    NO_LINE,
  ));

test("a new row is kept over a reload, and made once, though its first answer was lost", () =>
  onPage(
    async (page) => {
      const { name } = await company();
      await open(page, listOf(name));
      await cut(page, "POST", { arrives: true });
      await page.keyboard.press("Control+Enter");
      await page.keyboard.type(`${name} new`);
      await page.keyboard.press("Enter");
      await bar(page).getByText("1 record is kept here").waitFor();
      assert.equal((await named(`${name} new`)).length, 1, "it has arrived");
      await page.reload();
      await cell(page, 0, 0).getByText(`${name} new`).waitFor();
      assert.equal(await cell(page, 0, 0).getAttribute("title"), "Not saved yet");
      await mend(page);
      await bar(page).getByRole("button", { name: "Try now" }).click();
      await bar(page).waitFor({ state: "detached" });
      assert.equal((await named(`${name} new`)).length, 1, "there is no second one");
    },
    {},
    /ERR_INTERNET_DISCONNECTED|ERR_FAILED|status of 409/,
  ));

test("an answer that is lost without a reload is asked for again by itself", () =>
  onPage(
    async (page) => {
      const { name } = await company();
      await open(page, listOf(name));
      await cut(page, "POST", { arrives: true });
      await page.keyboard.press("Control+Enter");
      await page.keyboard.type(`${name} new`);
      await page.keyboard.press("Enter");
      await bar(page).getByText("1 record is kept here").waitFor();
      await mend(page);
      await page.locator(".toast").getByText("Saved 1 record that was kept here").waitFor();
      assert.equal((await named(`${name} new`)).length, 1);
    },
    {},
    NO_LINE,
  ));

test("what has arrived is not written again, and what has no place any more is told", () =>
  onPage(
    async (page) => {
      const { id, name } = await company();
      const other = await api("POST", "/companies", { name: `${name} other`, city: "Riga" });
      await open(page, listOf(name));
      await cut(page, "PATCH", { arrives: true });
      await page.keyboard.press("ArrowRight");
      await page.keyboard.type("Tartu");
      await page.keyboard.press("Enter");
      await bar(page).getByText("1 record is kept here").waitFor();
      await mend(page);
      await cut(page, "PATCH");
      await cell(page, 1, 1).click();
      await page.keyboard.type("Narva");
      await page.keyboard.press("Enter");
      await bar(page).getByText("2 records are kept here").waitFor();
      await api("DELETE", `/companies/${other.id}?permanent=true`);
      await page.reload();
      await bar(page).getByText("2 records are kept here").waitFor();
      await mend(page);
      await bar(page).getByRole("button", { name: "Try now" }).click();
      await page.locator(".toast").getByText("A record that you changed is no longer there. You had typed: Narva").waitFor();
      await bar(page).waitFor({ state: "detached" });
      const now = await api("GET", `/companies/${id}`);
      assert.deepEqual([now.city, now.version], ["Tartu", 2]);
    },
    {},
    NO_LINE,
  ));

test("a form that I was filling in is there after a reload", () =>
  onPage(async (page) => {
    const { id } = await company();
    await signInAt(page, `/o/companies/${id}`);
    await page.getByRole("button", { name: "Edit City", exact: true }).waitFor();
    await page.keyboard.press("e");
    await page.getByRole("textbox", { name: "City" }).first().fill("Valmiera");
    await page.reload();
    await page.getByText("1 value is not saved yet.").waitFor();
    await page.getByRole("button", { name: "Save now" }).click();
    await page.getByText(/version 2/).waitFor();
    assert.equal((await api("GET", `/companies/${id}`)).city, "Valmiera");
    // A new one, which is then in the list.
    await page.getByRole("button", { name: "Add: Subsidiaries" }).click();
    const name = `Offline ${process.pid} daughter`;
    await page.getByRole("dialog").getByRole("textbox", { name: "Name", exact: true }).fill(name);
    await page.goto(`${BASE}/o/companies`);
    await cell(page, 0, 0).getByText(name).waitFor();
    assert.equal((await named(name)).length, 0);
    await page.getByRole("grid").focus();
    await page.keyboard.press("Control+Home");
    await page.keyboard.press("ArrowDown");
    await page.locator(".toast").getByText(`Created ${name}`).waitFor();
    assert.equal((await named(name)).length, 1);
  }));

test("on a record: another field of a colleague's is kept, and a choice waits wherever I am", () =>
  onPage(
    async (page) => {
      const { id, name } = await company();
      await signInAt(page, `/o/companies/${id}`);
      const write = async (/** @type {string} */ text) => {
        await page.getByRole("button", { name: "Edit City", exact: true }).click();
        await page.locator(".editor input").waitFor();
        await page.keyboard.press("Control+A");
        await page.keyboard.type(text);
        await page.keyboard.press("Enter");
      };
      // A place that was never opened cannot be opened without a line.
      await page.getByRole("link", { name: "Notes" }).click();
      await page.getByRole("heading", { name: "Notes" }).waitFor();
      await page.goBack();
      await page.getByRole("button", { name: "Edit City", exact: true }).waitFor();
      await page.context().setOffline(true);
      await write("Tartu");
      await page.getByText("1 value is not saved yet.").waitFor();
      await api("PATCH", `/companies/${id}`, { employees: 11 });
      await page.context().setOffline(false);
      await page.getByText(/version 3/).waitFor();
      const now = await api("GET", `/companies/${id}`);
      assert.deepEqual([now.city, now.employees], ["Tartu", 11]);
      await page.context().setOffline(true);
      await write("Cēsis");
      await api("PATCH", `/companies/${id}`, { city: "Narva" });
      await page.getByRole("link", { name: "Notes" }).click();
      await page.context().setOffline(false);
      await bar(page).getByText(`${name} was changed by you and by someone else.`).waitFor();
      await accessible(page, "a choice that waits");
      await bar(page).getByRole("link", { name: "Choose" }).click();
      await page.getByRole("button", { name: "Keep mine" }).click();
      await eventually(async () => (await api("GET", `/companies/${id}`)).city, "Cēsis");
    },
    {},
    /ERR_INTERNET_DISCONNECTED|status of 412/,
  ));
