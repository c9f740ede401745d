// I make myself at home: language, theme, password, sessions.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./axe.mjs";
import { BASE, onPage, signUpAt } from "./browser.mjs";

test("my name, language and time zone go with me", () =>
  onPage(async (page) => {
    const { token } = await signUpAt(page, "/me");
    await accessible(page, "the profile");
    await page.getByLabel("Name", { exact: true }).fill("Ann Whitfield");
    await page.keyboard.press("Enter");
    await page.locator(".toast").getByText("Saved").waitFor();
    await page.getByLabel("Time zone").selectOption("Europe/Riga");
    await page.getByRole("radio", { name: "Русский" }).click();
    await page.getByRole("heading", { name: "Профиль" }).waitFor();
    await accessible(page, "the profile in Russian");
    await page.getByRole("navigation").getByText("Ann Whitfield").waitFor();
    const me = await (await page.request.get(`${BASE}/api/v1/auth/me`, { headers: { authorization: `Bearer ${token}` } })).json();
    assert.deepEqual([me.user.name, me.user.language, me.user.time_zone], ["Ann Whitfield", "ru", "Europe/Riga"]);
  }));

test("a new password ends my other sessions", () =>
  onPage(
    async (page) => {
      const { password } = await signUpAt(page, "/me");
      await page.getByRole("heading", { name: "Where you are signed in" }).waitFor();
      const sessions = page.locator(".sessions li");
      const before = await sessions.count();
      assert.ok(before >= 2, String(before));
      await page.getByLabel("Current password").fill("not it");
      await page.getByLabel(/^New password/).fill("another long one");
      await page.keyboard.press("Enter");
      await page.locator(".bad-word").first().waitFor();
      await page.getByLabel("Current password").fill(password);
      await page.keyboard.press("Enter");
      await page.locator(".toast").getByText(/^Changed the password/).waitFor();
      await page.waitForFunction(() => document.querySelectorAll(".sessions li").length === 1);
    },
    {},
    /status of 4\d\d/,
  ));
