// A colleague opens the view that I have shared, and works in it while I do.

import assert from "node:assert/strict";
import { test } from "node:test";
import { api, BASE, cell, eventually, onPage, openList, PASSWORD, shown } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

const COLLEAGUE = { name: "Ilze Kalniņa", email: "ilze.kalnina@example.com" };

/** Signs the colleague in. @param {Page} page @param {string} path */
async function signInColleague(page, path) {
  await page.goto(`${BASE}/signin?next=${encodeURIComponent(path)}`);
  await page.locator("input[name=email]").fill(COLLEAGUE.email);
  await page.locator("input[name=password]").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await shown(page);
}

test("she sees it at once, changes it for herself alone, and what she writes stands beside what I write", () =>
  onPage(
    (mine) =>
      onPage(async (hers) => {
        const name = `Together ${process.pid}`;
        const { data } = await api("POST", "/companies", ["Riga", "Tartu", "Kaunas"].map((city, at) => ({ name: `${name} ${at}`, city })));
        const draft = { filter: { name: { starts_with: name } }, sort: "name", columns: [{ path: "name", pinned: true }, { path: "city" }] };
        await openList(mine, "companies");
        await mine.goto(`${BASE}/o/companies?draft=${encodeURIComponent(JSON.stringify(draft))}`);
        await mine.locator(".totals").getByText("3", { exact: true }).waitFor();
        await mine.getByRole("button", { name: "Save as mine" }).click();
        await mine.getByLabel("Name of the view").fill(name);
        await mine.getByRole("checkbox", { name: "Share with everybody" }).click();
        await mine.getByRole("dialog").getByRole("button", { name: "Save" }).click();
        await mine.getByRole("tab", { name }).waitFor();
        await signInColleague(hers, "/o/companies");
        await hers.getByRole("tab", { name }).click();
        await hers.locator(".totals").getByText("3", { exact: true }).waitFor();
        assert.deepEqual(await hers.locator("[role=columnheader] .head-name").allInnerTexts(), ["Name", "City"]);
        // Her sorting is a draft, which I do not see.
        await hers.getByRole("columnheader", { name: /^City/ }).locator(".head-name").click();
        await cell(hers, 0, 1).getByText("Kaunas").waitFor();
        await hers.getByRole("img", { name: "Changed, not saved" }).waitFor();
        await mine.reload();
        await cell(mine, 0, 1).getByText("Riga").waitFor();
        assert.equal(await mine.getByRole("img", { name: "Changed, not saved" }).count(), 0);
        // She writes into a cell that I have in front of me.
        await hers.getByRole("button", { name: "Reset" }).click();
        await cell(hers, 0, 1).getByText("Riga").waitFor();
        await write(hers, "Liepāja");
        await eventually(async () => (await api("GET", `/companies/${data[0].id}`)).city, "Liepāja");
        await write(mine, "Ventspils");
        const dialog = mine.getByRole("dialog", { name: "City was changed by someone else" });
        await dialog.getByText("Liepāja").waitFor();
        await dialog.getByRole("button", { name: "Keep mine" }).click();
        await eventually(async () => (await api("GET", `/companies/${data[0].id}`)).city, "Ventspils");
        // On the record both have open, her name stands beside her value.
        await mine.goto(`${BASE}/o/companies/${data[1].id}`);
        await mine.getByRole("button", { name: "Edit City", exact: true }).waitFor();
        await hers.keyboard.press("Escape");
        await write(hers, "Narva", 1);
        await eventually(async () => (await api("GET", `/companies/${data[1].id}`)).city, "Narva");
        await mine.getByRole("button", { name: "Edit City", exact: true }).click();
        await mine.locator(".editor input").waitFor();
        await mine.keyboard.press("Control+A");
        await mine.keyboard.type("Pärnu");
        await mine.keyboard.press("Enter");
        await mine.getByText(`was changed by ${COLLEAGUE.name}`).waitFor();
        await mine.getByRole("button", { name: "Keep theirs" }).click();
        await mine.locator(".prop").getByText("Narva").waitFor();
        const views = await api("GET", `/views?filter=${encodeURIComponent(JSON.stringify({ name: { eq: name } }))}`);
        for (const { id } of views.data) await api("DELETE", `/views/${id}`);
        for (const { id } of data) await api("DELETE", `/companies/${id}`);
      }),
    {},
    /status of 412/,
  ));

/** Types a city into a row of the list. @param {Page} page @param {string} text @param {number} [row] */
async function write(page, text, row = 0) {
  await cell(page, row, 1).click();
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
}
