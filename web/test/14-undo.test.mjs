// I did something that I did not mean, and take it back.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./axe.mjs";
import { api, BASE, cell, eventually, onPage, openList, paste, shown, signInAt } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

let made = 0;

/** Companies of one test's own, and the address of a list of them in this order. @param {string[]} cities */
async function companies(...cities) {
  made += 1;
  const name = `Undo ${process.pid} ${made}`;
  const { data } = await api("POST", "/companies", cities.map((city, at) => ({ name: `${name} ${at}`, city })));
  const draft = { filter: { name: { starts_with: name } }, sort: "name", columns: [{ path: "name", pinned: true }, { path: "city" }, { path: "domain" }] };
  return {
    name,
    ids: data.map((/** @type {{ id: string }} */ each) => each.id),
    path: `/o/companies?draft=${encodeURIComponent(JSON.stringify(draft))}`,
    /** The cities that are stored, by name; what is in the bin is left out. */
    stored: async () => {
      const filter = encodeURIComponent(JSON.stringify(draft.filter));
      const answer = await api("GET", `/companies?sort=name&fields=city&filter=${filter}`);
      return answer.data.map((/** @type {{ city: string | null }} */ each) => each.city);
    },
  };
}

/** @param {Page} page @param {string} path */
async function open(page, path) {
  await openList(page, "companies");
  await page.goto(BASE + path);
  await shown(page);
  await page.getByRole("grid").focus();
}

/** @param {Page} page */
const toast = (page) => page.locator(".toast");

test("a cell, with Ctrl+Z, and again with Ctrl+Shift+Z", () =>
  onPage(async (page) => {
    const { path, stored } = await companies("Riga", "Tartu");
    await open(page, path);
    await page.keyboard.press("ArrowRight");
    await page.keyboard.type("Ventspils");
    await page.keyboard.press("Enter");
    await eventually(stored, ["Ventspils", "Tartu"]);
    await page.keyboard.press("Control+Z");
    await toast(page).getByText("Undone: Changed 1 record").waitFor();
    await cell(page, 0, 1).getByText("Riga").waitFor();
    await eventually(stored, ["Riga", "Tartu"]);
    await page.keyboard.press("Control+Shift+Z");
    await toast(page).getByText("Redone: Changed 1 record").waitFor();
    await cell(page, 0, 1).getByText("Ventspils").waitFor();
    await eventually(stored, ["Ventspils", "Tartu"]);
  }));

test("a bulk edit and a deletion, each by the Undo of its own words", () =>
  onPage(async (page) => {
    const { path, stored } = await companies("Riga", "Tartu", "Kaunas");
    await open(page, path);
    for (const key of ["x", "ArrowDown", "x"]) await page.keyboard.press(key);
    await page.getByRole("button", { name: "Edit…" }).click();
    await page.getByRole("combobox", { name: "Add a field" }).click();
    await page.keyboard.type("city");
    await page.keyboard.press("Enter");
    await page.getByRole("textbox", { name: "City" }).fill("Liepāja");
    await page.getByText("2 records will change.").waitFor();
    const requests = counted(page, "PATCH");
    await page.getByRole("button", { name: "Change", exact: true }).click();
    await toast(page).getByText("Changed 2 records").waitFor();
    assert.equal(requests(), 1, "one request for all of them");
    await page.getByRole("grid").focus();
    for (const key of ["Control+Home", "ArrowDown", "ArrowDown", "x"]) await page.keyboard.press(key);
    await page.getByRole("button", { name: "Delete" }).click();
    await toast(page).getByText("Deleted 1 record").waitFor();
    await eventually(stored, ["Liepāja", "Liepāja"]);
    // The older act alone.
    await toast(page).filter({ hasText: "Changed 2 records" }).getByRole("button", { name: "Undo" }).click();
    await toast(page).getByText("Undone: Changed 2 records").waitFor();
    await eventually(stored, ["Riga", "Tartu"]);
    await toast(page).filter({ hasText: "Deleted 1 record" }).getByRole("button", { name: "Undo" }).click();
    await cell(page, 2, 1).getByText("Kaunas").waitFor();
    await eventually(stored, ["Riga", "Tartu", "Kaunas"]);
  }));

test("a paste over rows and below them is one act", () =>
  onPage(async (page) => {
    const { name, path, stored } = await companies("Riga", "Tartu");
    await open(page, path);
    await page.keyboard.press("ArrowDown");
    await paste(page, `${name} 1\tPärnu\n${name} 2\tNarva\n${name} 3\tViljandi\n`);
    await page.getByRole("dialog", { name: "Paste 3 rows" }).waitFor();
    await page.keyboard.press("Enter");
    await eventually(stored, ["Riga", "Pärnu", "Narva", "Viljandi"]);
    await toast(page).getByRole("button", { name: "Undo" }).click();
    await toast(page).getByText(/^Undone: Pasted/).waitFor();
    await eventually(stored, ["Riga", "Tartu"]);
  }));

test("a row of a paste that a colleague has changed waits for me; the others are written in one more request", () =>
  onPage(
    async (page) => {
      const { ids, path, stored } = await companies("Riga", "Tartu", "Kaunas");
      await open(page, path);
      // A colleague changes one in another field, and one in the same.
      await api("PATCH", `/companies/${ids[0]}`, { employees: 12 });
      await api("PATCH", `/companies/${ids[1]}`, { city: "Rakvere" });
      await page.keyboard.press("ArrowRight");
      const requests = counted(page, "PATCH");
      await paste(page, "Jelgava\nValka\nBauska\n");
      await page.getByRole("dialog", { name: "Paste 3 rows" }).waitFor();
      await page.keyboard.press("Enter");
      const dialog = page.getByRole("dialog", { name: "City was changed by someone else" });
      await dialog.getByText("Rakvere").waitFor();
      await eventually(stored, ["Jelgava", "Rakvere", "Bauska"]);
      assert.equal(requests(), 2);
      await dialog.getByRole("button", { name: "Keep theirs" }).click();
      await cell(page, 1, 1).getByText("Rakvere").waitFor();
    },
    {},
    /status of 409/,
  ));

test("what somebody has changed since is left alone, and named", () =>
  onPage(async (page) => {
    const { name, ids, path, stored } = await companies("Riga", "Tartu");
    await open(page, path);
    await page.keyboard.press("ArrowRight");
    await paste(page, "Jelgava\nValka\n");
    await page.getByRole("dialog", { name: "Paste 2 rows" }).waitFor();
    await page.keyboard.press("Enter");
    await eventually(stored, ["Jelgava", "Valka"]);
    await api("PATCH", `/companies/${ids[1]}`, { city: "Rakvere" });
    await page.keyboard.press("Control+Z");
    await toast(page).getByText(`Undone, except what has changed since: City of ${name} 1`).waitFor();
    await accessible(page, "a toast");
    await cell(page, 0, 1).getByText("Riga").waitFor();
    await eventually(stored, ["Riga", "Rakvere"]);
  }));

test("a record: what was typed, what it went back to, its deletion", () =>
  onPage(async (page) => {
    const { name, ids, stored } = await companies("Riga");
    await api("PATCH", `/companies/${ids[0]}`, { city: "Tartu" });
    await signInAt(page, `/o/companies/${ids[0]}`);
    const city = page.locator(".prop").filter({ has: page.locator("dt", { hasText: /^City$/ }) });
    await page.getByRole("button", { name: "Edit City", exact: true }).click();
    await page.locator(".editor input").waitFor();
    await page.keyboard.press("Control+A");
    await page.keyboard.type("Narva");
    await page.keyboard.press("Enter");
    await page.getByText(/version 3/).waitFor();
    await page.keyboard.press("Control+Z");
    await toast(page).getByText(/^Undone: Changed City/).waitFor();
    await city.getByText("Tartu").waitFor();
    await page.getByRole("tab", { name: "History" }).click();
    await page.locator(".past > li").last().getByRole("button", { name: "Go back to this" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Go back" }).click();
    await city.getByText("Riga").waitFor();
    await toast(page).filter({ hasText: "Went back to version 1" }).getByRole("button", { name: "Undo" }).click();
    await city.getByText("Tartu").waitFor();
    await page.getByRole("button", { name: "More acts" }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await toast(page).filter({ hasText: `Deleted ${name} 0` }).getByRole("button", { name: "Undo" }).click();
    await toast(page).getByText(`Undone: Deleted ${name} 0`).waitFor();
    await eventually(stored, ["Tartu"]);
  }));

/** How many requests of a method are sent from here on. @param {Page} page @param {string} method */
function counted(page, method) {
  let count = 0;
  page.on("request", (request) => {
    if (request.method() === method) count += 1;
  });
  return () => count;
}
