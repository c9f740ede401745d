// I look something up on my phone, in Russian.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./axe.mjs";
import { api, eventually, onPage, signInAt } from "./browser.mjs";

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
      await page.getByRole("button", { name: "Создать" }).click();
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

test("filter, sort, fields, the view and a new record: buttons with words, large enough for a thumb, each with its sheet", () =>
  onPage(async (page) => {
    await signInAt(page, "/o/contacts");
    await page.getByRole("listitem").first().waitFor();
    for (const name of [/^Filter/, /^Sort/, /^Fields/, /^View/, /^New/]) {
      const button = page.getByRole("button", { name });
      const box = await button.boundingBox();
      assert.ok(box && box.height >= 44 && box.x >= 0 && box.x + box.width <= 390, `${name}: ${JSON.stringify(box)}`);
      assert.match(await button.innerText(), name);
    }
    for (const name of ["Filter", "Sort", "Fields"]) {
      await page.getByRole("button", { name: new RegExp(`^${name}`) }).click();
      const sheet = page.getByRole("dialog", { name });
      await sheet.waitFor();
      await eventually(async () => {
        const box = await sheet.boundingBox();
        return box && [box.x, box.width, Math.round(box.y + box.height)];
      }, [0, 390, 844]);
      await accessible(page, `${name} on a phone`);
      await sheet.getByRole("button", { name: "Close" }).click();
      await sheet.waitFor({ state: "detached" });
    }
    await page.getByRole("button", { name: "Fields" }).click();
    await page.getByRole("checkbox", { name: "Phone", exact: true }).click();
    await page.getByRole("dialog", { name: "Fields" }).getByRole("button", { name: "Close" }).click();
    await page.getByRole("button", { name: "View", exact: true }).click();
    await page.getByRole("menuitem", { name: "Reset the view" }).click();
    await page.waitForFunction(() => !location.search.includes("draft"));
  }, PHONE));
