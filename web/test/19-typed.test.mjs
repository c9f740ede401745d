// I am interrupted while I type: by a reload, by a colleague who takes my seat. What I typed is there when I come back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { api, BASE, cell, EMAIL, eventually, onPage, openList, PASSWORD, shown, signInAt } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

const COLLEAGUE = "ilze.kalnina@example.com";
const NO_ANSWER = /ERR_FAILED/;

let made = 0;

/** Companies of one test's own, and a list of them. @param {string[]} cities */
async function companies(...cities) {
  made += 1;
  const name = `Typed ${process.pid} ${made}`;
  const { data } = await api("POST", "/companies", cities.map((city, at) => ({ name: `${name} ${at}`, city })));
  const draft = { filter: { name: { starts_with: name } }, sort: "name", columns: [{ path: "name", pinned: true }, { path: "city" }, { path: "parent" }] };
  return { name, ids: data.map((/** @type {{ id: string }} */ one) => one.id), path: `/o/companies?draft=${encodeURIComponent(JSON.stringify(draft))}` };
}

/** @param {string} id */
const cityOf = async (id) => (await api("GET", `/companies/${id}`)).city;

/** @param {Page} page @param {string} path */
async function open(page, path) {
  await openList(page, "companies");
  await page.goto(BASE + path);
  await shown(page);
}

/** @param {Page} page @param {string[]} keys */
async function press(page, ...keys) {
  for (const key of keys) await page.keyboard.press(key);
}

test("in a cell: a reload keeps it unsent; Enter saves it, Escape gives it up", () =>
  onPage(async (page) => {
    const { ids, path } = await companies("Riga", "Tallinn");
    await open(page, path);
    await cell(page, 0, 1).click();
    await page.keyboard.type("Tar");
    await page.reload();
    await cell(page, 0, 1).getByText("Tar", { exact: true }).waitFor();
    assert.equal(await cell(page, 0, 1).getAttribute("title"), "Not saved yet");
    assert.equal(await cityOf(ids[0]), "Riga");
    await cell(page, 0, 1).click();
    await press(page, "Enter", "End");
    await page.keyboard.type("tu");
    await press(page, "Enter");
    await eventually(() => cityOf(ids[0]), "Tartu");
    await eventually(() => cell(page, 0, 1).getAttribute("title"), null);
    // Given up in the editor, or once it is seen again.
    await page.keyboard.type("Narva");
    await press(page, "Escape");
    await cell(page, 1, 1).getByText("Tallinn", { exact: true }).waitFor();
    await page.reload();
    await cell(page, 1, 1).getByText("Tallinn", { exact: true }).waitFor();
    await cell(page, 1, 1).click();
    await page.keyboard.type("Narva");
    await page.reload();
    await cell(page, 1, 1).getByText("Narva", { exact: true }).waitFor();
    await cell(page, 1, 1).click();
    await press(page, "Escape");
    await cell(page, 1, 1).getByText("Tallinn", { exact: true }).waitFor();
    assert.equal(await cityOf(ids[1]), "Tallinn");
  }));

test("what I am typing is not sent with what waited for a connection", () =>
  onPage(
    async (page) => {
      const { name, ids, path } = await companies("Riga");
      await open(page, path);
      await page.route("**/api/v1/companies/**", (route) => (route.request().method() === "PATCH" ? route.abort() : route.fallback()));
      await cell(page, 0, 1).click();
      await page.keyboard.type("Tartu");
      await press(page, "Enter");
      await page.locator(".offline").getByText("1 record is kept here").waitFor();
      await cell(page, 0, 0).click();
      await page.keyboard.type("Half a na");
      await page.unroute("**/api/v1/companies/**");
      await eventually(() => cityOf(ids[0]), "Tartu");
      await page.locator(".offline").waitFor({ state: "detached" });
      assert.equal((await api("GET", `/companies/${ids[0]}`)).name, `${name} 0`);
      await page.keyboard.type("me");
      await press(page, "Enter");
      await eventually(async () => (await api("GET", `/companies/${ids[0]}`)).name, "Half a name");
    },
    {},
    NO_ANSWER,
  ));

test("on a record: it waits, to be saved or discarded", () =>
  onPage(async (page) => {
    const { ids } = await companies("Riga");
    await signInAt(page, `/o/companies/${ids[0]}`);
    await page.getByRole("button", { name: "Edit City", exact: true }).click();
    await page.locator(".editor input").waitFor();
    await press(page, "Control+A");
    await page.keyboard.type("Cēsis");
    assert.equal(await page.getByText("1 value is not saved yet.").count(), 0, "not while I type");
    await page.reload();
    await page.getByText("1 value is not saved yet.").waitFor();
    assert.equal(await cityOf(ids[0]), "Riga");
    await page.getByRole("button", { name: "Save now" }).click();
    await eventually(() => cityOf(ids[0]), "Cēsis");
  }));

test("a record that I chose keeps its name; a colleague at this browser sees nothing of it, and I find it again", () =>
  onPage(
    async (page) => {
      const { name, ids, path } = await companies("Riga", "Tallinn");
      const signedIn = async (/** @type {string} */ email) => {
        await page.goto(`${BASE}/signin?next=${encodeURIComponent(path)}`);
        await page.locator("input[name=email]").fill(email);
        await page.locator("input[name=password]").fill(PASSWORD);
        await press(page, "Enter");
        await shown(page);
      };
      const signOut = async () => {
        await page.getByTitle("Account", { exact: true }).click();
        await page.getByRole("menuitem", { name: "Sign out" }).click();
        await page.locator("input[name=email]").waitFor();
      };
      await open(page, path);
      await page.route("**/api/v1/companies/**", (route) => (route.request().method() === "PATCH" ? route.abort() : route.fallback()));
      await cell(page, 0, 2).click();
      await press(page, "Enter");
      await page.keyboard.type(`${name} 1`);
      await page.getByRole("option", { name: `${name} 1` }).waitFor();
      await press(page, "Enter");
      await page.locator(".offline").getByText("1 record is kept here").waitFor();
      await page.reload();
      await cell(page, 0, 2).getByText(`${name} 1`).waitFor();
      await signOut();
      await signedIn(COLLEAGUE);
      assert.equal(await cell(page, 0, 2).innerText(), "");
      assert.equal(await page.locator(".offline").count(), 0);
      await signOut();
      await page.unroute("**/api/v1/companies/**");
      await signedIn(EMAIL);
      await cell(page, 0, 2).getByText(`${name} 1`).waitFor();
      await eventually(async () => (await api("GET", `/companies/${ids[0]}`)).parent_id, ids[1]);
    },
    {},
    NO_ANSWER,
  ));
