// I put people into teams.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./axe.mjs";
import { BASE, onPage, signUpAt } from "./browser.mjs";

test("a team gets a manager, another name, and is removed", () =>
  onPage(async (page) => {
    const { token, email } = await signUpAt(page, "/admin/teams");
    const teams = async () => (await (await page.request.get(`${BASE}/api/v1/teams`, { headers: { authorization: `Bearer ${token}` } })).json()).data;
    await page.getByRole("heading", { name: "No teams yet" }).waitFor();
    await accessible(page, "no teams");
    const name = email.split("@")[0] ?? "";
    await page.getByRole("button", { name: "New team" }).click();
    await page.getByLabel("Name", { exact: true }).fill("Baltic sales");
    await page.getByText("baltic_sales").waitFor();
    await page.getByRole("combobox", { name: "Add members" }).click();
    await page.getByRole("option", { name }).click();
    await page.keyboard.press("Escape");
    await page.getByRole("checkbox", { name: `${name} manages the team` }).click();
    await accessible(page, "a team");
    await page.getByRole("button", { name: "Make the team" }).click();
    const row = page.getByRole("table", { name: "Teams" }).getByRole("row", { name: "Baltic sales" });
    await row.getByText("1 person").waitFor();
    await accessible(page, "the teams");
    const [made] = await teams();
    assert.deepEqual([made.api_name, made.members.length, made.managers], ["baltic_sales", 1, made.members]);

    await page.getByRole("button", { name: "Baltic sales", exact: true }).click();
    await page.getByLabel("Name", { exact: true }).fill("Nordic sales");
    await page.getByRole("button", { name: `Take ${name} out of the team` }).click();
    await page.getByRole("button", { name: "Save" }).click();
    const renamed = page.getByRole("row", { name: "Nordic sales" });
    await renamed.getByText("0 people").waitFor();

    await renamed.getByRole("button", { name: "More about Nordic sales" }).click();
    await page.getByRole("menuitem", { name: "Remove the team…" }).click();
    await page.getByRole("button", { name: "Remove", exact: true }).click();
    await page.getByRole("heading", { name: "No teams yet" }).waitFor();
    assert.deepEqual(await teams(), []);
  }));
