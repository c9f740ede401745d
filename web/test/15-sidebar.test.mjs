// I arrange the sidebar: with keys, by dragging, in a menu; everybody sees it, and my favourites are mine.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./axe.mjs";
import { BASE, eventually, onPage, signUpAt } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

const CRM = ["Companies", "Contacts", "Opportunities"];

/** @param {Page} page @param {string} group What stands in a group of the sidebar, in order. */
const inGroup = (page, group) => page.locator(".places").getByRole("region", { name: group, exact: true }).getByRole("link").and(page.locator(".place")).allInnerTexts();
/** @param {Page} page @param {string} name */
const place = (page, name) => page.locator(".places .place").filter({ hasText: new RegExp(`^${name}$`) });

/** @param {Page} page */
async function arrive(page) {
  const account = await signUpAt(page, "/o/companies");
  await place(page, "Companies").first().waitFor();
  return account;
}

/** @param {Page} page @param {string} token The items that the server keeps. */
async function kept(page, token) {
  const answer = await page.request.get(`${BASE}/api/v1/sidebar_items`, { headers: { authorization: `Bearer ${token}` } });
  return (await answer.json()).data;
}

test("Alt with an arrow moves a list, the focus stays on it, and a reload shows the same", () =>
  onPage(async (page) => {
    const { token } = await arrive(page);
    const before = await inGroup(page, "CRM");
    assert.deepEqual(before.slice(0, 3), CRM);
    await place(page, "Companies").focus();
    await page.keyboard.press("Alt+ArrowDown");
    await page.keyboard.press("Alt+ArrowDown");
    await eventually(async () => (await inGroup(page, "CRM")).slice(0, 3), ["Contacts", "Opportunities", "Companies"]);
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Companies");
    await page.getByText("Companies: 3 of", { exact: false }).waitFor({ state: "attached" });
    await eventually(async () => (await kept(page, token)).length, before.length + 1);
    await page.reload();
    await place(page, "Companies").waitFor();
    await eventually(async () => (await inGroup(page, "CRM")).slice(0, 3), ["Contacts", "Opportunities", "Companies"]);
    // Nothing but the arrangement is changed by the keys: the list that was open is open.
    assert.match(page.url(), /\/o\/companies/);
  }));

test("at the end of its group a list goes into the next one", () =>
  onPage(async (page) => {
    await arrive(page);
    await place(page, "Tasks").click({ button: "right" });
    await page.getByRole("menuitem", { name: "New group…" }).click();
    await page.getByLabel("Name of the group").fill("Every day");
    await page.keyboard.press("Enter");
    await eventually(() => inGroup(page, "Every day"), ["Tasks"]);
    const last = (await inGroup(page, "CRM")).at(-1) ?? "";
    await place(page, last).focus();
    await page.keyboard.press("Alt+ArrowDown");
    await eventually(() => inGroup(page, "Every day"), [last, "Tasks"]);
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), last);
    await page.keyboard.press("Alt+ArrowUp");
    await eventually(async () => (await inGroup(page, "CRM")).at(-1), last);
  }));

test("a list is dragged to another place", () =>
  onPage(async (page) => {
    await arrive(page);
    await place(page, "Opportunities").dragTo(place(page, "Companies"));
    await eventually(async () => (await inGroup(page, "CRM")).slice(0, 3), ["Opportunities", "Companies", "Contacts"]);
    await place(page, "Opportunities").dragTo(place(page, "Contacts"));
    await eventually(async () => (await inGroup(page, "CRM")).slice(0, 3), CRM);
  }));

test("a group is added, named, and removed; its lists go back", () =>
  onPage(async (page) => {
    await arrive(page);
    await place(page, "Contacts").focus();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "New group…" }).waitFor();
    await page.getByRole("menuitem", { name: "New group…" }).click();
    await page.getByLabel("Name of the group").fill("Every day");
    await page.keyboard.press("Enter");
    await eventually(() => inGroup(page, "Every day"), ["Contacts"]);
    const group = page.getByRole("region", { name: "Every day" });
    await group.getByRole("button", { name: "More about Every day" }).click();
    await page.getByRole("menuitem", { name: "Rename the group…" }).click();
    await page.getByLabel("Name of the group").fill("Daily");
    await page.keyboard.press("Enter");
    await eventually(() => inGroup(page, "Daily"), ["Contacts"]);
    await page.getByRole("region", { name: "Daily" }).getByRole("button", { name: "More about Daily" }).click();
    await page.getByRole("menuitem", { name: "Remove the group" }).click();
    await eventually(async () => (await inGroup(page, "CRM")).includes("Contacts"), true);
  }));

test("favourites: added with a star, from the menu and by dragging, and put in order with keys", () =>
  onPage(async (page) => {
    const { token } = await arrive(page);
    await page.getByRole("button", { name: "Add to favourites" }).click();
    await eventually(() => inGroup(page, "Favourites"), ["Companies"]);
    await page.getByRole("region", { name: "CRM" }).getByRole("link", { name: "Contacts" }).click({ button: "right" });
    await page.getByRole("menuitem", { name: "Add to favourites" }).click();
    await eventually(() => inGroup(page, "Favourites"), ["Companies", "Contacts"]);
    const favourites = page.getByRole("region", { name: "Favourites" });
    await page.getByRole("region", { name: "CRM" }).getByRole("link", { name: "Opportunities" }).dragTo(favourites.getByRole("link", { name: "Companies" }));
    await eventually(() => inGroup(page, "Favourites"), ["Companies", "Contacts", "Opportunities"]);
    await favourites.getByRole("link", { name: "Opportunities" }).focus();
    await page.keyboard.press("Alt+ArrowUp");
    await page.keyboard.press("Alt+ArrowUp");
    await eventually(() => inGroup(page, "Favourites"), ["Opportunities", "Companies", "Contacts"]);
    await accessible(page, "favourites");
    await favourites.getByRole("link", { name: "Companies" }).click({ button: "right" });
    await page.getByRole("menuitem", { name: "Remove from favourites" }).click();
    await eventually(() => inGroup(page, "Favourites"), ["Opportunities", "Contacts"]);
    await eventually(async () => (await kept(page, token)).length, 2);
    await page.reload();
    await place(page, "Companies").waitFor();
    await eventually(() => inGroup(page, "Favourites"), ["Opportunities", "Contacts"]);
  }));

test("on a phone a list is moved in its menu", () =>
  onPage(
    async (page) => {
      await signUpAt(page, "/lists");
      await place(page, "Companies").waitFor();
      await page.getByRole("button", { name: "More about Companies" }).click();
      await page.getByRole("menuitem", { name: "Move down" }).click();
      await eventually(async () => (await inGroup(page, "CRM")).slice(0, 2), ["Contacts", "Companies"]);
      await accessible(page, "lists on a phone");
    },
    { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
  ));
