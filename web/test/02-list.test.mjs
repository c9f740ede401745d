// I look for something in a list: sort it, search it, choose what it shows.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./axe.mjs";
import { api, cell, onPage, openList, openOwnList, shown } from "./browser.mjs";

test("a list shows what it holds, and can be read by everybody", () =>
  onPage(async (page) => {
    const grid = await openList(page, "contacts");
    const { total } = await api("GET", "/contacts?count=exact&limit=1");
    await page.getByRole("status").getByText(String(total), { exact: true }).waitFor();
    assert.equal(await grid.getAttribute("aria-rowcount"), String(total + 1));
    await accessible(page, "list");
  }));

test("a click on a column sorts by it, with Shift by another as well", () =>
  onPage(async (page) => {
    const { names } = await openOwnList(page, "companies", "name", [{ city: "Riga" }, { city: "Tartu" }, { city: "Narva" }], ["city"]);
    const [sorted = "", , last = ""] = names;
    const head = (/** @type {string} */ name) => page.getByRole("columnheader", { name: new RegExp(`^${name}`) });
    // The list is sorted by its names: the first click turns that around.
    await head("Name").locator(".head-name").click();
    await cell(page, 0, 0).getByText(last, { exact: true }).waitFor();
    await head("City").locator(".head-name").click();
    await head("Name").locator(".head-name").click();
    await cell(page, 0, 0).getByText(sorted, { exact: true }).waitFor();
    assert.equal(await head("Name").getAttribute("aria-sort"), "ascending");
    await head("Name").locator(".head-name").click();
    await cell(page, 0, 0).getByText(last, { exact: true }).waitFor();
    await head("City").locator(".head-name").click({ modifiers: ["Shift"] });
    await page.waitForURL(/name%2Ccity|name,city/);
    // The draft is in the address: a reload finds it again, and Reset lets it go.
    await page.reload();
    await cell(page, 0, 0).getByText(last, { exact: true }).waitFor();
    await page.getByRole("button", { name: "Reset" }).click();
    await page.waitForURL((url) => url.search === "");
  }));

test("I search, find nothing, and get back to all", () =>
  onPage(async (page) => {
    await openList(page, "contacts");
    await page.keyboard.press("/");
    await page.keyboard.type("ozol");
    await cell(page, 0, 0).getByText(/^Ozol/).waitFor();
    await page.getByRole("searchbox").fill("qwxz qwxz");
    await page.getByRole("heading", { name: /^0 of \d+ match$/ }).waitFor();
    await accessible(page, "nothing matches");
    await page.getByRole("button", { name: "Clear the search" }).last().click();
    await shown(page);
  }));

test("I choose the fields that are shown, and the order they have", () =>
  onPage(async (page) => {
    const grid = await openList(page, "contacts");
    await page.getByRole("button", { name: /^Fields/ }).click();
    await accessible(page, "fields of a list");
    await page.getByLabel("Find a field…").fill("company name");
    await page.getByRole("checkbox", { name: "Company · Name" }).click();
    await page.getByLabel("Find a field…").fill("");
    await page.getByRole("checkbox", { name: "Email", exact: true }).click();
    await page.keyboard.press("Escape");
    await page.waitForFunction(() => !document.querySelector("[role=columnheader] .head-name[title=Email]"));
    await grid.evaluate((element) => element.scrollTo({ left: 5_000 }));
    await page.getByRole("columnheader", { name: "Company · Name" }).waitFor();
    // By keys as well.
    await grid.focus();
    await page.keyboard.press("Shift+F10");
    await page.getByRole("menuitem", { name: "Move right" }).click();
    await page.waitForFunction(() => document.querySelector("[data-row='0'] [data-col='0']") !== null);
  }));

test("a column is made wider by its edge, and shows the sum that I ask for", () =>
  onPage(async (page) => {
    await openList(page, "opportunities");
    const head = page.getByRole("columnheader", { name: /^Stage/ });
    const before = (await head.boundingBox())?.width ?? 0;
    const edge = await head.locator(".resizer").boundingBox();
    assert.ok(edge);
    await page.mouse.move(edge.x + 4, edge.y + 10);
    await page.mouse.down();
    await page.mouse.move(edge.x + 84, edge.y + 10, { steps: 4 });
    await page.mouse.up();
    assert.equal((await head.boundingBox())?.width, before + 80);
    await page.waitForURL(/draft=/);
    const total = page.locator(".totals .total-button").nth(1);
    await total.hover();
    await total.click();
    await page.getByRole("menuitem", { name: "Sum" }).click();
    await page.locator(".totals").getByText(/€[\d,]+/).waitFor();
  }));

test("an empty list says what belongs there, and a list that fails can be asked for again", () =>
  onPage(
    async (page) => {
      await page.route("**/api/v1/tasks?*", (route) => route.fulfill({ status: 500, headers: { "x-request-id": "0193a7f1-6c20" }, json: { title: "Something failed", detail: "It is not your fault." } }));
      await page.route("**/api/v1/notes?*", (route) => route.fulfill({ json: { data: [], page: { next: null, previous: null } } }));
      await openList(page, "contacts");
      await page.getByRole("link", { name: "Notes" }).click();
      await page.getByRole("heading", { name: "No notes yet" }).waitFor();
      await accessible(page, "an empty list");
      await page.getByRole("link", { name: "Tasks" }).click();
      await page.getByText("0193a7f1-6c20").waitFor();
      await accessible(page, "a list that failed");
      await page.unroute("**/api/v1/tasks?*");
      await page.getByRole("button", { name: "Retry" }).click();
      await page.getByRole("grid").waitFor();
    },
    {},
    /status of 500/,
  ));

test("a list that I mark with a star stands at the top of the sidebar", () =>
  onPage(async (page) => {
    await openList(page, "tasks");
    await page.getByRole("button", { name: "Add to favourites" }).click();
    const favourites = page.getByRole("region", { name: "Favourites" });
    await favourites.getByRole("link", { name: "Tasks" }).waitFor();
    await page.reload();
    await favourites.getByRole("link", { name: "Tasks" }).waitFor();
    await accessible(page, "favourites");
    await page.getByRole("button", { name: "Remove from favourites" }).click();
    await favourites.waitFor({ state: "detached" });
  }));
