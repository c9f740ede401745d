// I invite somebody, give them another role, and end their membership.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./axe.mjs";
import { BASE, onPage, signUpAt } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

/**
 * @param {Page} page
 * @param {string} words
 */
const said = (page, words) => page.locator(".toast").getByText(words).waitFor();

test("somebody comes by my invitation, reads only, and is a member no more", () =>
  onPage(async (page) => {
    await signUpAt(page, "/model");
    await page.getByRole("heading", { name: "Model" }).waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("a");
    await page.getByRole("heading", { name: "Admin" }).waitFor();
    await page.getByText("Nobody has an open invitation.").waitFor();
    await accessible(page, "the members");

    const noor = `noor.${process.pid}@guest.example`;
    const ola = `ola.${process.pid}@guest.example`;
    await page.keyboard.press("c");
    await page.getByLabel("E-mail addresses").fill(`Noor Haddad <${noor}>; ola@`);
    await page.getByRole("button", { name: "Invite 2 people" }).click();
    await page.getByRole("alert").getByText(/^ola@: /).waitFor();
    await page.getByLabel("E-mail addresses").fill(`Noor Haddad <${noor}>; ${ola}`);
    await accessible(page, "an invitation that is written");
    await page.getByRole("button", { name: "Invite 2 people" }).click();
    await page.getByRole("heading", { name: "Invited 2 people" }).waitFor();
    const link = (await page.locator(".links li", { hasText: noor }).locator(".mono").textContent()) ?? "";
    await page.getByRole("button", { name: "Done" }).click();
    const pending = page.getByRole("table", { name: "Invitations" });
    await pending.getByRole("row", { name: ola }).getByRole("button", { name: "Withdraw" }).click();
    await said(page, `Withdrew the invitation of ${ola}`);
    assert.equal(await pending.getByRole("row").count(), 2);

    await onPage(
      async (guest) => {
        await guest.goto(link);
        await guest.getByLabel("Your name").fill("Noor Haddad");
        await guest.getByLabel(/^Password/).fill("a long enough one");
        await guest.keyboard.press("Enter");
        await guest.waitForURL((url) => !url.pathname.startsWith("/invite"));
        await guest.getByRole("navigation", { name: "Places" }).waitFor();
        assert.equal(await guest.getByRole("link", { name: "Admin" }).count(), 0);
        await guest.goto(`${BASE}/admin/members`);
        await guest.getByRole("heading", { name: "You may not open Members" }).waitFor();
        await accessible(guest, "members that one may not open");

        await page.reload();
        const row = page.getByRole("table", { name: "Members" }).getByRole("row", { name: "Noor Haddad" });
        await row.getByRole("combobox", { name: "Roles of Noor Haddad: Member" }).click();
        await page.getByRole("option", { name: "Member" }).click();
        await page.getByRole("option", { name: "Read only" }).click();
        await page.keyboard.press("Escape");
        await said(page, "Changed the roles of Noor Haddad");
        await row.getByRole("combobox", { name: "Roles of Noor Haddad: Read only" }).waitFor();
        await guest.goto(`${BASE}/me`);
        await guest.getByText("Read only").waitFor();

        await row.getByRole("button", { name: "More about Noor Haddad" }).click();
        await page.getByRole("menuitem", { name: "End the membership…" }).click();
        await page.getByRole("heading", { name: "End the membership of Noor Haddad?" }).waitFor();
        await accessible(page, "the question before a membership ends");
        await page.getByRole("button", { name: "End the membership" }).click();
        await said(page, "Ended the membership of Noor Haddad");
        await row.waitFor({ state: "detached" });
        await guest.reload();
        await guest.getByLabel("E-mail").waitFor();
      },
      {},
      /status of 40[13]/,
    );
  }, {}, /status of 422/));

test("members on a phone, in Russian", () =>
  onPage(
    async (page) => {
      await signUpAt(page, "/lists");
      await page.getByRole("link", { name: "Управление" }).click();
      await page.getByRole("heading", { name: "Управление" }).waitFor();
      await page.getByRole("button", { name: "Пригласить людей" }).waitFor();
      await page.getByText("Открытых приглашений нет.").waitFor();
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
      await accessible(page, "the members on a phone");
    },
    { viewport: { width: 390, height: 844 }, locale: "ru-RU", hasTouch: true },
  ));
