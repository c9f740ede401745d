// I come by a link that somebody sent me, or with a second factor.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { accessible } from "./axe.mjs";
import { api, BASE, onPage, signUpAt } from "./browser.mjs";
import { codeOf } from "./totp.mjs";

/** @typedef {import("playwright-core").Page} Page */

/** @param {string} email */
async function invited(email) {
  const { data } = await api("POST", "/invitations", { emails: [email], roles: ["member"] });
  return new URL(data[0].link, BASE).href;
}

test("an invitation makes my account and lets me in, once", () =>
  onPage(
    async (page) => {
      const email = `noor.${process.pid}@guest.example`;
      const link = await invited(email);
      await page.goto(link);
      await page.getByRole("heading", { name: "Join Demo" }).waitFor();
      await page.getByText(`You join as ${email}.`).waitFor();
      await accessible(page, "an invitation");
      await page.getByLabel("Your name").fill("Noor Haddad");
      await page.getByLabel(/^Password/).fill("a long enough one");
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Demo", exact: true }).waitFor();
      await page.goto(link);
      await page.getByRole("alert").getByText("This link is no longer valid.").waitFor();
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.getByLabel("E-mail").waitFor();
      const { data } = await api("GET", "/members");
      const me = data.find((/** @type {{ user: { email: string } }} */ member) => member.user.email === email);
      await api("DELETE", `/members/${me.user.id}`);
    },
    {},
    /status of 404/,
  ));

test("who has an account joins with its password", () =>
  onPage(
    async (page) => {
      const { email, password } = await signUpAt(page);
      const link = await invited(email);
      await page.goto(link);
      await page.getByRole("heading", { name: "Join Demo" }).waitFor();
      assert.equal(await page.getByLabel("Your name").count(), 0);
      await page.getByLabel("Password").fill("not it at all");
      await page.keyboard.press("Enter");
      await page.getByRole("alert").getByText(/password/i).waitFor();
      await page.getByLabel("Password").fill(password);
      await page.keyboard.press("Enter");
      await page.getByRole("button", { name: "Demo", exact: true }).waitFor();
    },
    {},
    /status of 4\d\d/,
  ));

test("an operator's link sets a new password", () =>
  onPage(
    async (page) => {
      const { email } = await signUpAt(page);
      const env = { ...process.env, DATA_DIR: process.env["TESSERA_DATA"] };
      const printed = execFileSync(process.env["TESSERA"] ?? "tessera", ["user", "reset-link", email], { env, encoding: "utf8" });
      const path = new URL(printed.trim()).pathname;
      await page.goto(BASE + path);
      await page.getByRole("heading", { name: "Set a new password" }).waitFor();
      await accessible(page, "a new password");
      await page.getByLabel(/^Password/).fill("another long one");
      await page.keyboard.press("Enter");
      await page.getByLabel("E-mail").fill(email);
      await page.getByLabel("Password").fill("another long one");
      await page.keyboard.press("Enter");
      await page.getByRole("navigation").first().waitFor();
      await page.goto(BASE + path);
      await page.getByLabel(/^Password/).fill("a third long one");
      await page.keyboard.press("Enter");
      await page.getByRole("alert").getByText("This link is no longer valid.").waitFor();
    },
    {},
    /status of 40[14]/,
  ));

test("a second factor is asked for after the password", () =>
  onPage(
    async (page) => {
      const { email, password, token } = await signUpAt(page);
      const headers = { authorization: `Bearer ${token}` };
      const enrolment = await (await page.request.post(`${BASE}/api/v1/auth/totp`, { headers })).json();
      const data = { code: codeOf(enrolment.secret) };
      const { recovery_codes } = await (await page.request.post(`${BASE}/api/v1/auth/totp/confirm`, { headers, data })).json();
      await page.context().clearCookies();
      await page.evaluate(() => localStorage.clear());
      await page.goto(`${BASE}/signin?next=${encodeURIComponent("/o/companies")}`);
      await page.getByLabel("E-mail").fill(email);
      await page.getByLabel("Password").fill(password);
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "One more step" }).waitFor();
      await accessible(page, "the second factor");
      await page.getByLabel(/^Code/).fill("000000");
      await page.keyboard.press("Enter");
      await page.getByRole("alert").getByText(/this code is wrong/i).waitFor();
      await page.getByLabel(/^Code/).fill(recovery_codes[0]);
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "Companies" }).waitFor();
    },
    {},
    /status of 4\d\d/,
  ));
