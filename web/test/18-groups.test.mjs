// I look at a list in groups, and work in them as in any list.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./axe.mjs";
import { api, BASE, cell, eventually, onPage, openList, paste, shown } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

let made = 0;

/** Contacts of one test's own, and a list of them. @param {[status: string | null, score: number][]} each */
async function contacts(each) {
  made += 1;
  const name = `Group ${process.pid} ${made}`;
  const { data } = await api("POST", "/contacts", each.map(([status, lead_score], at) => ({ last_name: `${name} ${at}`, status, lead_score })));
  const columns = [{ path: "last_name", pinned: true }, { path: "lead_score", total: "sum" }, { path: "status" }];
  return {
    name,
    ids: data.map((/** @type {{ id: string }} */ one) => one.id),
    path: (/** @type {object} */ more = {}) => `/o/contacts?draft=${encodeURIComponent(JSON.stringify({ filter: { last_name: { starts_with: name } }, sort: "last_name", columns, ...more }))}`,
    stored: async (/** @type {string} */ field) => {
      const filter = encodeURIComponent(JSON.stringify({ last_name: { starts_with: name } }));
      return (await api("GET", `/contacts?sort=last_name&fields=${field}&filter=${filter}`)).data.map((/** @type {Record<string, unknown>} */ one) => one[field]);
    },
  };
}

/** The titles of the groups: value, count and sum. @param {Page} page */
const titles = (page) =>
  page.locator(".section-row").evaluateAll((rows) => rows.map((row) => [...row.querySelectorAll(".section-name, [data-col='1']")].map((part) => part.textContent?.replace(/^Sum /, "")).join(" ")));

/** @param {Page} page @param {string[]} keys */
async function press(page, ...keys) {
  for (const key of keys) await page.keyboard.press(key);
}

test("chosen by keys, with a count and a sum each; closed and opened by keys; kept in the address and in a view", () =>
  onPage(async (page) => {
    const { name, path } = await contacts([["lead", 10], ["customer", 40], ["lead", 20], ["new", 5], ["customer", 2]]);
    await openList(page, "contacts");
    await page.goto(BASE + path());
    await shown(page, 4);
    await press(page, "Control+K");
    await page.getByRole("combobox", { name: /^Find records/ }).fill(">group");
    await page.getByRole("option", { name: "Group", exact: true }).waitFor();
    await press(page, "Enter");
    await page.getByRole("combobox", { name: "Group" }).last().waitFor();
    await page.keyboard.type("status");
    await page.getByRole("option", { name: "Status", exact: true }).waitFor();
    await press(page, "Enter");
    await eventually(() => titles(page), ["New1 5", "Lead2 30", "Customer2 42"]);
    const grid = page.getByRole("treegrid");
    await shown(page, 7);
    await accessible(page, "a list in groups");
    assert.equal(await grid.getAttribute("aria-rowcount"), String(3 + 5 + 1));
    await grid.focus();
    const row = (/** @type {number} */ at) => page.locator(`[data-row="${at}"]`);
    await press(page, "ArrowLeft");
    assert.equal(await row(0).getAttribute("aria-expanded"), "false");
    await press(page, "ArrowDown", "Space");
    await eventually(() => titles(page), ["New1 5", "Lead2 30", "Customer2 42"]);
    assert.equal(await grid.getAttribute("aria-rowcount"), String(3 + 2 + 1));
    await press(page, "Enter");
    await shown(page, 2);
    await cell(page, 2, 0).getByText(`${name} 0`).waitFor();
    // All of them, by the palette.
    await press(page, "Control+K");
    await page.getByRole("combobox", { name: /^Find records/ }).fill(">close all");
    await page.getByRole("option", { name: "Close all sections" }).waitFor();
    await press(page, "Enter");
    await eventually(() => grid.getAttribute("aria-rowcount"), "4");
    await page.reload();
    await eventually(() => titles(page), ["New1 5", "Lead2 30", "Customer2 42"]);
    await page.getByRole("button", { name: "Save as mine" }).click();
    await page.getByLabel("Name of the view").fill(name);
    await press(page, "Enter");
    await page.getByRole("tab", { name, selected: true }).waitFor();
    await page.waitForURL((url) => !url.searchParams.has("draft"));
    await page.reload();
    await eventually(() => titles(page), ["New1 5", "Lead2 30", "Customer2 42"]);
    await page.getByRole("combobox", { name: "Group: Status" }).click();
    await page.getByRole("option", { name: "No groups" }).click();
    await page.getByRole("grid").waitFor();
    await page.getByRole("button", { name: "Reset" }).click();
    await page.getByRole("treegrid").waitFor();
    await page.getByRole("button", { name: `${name}: view menu` }).click();
    await page.getByRole("menuitem", { name: "Delete the view" }).click();
    await page.getByRole("tab", { name }).waitFor({ state: "detached" });
  }));

test("cells are edited, filled, copied and pasted as in any list; titles count along", () =>
  onPage(async (page) => {
    const { path, stored } = await contacts([["lead", 10], ["lead", 20], ["customer", 40], ["customer", 2]]);
    await openList(page, "contacts");
    await page.goto(BASE + path({ group_by: "status" }));
    await shown(page, 5);
    // Rows: 0 Lead, 1, 2, 3 Customer, 4, 5.
    await cell(page, 1, 1).click();
    await press(page, "Enter");
    await page.keyboard.type("11");
    await press(page, "Enter");
    await eventually(() => stored("lead_score"), [11, 20, 40, 2]);
    await eventually(() => titles(page), ["Lead2 31", "Customer2 42"]);
    // Over the title of the second group: what is pasted falls on records alone.
    await cell(page, 2, 1).click();
    await paste(page, "21\n41\n");
    await page.getByRole("dialog", { name: "Paste 2 rows" }).waitFor();
    await press(page, "Enter");
    await eventually(() => stored("lead_score"), [11, 21, 41, 2]);
    await cell(page, 1, 1).click();
    await press(page, "Shift+ArrowDown", "Shift+ArrowDown", "Shift+ArrowDown");
    const copied = await page.evaluate(() => {
      const clipboardData = new DataTransfer();
      document.activeElement?.dispatchEvent(new ClipboardEvent("copy", { clipboardData, bubbles: true, cancelable: true }));
      return clipboardData.getData("text/plain");
    });
    assert.equal(copied, "11\r\n21\r\n41");
    await press(page, "Control+D");
    await eventually(() => stored("lead_score"), [11, 11, 11, 2]);
    // A record that has left its group stays until the list is read again; the counts tell at once.
    await cell(page, 2, 2).click();
    await press(page, "Enter");
    await page.keyboard.type("customer");
    await page.getByRole("option", { name: "Customer" }).waitFor();
    await press(page, "Enter");
    await eventually(() => stored("status"), ["lead", "customer", "customer", "customer"]);
    await eventually(() => titles(page), ["Lead1 11", "Customer3 24"]);
    await page.reload();
    await eventually(() => titles(page), ["Lead1 11", "Customer3 24"]);
    await cell(page, 1, 0).waitFor();
    await page.locator("[data-row='2'].section-row").waitFor();
  }));

test("by a person and by a record, with those that have none at the end; the record beside it steps over titles", () =>
  onPage(async (page) => {
    const { name, ids, path } = await contacts([["lead", 1], ["lead", 2], ["lead", 3]]);
    const company = await api("POST", "/companies", { name: `${name} Ltd` });
    await api("PATCH", `/contacts/${ids[1]}`, { company_id: company.id });
    await openList(page, "contacts");
    await page.goto(BASE + path({ group_by: "company" }));
    await eventually(() => titles(page), [`${name} Ltd1 2`, "No company2 4"]);
    await shown(page, 4);
    await cell(page, 1, 0).click();
    await press(page, "Space");
    const peek = page.locator("aside.peek");
    await peek.getByRole("heading", { name: `${name} 1`, level: 1 }).waitFor();
    await peek.getByText("1 of 1").waitFor();
    await press(page, "j");
    await peek.getByRole("heading", { name: `${name} 0`, level: 1 }).waitFor();
    await peek.getByText("1 of 2").waitFor();
    await page.goto(BASE + path({ group_by: "owner" }));
    await eventually(() => titles(page), ["No owner3 6"]);
  }));

test("on a phone, and in Russian", () =>
  onPage(
    async (page) => {
      const { name, path } = await contacts([["lead", 1], ["customer", 2], [null, 3]]);
      await openList(page, "contacts");
      await page.goto(BASE + path({ group_by: "status" }));
      await page.evaluate(() => localStorage.setItem("tessera.language", "ru"));
      await page.setViewportSize({ width: 390, height: 844 });
      await page.reload();
      const titled = (/** @type {string} */ text) => page.getByRole("button", { name: text });
      await titled("Статус: не указано 1").waitFor();
      await page.getByText(`${name} 2`).waitFor();
      await accessible(page, "a phone's list in groups");
      await titled("Статус: не указано 1").click();
      await page.getByText(`${name} 2`).waitFor({ state: "detached" });
    },
    { viewport: { width: 1280, height: 800 } },
  ));
