// I keep a list as I arranged it, and share it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./axe.mjs";
import { api, BASE, onPage, openList, shown } from "./browser.mjs";

test("a filter becomes a view of mine, then everybody's; changing it is a draft until it is saved", () =>
  onPage(async (page) => {
    await openList(page, "opportunities");
    const name = `Won deals ${process.pid}`;
    const filter = encodeURIComponent(JSON.stringify({ filter: { stage: { eq: "won" } }, sort: "name" }));
    await page.goto(`${BASE}/o/opportunities?draft=${filter}`);
    const won = (await api("GET", `/opportunities?count=exact&limit=1&filter=${encodeURIComponent('{"stage":{"eq":"won"}}')}`)).total;
    await page.locator(".totals b").first().getByText(String(won), { exact: true }).waitFor();
    await page.getByRole("button", { name: "Save as mine" }).click();
    await page.getByLabel("Name of the view").fill(name);
    await accessible(page, "a view is named");
    await page.keyboard.press("Enter");
    const tab = page.getByRole("tab", { name });
    await tab.waitFor();
    assert.equal(await tab.getAttribute("aria-selected"), "true");
    assert.match(page.url(), /view=[0-9a-f-]{36}$/);
    await accessible(page, "a view");
    // Another filter on it is a draft, which Reset lets go.
    await page.getByRole("columnheader", { name: /^Stage/ }).locator(".head-name").click();
    await page.getByRole("img", { name: "Changed, not saved" }).waitFor();
    await page.getByRole("button", { name: "Reset" }).click();
    await page.waitForURL((url) => !url.search.includes("draft"));
    // Saved, it is there after a reload.
    await page.getByRole("columnheader", { name: /^Stage/ }).locator(".head-name").click();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.locator(".toast").getByText(`Saved the view ${name}`).last().waitFor();
    await page.reload();
    await tab.waitFor();
    await shown(page);
    assert.equal(await page.getByRole("columnheader", { name: /^Stage/ }).getAttribute("aria-sort"), "ascending");
    await page.getByRole("button", { name: `${name}: view menu` }).click();
    await page.getByRole("menuitem", { name: "Share with everybody" }).click();
    await page.locator(".toast").getByText(`Saved the view ${name}`).last().waitFor();
    const kept = await api("GET", `/views?filter=${encodeURIComponent(JSON.stringify({ name: { eq: name } }))}`);
    assert.deepEqual([kept.data[0].shared, kept.data[0].definition.filter], [true, { stage: { eq: "won" } }]);
    await page.getByRole("button", { name: `${name}: view menu` }).click();
    await page.getByRole("menuitem", { name: "Delete the view" }).click();
    await tab.waitFor({ state: "detached" });
  }));
