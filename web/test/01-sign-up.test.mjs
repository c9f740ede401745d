// Somebody who has never been here makes an organisation, and comes back to it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./axe.mjs";
import { BASE, EMAIL, onPage, PASSWORD, signInAt, signUpAt } from "./browser.mjs";

const REFUSED = /status of 4\d\d/;

test("I make an organisation and am in it", () =>
  onPage(async (page) => {
    await page.goto(`${BASE}/signup`);
    await accessible(page, "sign-up");
    const name = `Kestrel Machinery ${process.pid}`;
    await page.getByLabel("Name of the organisation").fill(name);
    await page.getByText(`Its short name: kestrel-machinery-${process.pid}`).waitFor();
    await page.getByLabel("E-mail").fill(`ann.${process.pid}@kestrel.example`);
    await page.getByLabel(/^Password/).fill("correct horse battery");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name }).waitFor();
    // A reload and another tab find me still there.
    await page.reload();
    await page.getByRole("button", { name }).waitFor();
    const other = await page.context().newPage();
    await other.goto(BASE);
    await other.getByRole("button", { name }).waitFor();
    // Nothing that a script could steal lies about.
    const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
    assert.doesNotMatch(kept, /eyJ/);
    // Signing out in one is signing out in both.
    await other.getByRole("button", { name }).click();
    await other.getByRole("menuitem", { name: "Sign out" }).click();
    await other.getByLabel("E-mail").waitFor();
    await page.getByLabel("E-mail").waitFor();
  }));

test("an address leads where it says after signing in, and nowhere else", () =>
  onPage(async (page) => {
    await signInAt(page, "/o/companies?q=riga");
    await page.getByRole("heading", { name: "Companies" }).waitFor();
    assert.equal(new URL(page.url()).search, "?q=riga");
    await page.goto(`${BASE}/signin?next=//elsewhere.example`);
    await page.getByLabel("E-mail").fill(EMAIL);
    await page.getByLabel("Password").fill(PASSWORD);
    await page.keyboard.press("Enter");
    await page.getByRole("navigation").first().waitFor();
    assert.equal(new URL(page.url()).origin, BASE);
  }));

test("a wrong password is told, and what I typed stays", () =>
  onPage(
    async (page) => {
      await signInAt(page, "/", "not it");
      await page.getByRole("alert").getByText("The e-mail address or the password is wrong.").waitFor();
      assert.equal(await page.getByLabel("E-mail").inputValue(), EMAIL);
      await accessible(page, "sign-in, refused");
    },
    {},
    REFUSED,
  ));

test("an access token that has run out is renewed unseen", () =>
  onPage(async (page) => {
    await page.clock.install();
    await signUpAt(page, "/o/companies");
    await page.getByRole("heading", { name: "Companies" }).first().waitFor();
    await page.clock.fastForward("00:20:00");
    const renewed = page.waitForResponse((response) => response.url().endsWith("/auth/refresh"));
    await page.getByRole("link", { name: "Contacts" }).click();
    assert.equal((await renewed).status(), 200);
    await page.getByRole("heading", { name: "Contacts" }).first().waitFor();
  }));

test("I read it in Russian", () =>
  onPage(
    async (page) => {
      await page.goto(`${BASE}/signin`);
      await page.getByRole("heading", { name: "Войти" }).waitFor();
      await page.getByRole("button", { name: "English" }).click();
      await page.getByRole("heading", { name: "Sign in" }).waitFor();
    },
    { locale: "ru-RU" },
  ));
