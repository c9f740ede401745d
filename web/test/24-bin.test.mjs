// I look into the bin.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./axe.mjs";
import { asAdmin, onPage, signUpAt } from "./browser.mjs";

test("of two deleted records one comes back and one is destroyed", () =>
  onPage(async (page) => {
    const { token } = await signUpAt(page, "/admin/bin");
    await page.getByRole("heading", { name: "The bin is empty" }).waitFor();
    const ask = asAdmin(page, token);
    for (const name of ["Acme", "Zemgale"]) {
      const { id } = await ask("POST", "/companies", { name });
      await ask("DELETE", `/companies/${id}`);
    }
    await page.reload();
    await page.getByRole("link", { name: "Companies 2" }).waitFor();
    await accessible(page, "the bin");
    await page.getByRole("button", { name: "Restore: Acme" }).click();
    await page.locator(".toast").getByText("Restored Acme").waitFor();
    await page.getByRole("link", { name: "Companies 1" }).waitFor();
    assert.deepEqual((await ask("GET", "/companies")).data.map((/** @type {{ name: string }} */ company) => company.name), ["Acme"]);

    await page.getByRole("button", { name: "Destroy Zemgale?" }).click();
    const act = page.getByRole("button", { name: "Destroy", exact: true });
    assert.equal(await act.isEnabled(), false);
    await page.getByLabel("Type Zemgale to go on").fill("zemgale");
    await accessible(page, "the question before a record is destroyed");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "The bin is empty" }).waitFor();
    assert.deepEqual((await ask("GET", "/companies?deleted=only")).data, []);
  }));
