// I ask a list for what I need: through relations, in groups, by whether there is any.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./axe.mjs";
import { api, onPage, openList } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** @param {Page} page @param {string} field */
async function add(page, field) {
  await page.locator(".filter-float > .builder > .group > .adds").getByRole("combobox", { name: "Condition" }).click();
  await page.keyboard.type(field);
  await page.getByRole("option").first().waitFor();
  await page.keyboard.press("Enter");
}

/** @param {object} filter */
const countOf = async (filter) => (await api("GET", `/contacts?count=exact&limit=1&filter=${encodeURIComponent(JSON.stringify(filter))}`)).total;

/** @param {Page} page @param {number} count */
const counted = (page, count) => page.locator(".totals b").first().getByText(String(count), { exact: true }).waitFor();

test("by a choice, by the city of the company, and by whether there are deals", () =>
  onPage(async (page) => {
    await openList(page, "contacts");
    await page.keyboard.press("f");
    await add(page, "status");
    await page.getByRole("combobox", { name: "Value" }).click();
    await page.keyboard.type("customer");
    await page.keyboard.press("Enter");
    await counted(page, await countOf({ status: { eq: "customer" } }));
    await add(page, "company city");
    await page.getByRole("textbox", { name: "Value" }).fill("riga");
    const two = { and: [{ status: { eq: "customer" } }, { company: { city: { contains: "riga" } } }] };
    await counted(page, await countOf(two));
    await add(page, "opportunities");
    await accessible(page, "the filter");
    const three = { and: [...two.and, { opportunities: { some: {} } }] };
    await counted(page, await countOf(three));
    await page.getByRole("combobox", { name: "How many of them" }).click();
    await page.getByRole("option", { name: "none" }).click();
    await counted(page, await countOf({ and: [...two.and, { opportunities: { none: {} } }] }));
    await page.keyboard.press("Escape");
    // The bar says it in words, and lets go of one at a time.
    await page.locator(".conditions").getByText("Company · City").waitFor();
    await page.locator(".conditions").getByRole("button", { name: "Remove the condition" }).last().click();
    await counted(page, await countOf(two));
    await page.reload();
    await counted(page, await countOf(two));
  }));

test("every operator of each type finds what the API finds", () =>
  onPage(async (page) => {
    await openList(page, "contacts");
    await page.keyboard.press("f");
    await add(page, "lead score");
    /** @param {string} name */
    const operator = async (name) => {
      await page.getByRole("combobox", { name: "Operator" }).click();
      await page.getByRole("option", { name, exact: true }).click();
    };
    await page.getByRole("textbox", { name: "Value" }).fill("40");
    for (const [name, filter] of /** @type {[string, object][]} */ ([
      ["at least", { lead_score: { gte: 40 } }],
      ["less than", { lead_score: { lt: 40 } }],
      ["is not", { lead_score: { neq: 40 } }],
    ])) {
      await operator(name);
      await counted(page, await countOf(filter));
    }
    await operator("between");
    await page.getByRole("textbox", { name: "To" }).fill("60");
    await counted(page, await countOf({ lead_score: { between: [40, 60] } }));
    await operator("is empty");
    const empty = await countOf({ lead_score: { is_null: true } });
    if (empty > 0) await counted(page, empty);
    await operator("is not empty");
    await counted(page, await countOf({ lead_score: { is_null: false } }));
  }));

test("conditions in groups, joined by or", () =>
  onPage(async (page) => {
    await openList(page, "contacts");
    await page.keyboard.press("f");
    await add(page, "first name");
    await page.getByRole("textbox", { name: "Value" }).fill("an");
    await add(page, "last name");
    await page.getByRole("textbox", { name: "Value" }).last().fill("er");
    await page.getByRole("button", { name: "all of these" }).click();
    await page.getByRole("menuitem", { name: "any of these" }).click();
    await counted(page, await countOf({ or: [{ first_name: { contains: "an" } }, { last_name: { contains: "er" } }] }));
    await page.getByRole("button", { name: "Group" }).click();
    await page.locator(".builder .line .group").getByRole("combobox", { name: "Condition" }).click();
    await page.keyboard.type("city");
    await page.keyboard.press("Enter");
    await page.locator(".builder .line .group").getByRole("textbox", { name: "Value" }).fill("riga");
    await counted(page, await countOf({ or: [{ first_name: { contains: "an" } }, { last_name: { contains: "er" } }, { city: { contains: "riga" } }] }));
    await page.getByRole("button", { name: "Clear the filter" }).click();
    await counted(page, (await api("GET", "/contacts?count=exact&limit=1")).total);
    assert.equal(new URL(page.url()).search, "");
  }));

test("as JSON: what I drew is there to copy, what I paste is tried and drawn", () =>
  onPage(
    async (page) => {
      await openList(page, "contacts");
      await page.keyboard.press("f");
      await add(page, "status");
      await page.getByRole("combobox", { name: "Value" }).click();
      await page.keyboard.type("customer");
      await page.keyboard.press("Enter");
      await counted(page, await countOf({ status: { eq: "customer" } }));
      await page.getByRole("button", { name: "As JSON" }).click();
      const box = page.getByRole("textbox", { name: "As JSON" });
      assert.deepEqual(JSON.parse(await box.inputValue()), { status: { eq: "customer" } });
      await accessible(page, "the filter as JSON");
      const apply = page.getByRole("button", { name: "Apply" });
      await box.fill("{ nonsense");
      await apply.click();
      await page.getByRole("alert").getByText("This is not JSON.").waitFor();
      await box.fill('{"stature":{"eq":"lead"}}');
      await apply.click();
      await page.getByRole("alert").getByText(/stature/).waitFor();
      const filter = { or: [{ lead_score: { gte: 50 } }, { company: { city: { eq: "Riga" } } }] };
      await box.fill(JSON.stringify(filter));
      await apply.click();
      await counted(page, await countOf(filter));
      await page.getByRole("button", { name: "As rows" }).click();
      await page.locator(".builder").getByText("any of these").waitFor();
    },
    {},
    /status of 400/,
  ));
