// I draw a role, and somebody with it sees what it says.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./axe.mjs";
import { asAdmin, BASE, joined, onPage, signUpAt } from "./browser.mjs";

test("a role is drawn and obeyed", () =>
  onPage(async (page) => {
    const { slug, token } = await signUpAt(page, "/admin/roles");
    const ask = asAdmin(page, token);
    const { id: ben, email, password } = await joined(ask, slug, "Ben", "member");
    await ask("POST", "/contacts", [
      { first_name: "Ada", last_name: "Lovelace", owner_id: ben },
      { first_name: "Alan", last_name: "Turing" },
    ]);

    await page.getByRole("row", { name: /^Admin built in/ }).waitFor();
    await accessible(page, "the roles");
    await page.keyboard.press("c");
    await page.getByLabel("Name").fill("Sales");
    await page.keyboard.press("Enter");
    const matrix = page.getByRole("grid", { name: "What Sales may do" });
    await matrix.waitFor();
    const cell = (/** @type {string} */ name) => matrix.getByRole("button", { name });
    await cell("Contacts, Read: None").focus();
    await page.keyboard.press("Space");
    await cell("Contacts, Read: All, Changed").waitFor();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Space");
    await cell("Contacts, Change: All, Changed").waitFor();
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");

    const pane = page.getByRole("complementary", { name: "Contacts, Read" });
    await pane.getByRole("radio", { name: "Some" }).click();
    await page.getByRole("button", { name: "Save 2 changes" }).click();
    await page.getByRole("alert").getByText("Say which rows or fields").waitFor();
    await pane.getByRole("combobox", { name: "Condition" }).click();
    await page.keyboard.type("owner");
    await page.getByRole("option", { name: "Owner", exact: true }).first().click();
    await pane.getByRole("combobox", { name: "Value" }).click();
    await page.getByRole("option", { name: "Me" }).click();
    await pane.getByText("≈ 0 of 2 rows with you as the person").waitFor();
    await pane.getByRole("radio", { name: "All but" }).click();
    await pane.getByRole("combobox", { name: "Choose fields" }).click();
    await page.keyboard.type("city");
    await page.getByRole("option", { name: "City" }).click();
    await page.keyboard.press("Escape");
    await accessible(page, "a role");
    await page.keyboard.press("Control+S");
    await page.locator(".toast").getByText("Saved Sales").waitFor();
    const role = await ask("GET", "/roles/sales");
    assert.deepEqual(role.objects, { contact: { read: { filter: { owner_id: { eq: "$user.id" } }, fields: { except: ["city"] } }, update: true } });

    await ask("PATCH", `/members/${ben}`, { roles: ["sales"] });
    await onPage(async (other) => {
      await other.goto(`${BASE}/signin?next=${encodeURIComponent("/o/contacts")}`);
      await other.getByLabel("E-mail").fill(email);
      await other.getByLabel("Password").fill(password);
      await other.keyboard.press("Enter");
      await other.locator("[data-row='0']").getByText("Lovelace").first().waitFor();
      assert.equal(await other.getByText("Turing").count(), 0);
      assert.equal(await other.getByRole("columnheader", { name: "City" }).count(), 0);
      assert.deepEqual(await other.locator(".places .place").allTextContents(), ["Contacts"]);
      assert.equal(await other.getByRole("button", { name: "New contact" }).count(), 0);
    });

    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: "Remove the role…" }).click();
    await page.getByRole("button", { name: "Remove", exact: true }).click();
    await page.getByRole("alert").waitFor();
    await ask("PATCH", `/members/${ben}`, { roles: ["member"] });
    await page.getByRole("button", { name: "Remove", exact: true }).click();
    await page.locator(".toast").getByText("Removed Sales").waitFor();
    await page.getByRole("row", { name: /^Member built in/ }).waitFor();
    await page.getByRole("row", { name: /^Sales/ }).waitFor({ state: "detached" });
  }, {}, /status of 409/));

test("why somebody may do something is explained", () =>
  onPage(async (page) => {
    const { slug, token } = await signUpAt(page, "/model");
    const ask = asAdmin(page, token);
    const read = { filter: { owner_id: { eq: "$user.id" } } };
    await ask("POST", "/roles", { api_name: "sales", name: "Sales", objects: { contact: { read, update: true } } });
    const ben = await joined(ask, slug, "Ben", "sales");
    await ask("POST", "/contacts", [
      { last_name: "Lovelace", owner_id: ben.id },
      { last_name: "Turing" },
    ]);
    await page.goto(`${BASE}/admin/roles/sales`);
    await page.getByRole("button", { name: "Contacts, Change: All" }).click();
    const pane = page.getByRole("complementary", { name: "Contacts, Change" });
    await pane.getByRole("combobox", { name: "Person" }).click();
    await page.getByRole("option", { name: "Ben" }).click();
    for (const [record, verdict, reasons] of /** @type {[string, string, string[]][]} */ ([
      ["Lovelace", "Ben may change it", ["Sales · Read:OwnerisMe", "Sales:every record"]],
      ["Turing", "Ben may not change it", ["Sales · Read:OwnerisMe· it is empty"]],
    ])) {
      await pane.getByRole("combobox", { name: "Record" }).click();
      await page.getByRole("option", { name: record }).click();
      await pane.getByText(verdict).waitFor();
      assert.deepEqual(await pane.locator(".reasons li").allTextContents(), reasons);
    }
    await accessible(page, "why somebody may do something");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Contacts, Read: Some" }).click();
    await page.getByText("Ben may not read it").waitFor();
  }));

test("a built-in role is shown, and a copy of it is mine", () =>
  onPage(
    async (page) => {
      await signUpAt(page, "/admin/roles/read_only");
      await page.getByText(/^Эта роль встроена/).waitFor();
      const matrix = page.getByRole("grid", { name: "Что может Только чтение" });
      await matrix.getByRole("button", { name: "Контакты, Чтение: Все" }).focus();
      await page.keyboard.press("Space");
      const right = page.getByRole("dialog", { name: "Контакты · Чтение" });
      await right.waitFor();
      assert.equal(await right.getByRole("radio").count(), 0);
      await page.keyboard.press("Escape");
      await matrix.getByRole("button", { name: "Контакты, Чтение: Все" }).waitFor();
      await page.getByRole("button", { name: "Копировать" }).click();
      await page.keyboard.press("Enter");
      await page.waitForURL(/roles\/tolko_chtenie/);
      await page.getByRole("button", { name: "Контакты, Чтение: Все" }).click();
      await right.getByRole("radio", { name: "Нет" }).click();
      await accessible(page, "a right on a phone");
      await page.keyboard.press("Escape");
      await page.getByRole("button", { name: "Сохранить 1 изменение" }).click();
      await page.locator(".toast").getByText(/сохранена/).waitFor();
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
      await accessible(page, "a role on a phone");
    },
    { viewport: { width: 390, height: 844 }, locale: "ru-RU", hasTouch: true },
  ));
