// I bring a thousand rows from a spreadsheet, and take a range back to it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./axe.mjs";
import { BASE, cell, onPage, openOwnList, paste, signUpAt } from "./browser.mjs";

test("a thousand rows are pasted into an empty list, after a look at what would come of it", () =>
  onPage(async (page) => {
    const { token } = await signUpAt(page, "/o/companies");
    await page.getByRole("heading", { name: "No companies yet" }).waitFor();
    const rows = Array.from({ length: 1_000 }, (_, at) => `Company ${String(at).padStart(4, "0")}\tcompany-${at}.example`);
    await paste(page, rows.join("\r\n"));
    const dialog = page.getByRole("dialog", { name: "Paste 1000 rows" });
    await dialog.getByText("1000 records are made").waitFor();
    await accessible(page, "the preview of a paste");
    await page.keyboard.press("Enter");
    await page.locator(".totals").getByText("1,000", { exact: true }).waitFor();
    const answer = await page.request.get(`${BASE}/api/v1/companies?count=exact&limit=1`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal((await answer.json()).total, 1_000);
  }));

test("cells that cannot be read are shown before, and left out", () =>
  onPage(async (page) => {
    const { grid } = await openOwnList(page, "contacts", "last_name", [{}, {}], ["status", "lead_score"]);
    await grid.focus();
    await page.keyboard.press("ArrowRight");
    await paste(page, "Customer\tabc\nNope\t5\n");
    const dialog = page.getByRole("dialog", { name: "Paste 2 rows" });
    await dialog.getByText("2 cells cannot be read and are left out").waitFor();
    await dialog.getByText("“Nope” is none of the options.").waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
  }));

test("a range is copied as a spreadsheet reads it", () =>
  onPage(
    async (page) => {
      const { grid, names } = await openOwnList(page, "opportunities", "name", [{ stage: "new" }, {}], ["stage"]);
      await grid.focus();
      await page.keyboard.press("Shift+ArrowDown");
      await page.keyboard.press("Shift+ArrowRight");
      await page.keyboard.press("Control+C");
      await page.locator(".toast").getByText("Copied 4 cells").waitFor();
      const text = await page.evaluate(() => navigator.clipboard.readText());
      const lines = text.split("\n").map((line) => line.trimEnd().split("\t"));
      assert.deepEqual(lines.map(([name]) => name), names);
      assert.ok(lines.every((line) => line.length === 2));
      await cell(page, 0, 0).waitFor();
    },
    { permissions: ["clipboard-read", "clipboard-write"] },
  ));
