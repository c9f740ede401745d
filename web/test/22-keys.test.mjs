// A program gets a key, uses it, and is shut out.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./axe.mjs";
import { asAdmin, BASE, joined, onPage, signUpAt } from "./browser.mjs";

test("a key is shown once, works, and is revoked", () =>
  onPage(async (page) => {
    await signUpAt(page, "/admin/keys");
    await page.getByRole("heading", { name: "No API keys yet" }).waitFor();
    await page.getByRole("button", { name: "New API key" }).click();
    await page.getByLabel("Name").fill("Nightly import");
    await page.getByLabel("Expires").selectOption({ label: "In 30 days" });
    await accessible(page, "a new key");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "The key of Nightly import" }).waitFor();
    await accessible(page, "the key");
    const key = (await page.locator(".secret code").textContent()) ?? "";
    assert.match(key, /^tsk_/);
    await page.getByText(`curl -H 'Authorization: Bearer ${key}'`).waitFor();
    await page.getByRole("button", { name: "Done" }).click();

    const ask = (/** @type {string} */ method, /** @type {string | undefined} */ body) =>
      fetch(`${BASE}/api/v1/companies`, { method, headers: { authorization: `Bearer ${key}`, "content-type": "application/json" }, ...(body !== undefined && { body }) });
    assert.equal((await ask("GET", undefined)).status, 200);
    assert.equal((await ask("POST", '{"name":"Acme"}')).status, 403, "it reads only");
    await page.reload();
    const row = page.getByRole("row", { name: /^Nightly import/ });
    await row.getByText(/Today/).waitFor();
    await row.getByText("Read only").waitFor();
    assert.equal(await page.getByText(key).count(), 0);
    await accessible(page, "the keys");

    await row.getByRole("button", { name: "Revoke Nightly import?" }).click();
    await page.getByRole("button", { name: "Revoke", exact: true }).click();
    await page.getByRole("heading", { name: "No API keys yet" }).waitFor();
    assert.equal((await ask("GET", undefined)).status, 401);
  }));

test("who administers keys alone sees that place alone, and gives a key no more than they have", () =>
  onPage(async (page) => {
    const { slug, token } = await signUpAt(page, "/model");
    const ask = asAdmin(page, token);
    await ask("POST", "/roles", { api_name: "integrations", name: "Integrations", admin: ["keys"], default: { read: true } });
    const { email, password } = await joined(ask, slug, "Ola", "integrations");
    await onPage(async (page) => {
      await page.goto(`${BASE}/signin?next=${encodeURIComponent("/o/companies")}`);
      await page.getByLabel("E-mail").fill(email);
      await page.getByLabel("Password").fill(password);
      await page.keyboard.press("Enter");
      await page.getByRole("link", { name: "Admin" }).click();
      await page.getByRole("heading", { name: "No API keys yet" }).waitFor();
      assert.deepEqual(await page.getByRole("navigation", { name: "Admin" }).getByRole("link").allTextContents(), ["API keys"]);
      assert.equal(await page.getByRole("link", { name: "Model" }).count(), 0);
      await page.keyboard.press("c");
      await page.getByLabel("Name").fill("Import");
      await page.getByRole("combobox", { name: /^Roles/ }).click();
      await page.getByRole("listbox").getByRole("option").first().waitFor();
      assert.deepEqual(await page.getByRole("listbox").getByRole("option").allTextContents(), ["Integrations"]);
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Make the key" }).click();
      await page.getByRole("heading", { name: "The key of Import" }).waitFor();
    });
  }));
