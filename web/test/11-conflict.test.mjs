// A colleague and I work on the same record at the same time.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./axe.mjs";
import { api, onPage, signInAt } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

const STALE = /status of 412/;

/** A contact of this test's own. */
async function contact() {
  return api("POST", "/contacts", { first_name: "Hannah", last_name: `Lindqvist ${process.pid}`, title: "Fleet manager", lead_score: 88 });
}

/** @param {Page} page @param {string} name */
const field = (page, name) => page.locator(".prop").filter({ has: page.locator("dt", { hasText: new RegExp(`^${name}$`) }) });

/** Types a value into a field of the record. @param {Page} page @param {string} name @param {string} text */
async function write(page, name, text) {
  await page.getByRole("button", { name: `Edit ${name}`, exact: true }).first().click();
  await page.locator(".editor input").waitFor();
  await page.keyboard.press("Control+A");
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
}

test("what a colleague changed in another field is kept, and nobody is asked", () =>
  onPage(
    async (page) => {
      const { id } = await contact();
      await signInAt(page, `/o/contacts/${id}`);
      await field(page, "Job title").getByText("Fleet manager").waitFor();
      await api("PATCH", `/contacts/${id}`, { lead_score: 93 });
      await write(page, "Job title", "Fleet director");
      await page.getByText(/version 3/).waitFor();
      await field(page, "Lead score").getByText("93").waitFor();
      assert.equal(await page.getByRole("button", { name: "Keep mine" }).count(), 0);
      const now = await api("GET", `/contacts/${id}`);
      assert.deepEqual([now.title, now.lead_score], ["Fleet director", 93]);
      await api("DELETE", `/contacts/${id}`);
    },
    {},
    STALE,
  ));

for (const [choice, kept] of [
  ["Keep theirs", "Operations director"],
  ["Keep mine", "Fleet director"],
]) {
  test(`the same field shows both values: ${choice}`, () =>
    onPage(
      async (page) => {
        const { id } = await contact();
        await signInAt(page, `/o/contacts/${id}`);
        await field(page, "Job title").getByText("Fleet manager").waitFor();
        await api("PATCH", `/contacts/${id}`, { title: "Operations director" });
        await write(page, "Job title", "Fleet director");
        const strip = page.getByRole("alert").filter({ hasText: "Job title" });
        await strip.getByText("Operations director").waitFor();
        await strip.getByText("Fleet director").waitFor();
        assert.match(await strip.innerText(), /was changed by Test User/);
        if (choice === "Keep theirs") await accessible(page, "two values of one field");
        await page.getByRole("button", { name: choice ?? "" }).click();
        await strip.waitFor({ state: "detached" });
        await field(page, "Job title").getByText(kept ?? "").waitFor();
        await page.waitForTimeout(300);
        assert.equal((await api("GET", `/contacts/${id}`)).title, kept);
        await api("DELETE", `/contacts/${id}`);
      },
      {},
      STALE,
    ));
}
