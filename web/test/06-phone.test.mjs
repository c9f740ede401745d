// I look something up on my phone, in Russian.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./axe.mjs";
import { api, onPage, signInAt } from "./browser.mjs";

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

test("a list is cards, and nothing stands out of the screen", () =>
  onPage(async (page) => {
    await signInAt(page, "/o/contacts");
    await page.getByRole("listitem").first().waitFor();
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390);
    await accessible(page, "a list on a phone");
    await page.getByRole("link", { name: "Lists" }).click();
    await page.getByRole("link", { name: "Companies" }).waitFor();
    await accessible(page, "lists on a phone");
  }, PHONE));

test("a record is made in a form", () =>
  onPage(
    async (page) => {
      await signInAt(page, "/o/companies");
      await page.getByRole("listitem").first().waitFor();
      await page.getByRole("button", { name: "Компания: создать" }).click();
      const name = `Ромашка ${process.pid}`;
      await page.getByRole("textbox", { name: "Название" }).fill(name);
      await accessible(page, "a form on a phone");
      await page.getByRole("button", { name: "Сохранить" }).click();
      await page.waitForURL(/\/o\/companies\/[0-9a-f-]{36}$/);
      const filter = encodeURIComponent(JSON.stringify({ name: { eq: name } }));
      assert.equal((await api("GET", `/companies?filter=${filter}`)).data.length, 1);
    },
    { ...PHONE, locale: "ru-RU" },
  ));
