// I work in a table with the keys of a spreadsheet.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./axe.mjs";
import { api, BASE, cell, eventually, onPage, openList, openOwnList, shown } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

/**
 * @param {Page} page
 * @param {string[]} keys
 */
async function press(page, ...keys) {
  for (const key of keys) await page.keyboard.press(key);
}

test("Enter edits, Enter saves and goes down, Escape leaves things as they were", () =>
  onPage(async (page) => {
    const { grid, names } = await openOwnList(page, "companies", "name", [{}, {}, {}], ["city"]);
    const [, name, other = ""] = names;
    await grid.focus();
    await press(page, "ArrowDown", "Enter", "End");
    await page.keyboard.type(" & Sons");
    await accessible(page, "a cell in edit");
    await press(page, "Enter");
    await cell(page, 1, 0).getByText(`${name} & Sons`).waitFor();
    await page.waitForFunction(() => document.querySelector("[data-row='2'] [data-col='0']")?.classList.contains("is-cursor"));
    const filter = encodeURIComponent(JSON.stringify({ name: { eq: `${name} & Sons` } }));
    await eventually(async () => (await api("GET", `/companies?filter=${filter}`)).data.length, 1);
    await page.keyboard.type("nothing of this");
    await press(page, "Escape");
    await cell(page, 2, 0).getByText(other, { exact: true }).waitFor();
  }));

test("a click puts the cursor where I clicked, far down as well", () =>
  onPage(async (page) => {
    const { grid, ids } = await openOwnList(page, "contacts", "last_name", Array.from({ length: 150 }, () => ({})), ["first_name"]);
    await grid.evaluate((element) => element.scrollTo({ top: 110 * 36 }));
    await shown(page, 112);
    await cell(page, 112, 1).click();
    const name = `Clicked ${process.pid}`;
    await page.keyboard.press("Enter");
    await page.keyboard.type(name);
    await page.keyboard.press("Enter");
    await cell(page, 112, 1).getByText(name).waitFor();
    await eventually(async () => (await api("GET", `/contacts/${ids[112]}`)).first_name, name);
  }));

test("a choice is typed, and a value that cannot be read stays with what is wrong", () =>
  onPage(async (page) => {
    const { grid } = await openOwnList(page, "contacts", "last_name", [{ status: "new" }], ["status", "lead_score"]);
    const status = 1;
    await grid.focus();
    await press(page, "ArrowRight", "Enter");
    await page.getByRole("combobox", { name: "Status" }).waitFor();
    await page.keyboard.type("qual");
    await press(page, "Enter");
    await cell(page, 0, status).getByText("Qualified").waitFor();
    await press(page, "ArrowRight");
    await page.keyboard.type("12a");
    await press(page, "Enter");
    await page.getByRole("alert").getByText("This is not a number.").waitFor();
    await press(page, "Backspace", "Enter");
    await cell(page, 0, status + 1).getByText("12", { exact: true }).waitFor();
  }));

test("a new row is typed from left to right; what the server refuses waits in its cell", () =>
  onPage(
    async (page) => {
      const grid = await openList(page, "contacts");
      await grid.focus();
      await press(page, "Control+Enter");
      await page.keyboard.type(`Zed${process.pid}`);
      await press(page, "Tab");
      await page.keyboard.type("Anna");
      await press(page, "Tab");
      await page.keyboard.type("no address");
      await press(page, "Enter");
      await page.locator(".toast").getByText(/^Email: /).waitFor();
      assert.equal(await cell(page, 0, 2).getAttribute("aria-invalid"), "true");
      assert.equal(await cell(page, 0, 2).innerText(), "no address");
      await press(page, "ArrowUp");
      await page.keyboard.type(`anna.${process.pid}@zed.example`);
      await press(page, "Enter");
      await page.locator(".toast").getByText(`Created Zed${process.pid}`).waitFor();
      const filter = encodeURIComponent(JSON.stringify({ email: { eq: `anna.${process.pid}@zed.example` } }));
      assert.equal((await api("GET", `/contacts?filter=${filter}`)).data[0].first_name, "Anna");
    },
    {},
    /status of 422/,
  ));

test("what the server refuses stays with its fault; Escape gives it up", () =>
  onPage(
    async (page) => {
      const name = `Refused ${process.pid}`;
      const { id } = await api("POST", "/contacts", { last_name: name, email: `refused.${process.pid}@zed.example` });
      await openList(page, "contacts");
      const draft = { filter: { last_name: { eq: name } }, columns: [{ path: "last_name", pinned: true }, { path: "email" }] };
      await page.goto(`${BASE}/o/contacts?draft=${encodeURIComponent(JSON.stringify(draft))}`);
      await cell(page, 0, 1).getByText(/refused/).waitFor();
      await page.getByRole("grid").focus();
      await press(page, "ArrowRight");
      await page.keyboard.type("no address");
      await press(page, "Enter");
      await page.locator(".toast").getByText(/^Email: /).waitFor();
      assert.equal(await cell(page, 0, 1).getAttribute("aria-invalid"), "true");
      await press(page, "Escape");
      await cell(page, 0, 1).getByText(`refused.${process.pid}@zed.example`).waitFor();
      assert.equal(await cell(page, 0, 1).getAttribute("aria-invalid"), null);
      await api("DELETE", `/contacts/${id}`);
    },
    {},
    /status of 422/,
  ));

test("rows are ticked, edited together and deleted", () =>
  onPage(async (page) => {
    const { grid, ids } = await openOwnList(page, "tasks", "subject", [{}, {}, {}, {}], ["status"]);
    await grid.focus();
    await press(page, "x", "ArrowDown", "x");
    await page.getByRole("toolbar").getByText("2 selected").waitFor();
    await accessible(page, "ticked rows");
    await page.getByRole("button", { name: "Edit…" }).click();
    await page.getByRole("combobox", { name: "Add a field" }).click();
    await page.keyboard.type("description");
    await press(page, "Enter");
    await page.getByRole("textbox", { name: "Description" }).fill("Call back at once");
    await page.getByText("2 records will change.").waitFor();
    await page.getByRole("button", { name: "Change", exact: true }).click();
    await page.locator(".toast").getByText("Changed 2 records").waitFor();
    await eventually(async () => (await Promise.all(ids.map((id) => api("GET", `/tasks/${id}`)))).map((task) => task.description), ["Call back at once", "Call back at once", null, null]);
    const total = 4;
    await grid.focus();
    await press(page, "Control+Home", "x");
    await page.getByRole("button", { name: "Delete" }).click();
    await page.locator(".toast").getByText("Deleted 1 record").waitFor();
    await page.locator(".totals").getByText(String(total - 1), { exact: true }).waitFor();
  }));

test("ticked rows are given to a colleague, and taken back", () =>
  onPage(async (page) => {
    const name = `Given ${process.pid}`;
    const { data } = await api("POST", "/companies", [0, 1].map((at) => ({ name: `${name} ${at}` })));
    const owners = async () => Promise.all(data.map(async (/** @type {{ id: string }} */ { id }) => (await api("GET", `/companies/${id}?fields=owner.name`)).owner?.name ?? null));
    await openList(page, "companies");
    await page.goto(`${BASE}/o/companies?draft=${encodeURIComponent(JSON.stringify({ filter: { name: { starts_with: name } } }))}`);
    await shown(page, 1);
    await page.getByRole("grid").focus();
    await press(page, "x", "ArrowDown", "x");
    await page.getByRole("combobox", { name: "Owner: choose a person" }).click();
    await page.keyboard.type("sabine");
    await page.getByRole("option", { name: /Sabine Vogel/ }).waitFor();
    await press(page, "Enter");
    const toast = page.locator(".toast");
    await toast.getByText("Gave 2 records to Sabine Vogel").waitFor();
    assert.deepEqual(await owners(), ["Sabine Vogel", "Sabine Vogel"]);
    await toast.getByRole("button", { name: "Undo" }).click();
    await toast.getByText("Undone: Gave 2 records to Sabine Vogel").waitFor();
    assert.deepEqual(await owners(), [null, null]);
    for (const { id } of data) await api("DELETE", `/companies/${id}`);
  }));

test("somebody else changed the same field: I see both values and choose", () =>
  onPage(
    async (page) => {
      const { grid, ids } = await openOwnList(page, "companies", "name", [{}, {}, {}, {}, {}], ["city", "domain"]);
      const column = 1;
      const [mine, both] = [`Mine ${process.pid}`, `Both ${process.pid}`];
      // Enter goes down to the fourth row, and an arrow from there to the fifth.
      const [theirs, other] = [ids[2], ids[4]];
      await api("PATCH", `/companies/${theirs}`, { city: "Theirs" });
      await grid.focus();
      await press(page, "ArrowDown", "ArrowDown");
      for (let at = 0; at < column; at += 1) await press(page, "ArrowRight");
      await page.keyboard.type(mine);
      await press(page, "Enter");
      const dialog = page.getByRole("dialog", { name: "City was changed by someone else" });
      await dialog.getByText("Theirs", { exact: true }).last().waitFor();
      await accessible(page, "a conflict");
      await dialog.getByRole("button", { name: "Keep mine" }).click();
      await cell(page, 2, column).getByText(mine).waitFor();
      await eventually(async () => (await api("GET", `/companies/${theirs}`)).city, mine);
      // What they changed in another field is kept without a word.
      await api("PATCH", `/companies/${other}`, { domain: "kept.example" });
      await grid.focus();
      await press(page, "ArrowDown");
      await page.keyboard.type(both);
      await press(page, "Enter");
      await eventually(async () => {
        const saved = await api("GET", `/companies/${other}`);
        return [saved.domain, saved.city];
      }, ["kept.example", both]);
    },
    {},
    /status of 412/,
  ));
