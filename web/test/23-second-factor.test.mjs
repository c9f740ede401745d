// I protect my account with a second factor.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { accessible } from "./axe.mjs";
import { BASE, onPage, signUpAt } from "./browser.mjs";
import { codeOf } from "./totp.mjs";

test("an app is set up, asked for at sign-in, and removed", () =>
  onPage(
    async (page) => {
      const { email, password } = await signUpAt(page, "/me");
      await page.getByRole("button", { name: "Set up an authenticator app…" }).click();
      await page.getByRole("img", { name: "QR code for the authenticator app" }).waitFor();
      await accessible(page, "the QR code");
      const secret = ((await page.locator(".secret code").textContent()) ?? "").replaceAll(" ", "");
      await page.getByLabel(/^Code/).fill("000000");
      await page.keyboard.press("Enter");
      await page.getByRole("alert").getByText(/this code is wrong/i).waitFor();
      await page.getByLabel(/^Code/).fill(codeOf(secret));
      await page.keyboard.press("Enter");
      const listed = page.getByRole("list", { name: "Recovery codes" }).getByRole("listitem");
      await listed.first().waitFor();
      const codes = await listed.allTextContents();
      assert.equal(codes.length, 10);
      await accessible(page, "recovery codes");
      const download = page.waitForEvent("download");
      await page.getByRole("button", { name: "Download" }).click();
      const file = readFileSync((await (await download).path()) ?? "", "utf8");
      assert.ok(codes.every((code) => file.includes(code)), file);
      await page.getByRole("button", { name: "I have kept them" }).click();
      await page.getByText("An authenticator app is set up.").waitFor();

      await page.context().clearCookies();
      await page.evaluate(() => localStorage.clear());
      await page.goto(`${BASE}/signin?next=${encodeURIComponent("/me")}`);
      await page.getByLabel("E-mail").fill(email);
      await page.getByLabel("Password").fill(password);
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "One more step" }).waitFor();
      // A code is good once; that of the next half minute is accepted already.
      await page.getByLabel(/^Code/).fill(codeOf(secret, 1));
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: "Profile" }).waitFor();

      await page.getByRole("button", { name: "Set up an authenticator app…" }).click();
      await page.getByText("An authenticator app is set up.").waitFor();
      await page.getByRole("button", { name: "Turn off…" }).click();
      await page.getByRole("button", { name: "Turn off", exact: true }).click();
      await page.locator(".toast").getByText("Turned the second factor off").waitFor();
      await page.getByRole("button", { name: "Set up an authenticator app…" }).waitFor();
    },
    { acceptDownloads: true },
    /status of 4\d\d/,
  ));
