// I have never seen this before. I draw an object and save its first record, by keys alone.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./axe.mjs";
import { api, BASE, onPage, signInAt } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

const MINUTE = 60_000;

/** A user's hands: 60 words a minute, and half a second of thought before each key that is no letter. @param {Page} page */
function hands(page) {
  let keys = 0;
  let acts = 0;
  return {
    type: async (/** @type {string} */ text) => {
      keys += text.length;
      acts += 1;
      await page.keyboard.type(text);
    },
    press: async (/** @type {string[]} */ ...each) => {
      keys += each.length;
      acts += each.length;
      for (const key of each) await page.keyboard.press(key);
    },
    /** What a person would have needed for it, in milliseconds. */
    get time() {
      return keys * 200 + acts * 500;
    },
    get keys() {
      return keys;
    },
    get acts() {
      return acts;
    },
  };
}

/** Waits until the focus is on a part of the sheet. @param {Page} page @param {string} name */
const focused = (page, name) => page.waitForFunction((name) => document.activeElement?.getAttribute("aria-label") === name || document.activeElement?.textContent === name, name);

/** @param {string} object */
async function removed(object) {
  await api("DELETE", `/metadata/objects/${object}?confirm=${object}`);
}

test("from nothing to the first record within a minute, without the mouse", () =>
  onPage(async (page) => {
    await signInAt(page, "/o/companies");
    await page.getByRole("grid").waitFor();
    const user = hands(page);
    const began = performance.now();
    await user.press("g", "m");
    await page.getByRole("heading", { name: "Model" }).waitFor();
    await user.press("c");
    await page.getByLabel("What do you want to keep track of?").waitFor();
    await page.waitForFunction(() => document.activeElement?.id === "object-name");
    await user.type("Vehicle");
    await user.press("Enter");
    await focused(page, "Add a field");
    await user.type("Plate");
    await user.press("Enter");
    await focused(page, "Add a field");
    await user.type("Last visit");
    await user.press("Enter");
    await focused(page, "Add a field");
    await user.type("Contact");
    const sentence = page.getByRole("group", { name: "How they relate" });
    await sentence.waitFor();
    assert.match((await sentence.innerText()).replace(/\s+/g, " "), /A vehicle has one contact\. A contact has many vehicles, called/);
    assert.equal(await sentence.getByLabel("Name of the way back").inputValue(), "Vehicles");
    await accessible(page, "a relation as a sentence");
    await user.press("Enter");
    await focused(page, "Add a field");
    await user.type("Condition");
    await user.press("Enter");
    await page.getByLabel("Options of Condition").waitFor();
    await user.type("new, used, sold");
    await user.press("Enter");
    await focused(page, "Add a field");
    // Nothing more: Enter goes on to the button.
    await user.press("Enter");
    await focused(page, "Create vehicle");
    assert.match(await page.getByRole("region", { name: "Example request" }).innerText(), /POST \/api\/v1\/vehicles/);
    await user.press("Enter");
    await page.waitForURL(/\/o\/vehicles/);
    await page.waitForFunction(() => document.activeElement?.classList.contains("cell-input"));
    await user.type("Loader 7");
    await user.press("Tab");
    await user.type("LV-4417");
    await user.press("Enter");
    await page.locator(".toast").getByText("Created Loader 7").waitFor();
    const passed = performance.now() - began;
    console.log(`# first record of a new object: ${user.keys} keys, ${user.acts} steps, ${(user.time / 1000).toFixed(0)} s for a person, ${(passed / 1000).toFixed(1)} s here`);
    assert.ok(user.time < MINUTE, `${user.time} ms`);
    const { data } = await api("GET", "/vehicles");
    assert.deepEqual(
      data.map((/** @type {Record<string, unknown>} */ each) => [each["name"], each["plate"]]),
      [["Loader 7", "LV-4417"]],
    );
    const object = await api("GET", "/metadata/objects/vehicle");
    assert.deepEqual(
      object.fields.map((/** @type {{ api_name: string, type: string }} */ field) => `${field.api_name}: ${field.type}`),
      ["name: text", "plate: text", "last_visit: date", "contact: relation", "condition: select"],
    );
    assert.equal((await api("GET", "/metadata/objects/contact")).inverses.some((/** @type {{ api_name: string }} */ way) => way.api_name === "vehicles"), true);
    await removed("vehicle");
  }));

test("in Russian the names suggest the same types", () =>
  onPage(
    async (page) => {
      await signInAt(page, "/model?new=true");
      const name = page.getByLabel("Что вы хотите вести?");
      await name.fill("Рабочий автомобиль");
      await page.getByText("Рабочие автомобили").first().waitFor();
      await name.press("Enter");
      for (const [field, type] of [
        ["Дата покупки", "Дата"],
        ["Цена", "Денежная сумма"],
        ["Электронная почта", "Электронная почта"],
        ["Ответственный", "Пользователь"],
        ["Контакт", "Связь"],
      ]) {
        await focused(page, "Добавить поле");
        await page.keyboard.type(field ?? "");
        await page.locator(".now .kind").getByText(type ?? "", { exact: true }).waitFor();
        await page.keyboard.press("Enter");
      }
      assert.match(await page.locator(".derived").innerText(), /rabochiy_avtomobil, rabochie_avtomobili/);
      await accessible(page, "a new object in Russian");
    },
    { locale: "ru-RU" },
  ));

test("what was drawn is still there after the sheet was closed", () =>
  onPage(async (page) => {
    await signInAt(page, "/model?new=true");
    await page.getByLabel("What do you want to keep track of?").fill("Inspection");
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.keyboard.press("c");
    assert.equal(await page.getByLabel("What do you want to keep track of?").inputValue(), "Inspection");
  }));

test("a name that is taken is told where it stands, and nothing typed is lost", () =>
  onPage(
    async (page) => {
      await signInAt(page, "/model?new=true");
      await page.getByLabel("What do you want to keep track of?").fill("Contact");
      await page.keyboard.press("Control+Enter");
      await page.getByRole("alert").first().waitFor();
      assert.equal(await page.getByLabel("What do you want to keep track of?").inputValue(), "Contact");
    },
    {},
    /status of 4(09|22)/,
  ));

test("on a phone the fields stand below each other", () =>
  onPage(
    async (page) => {
      await signInAt(page, "/model?new=true");
      await page.getByLabel("What do you want to keep track of?").fill("Trip");
      await page.keyboard.press("Enter");
      await focused(page, "Add a field");
      await page.keyboard.type("Distance");
      await page.locator(".now .kind").getByText("Decimal").waitFor();
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= 390, String(wide));
      await accessible(page, "a new object on a phone");
      await page.getByRole("button", { name: "Create trip" }).tap();
      await page.waitForURL(`${BASE}/o/trips**`);
      await removed("trip");
    },
    { viewport: { width: 390, height: 844 }, hasTouch: true },
  ));
