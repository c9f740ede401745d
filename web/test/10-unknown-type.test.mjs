// A plugin brings a type of field that the page has never heard of: it is shown, typed, pasted and filtered like any other.

import assert from "node:assert/strict";
import { test } from "node:test";
import { api, cell, eventually, onPage, openOwnList, paste } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

/**
 * Makes the page believe that two fields of contacts are of types that a plugin has brought. The values stay what they are.
 *
 * @param {Page} page
 */
async function withPlugin(page) {
  await page.route("**/api/v1/metadata/field-types", async (route) => {
    const answer = await route.fetch();
    const body = await answer.json();
    const like = (/** @type {string} */ name) => body.data.find((/** @type {{ name: string }} */ type) => type.name === name);
    body.data.push(
      { ...like("integer"), name: "lab.score", widget: "lab.dial", title: { en: "Score", ru: "Оценка" }, value_schema: { type: "integer" } },
      { ...like("text"), name: "lab.grade", widget: "lab.grades", title: { en: "Grade", ru: "Класс" }, value_schema: { enum: ["gold", "silver"] } },
    );
    await route.fulfill({ response: answer, json: body });
  });
  await page.route("**/api/v1/metadata/objects", async (route) => {
    const answer = await route.fetch();
    const body = await answer.json();
    const contact = body.data.find((/** @type {{ api_name: string }} */ object) => object.api_name === "contact");
    for (const field of contact.fields) {
      if (field.api_name === "lead_score") field.type = "lab.score";
      if (field.api_name === "department") field.type = "lab.grade";
    }
    await route.fulfill({ response: answer, json: body });
  });
}

test("in a cell, by typing and by choosing, in a paste and in a filter", () =>
  onPage(async (page) => {
    await withPlugin(page);
    const { grid, ids } = await openOwnList(page, "contacts", "last_name", [{}, {}, {}], ["lead_score", "department"]);
    const [first = "", second = "", third = ""] = ids;
    const stored = async (/** @type {string} */ id) => {
      const record = await api("GET", `/contacts/${id}`);
      return [record.lead_score, record.department];
    };
    await grid.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.type("77");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await page.getByRole("option", { name: "gold" }).waitFor();
    await page.keyboard.type("gold");
    await page.keyboard.press("Enter");
    await cell(page, 0, 2).getByText("gold").waitFor();
    await eventually(() => stored(first), [77, "gold"]);
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowDown");
    await paste(page, "78\tsilver\n79\tbronze\n");
    const dialog = page.getByRole("dialog", { name: "Paste 2 rows" });
    await dialog.getByText("“bronze” is none of the options.").waitFor();
    await page.keyboard.press("Enter");
    await eventually(() => stored(second), [78, "silver"]);
    await eventually(async () => (await stored(third))[0], 79);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await page.keyboard.press("f");
    await page.locator(".adds").getByRole("combobox", { name: "Condition" }).click();
    await page.keyboard.type("department");
    await page.keyboard.press("Enter");
    await page.getByRole("combobox", { name: /^Operator/ }).last().click();
    await page.getByRole("option", { name: "is", exact: true }).click();
    await page.getByRole("combobox", { name: /^Value/ }).click();
    await page.getByRole("option", { name: "silver" }).click();
    await page.locator(".totals b").first().getByText("1", { exact: true }).waitFor();
    assert.match(decodeURIComponent(page.url()), /"department":\{"eq":"silver"\}/);
  }));
