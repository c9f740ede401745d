// What opens above the page: a menu, a panel, a dialog, a picker; on a phone a sheet.

import { test } from "node:test";
import { accessible } from "./axe.mjs";
import { cell, onPage, openList } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

const PHONE = { width: 390, height: 844 };

/** @type {[what: string, open: (page: Page) => Promise<void>, phone?: boolean][]} */
const KINDS = [
  ["a menu of a button", (page) => page.getByTitle("Account", { exact: true }).click()],
  ["a menu of a column", (page) => cell(page, 0, 1).click({ button: "right" })],
  ["a menu of a choice", (page) => page.getByTitle("Row height").click()],
  ["a panel", (page) => page.getByRole("button", { name: /^Fields/ }).click()],
  ["the filter", (page) => page.keyboard.press("f")],
  ["a dialog", (page) => page.getByRole("button", { name: "New view" }).click()],
  ["the palette", (page) => page.keyboard.press("Control+K")],
  ["a picker of a bar", (page) => page.getByRole("combobox", { name: "Group" }).click()],
  ["a picker in a cell", (page) => cell(page, 0, 2).dblclick()],
  ["a total's menu", (page) => page.locator(".total-button").first().click()],
  ["a sheet", (page) => page.getByRole("button", { name: /^Fields/ }).click(), true],
  ["a sheet of the filter", (page) => page.getByRole("button", { name: /^Filter/ }).click(), true],
  ["a menu on a phone", (page) => page.getByRole("button", { name: "View", exact: true }).click(), true],
  ["a form on a phone", (page) => page.getByRole("button", { name: /^New/ }).last().click(), true],
];

for (const [what, open, phone = false] of KINDS) {
  test(`${what} can be read by everybody`, () =>
    onPage(async (page) => {
      await openList(page, "tasks");
      if (phone) {
        await page.setViewportSize(PHONE);
        await page.getByRole("list", { name: "Tasks" }).waitFor();
      }
      await open(page);
      await page.locator(".placed, .dialog").first().waitFor();
      await accessible(page, what);
    }));
}
