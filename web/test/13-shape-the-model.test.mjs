// I shape an object that is in use: fields, their settings, names in both languages, order, sections; and I remove what is not needed.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./axe.mjs";
import { api, BASE, eventually, onPage, signInAt } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

let count = 0;

/** An object of this test's own. */
async function machine() {
  count += 1;
  const name = `machine_${process.pid}_${count}`;
  await api("POST", "/metadata/objects", {
    api_name: name,
    plural_api_name: `${name}s`,
    name: `Machine ${count}`,
    plural_name: `Machines ${count}`,
    label_field: "plate",
    fields: [
      { api_name: "plate", name: "Plate", type: "text" },
      { api_name: "year", name: "Year", type: "integer" },
      { api_name: "condition", name: "Condition", type: "select", settings: { options: [{ value: "new", label: "New" }] } },
    ],
  });
  await api("POST", `/${name}s`, { plate: "LV-1" });
  return name;
}

/** @param {string} name */
const drop = (name) => api("DELETE", `/metadata/objects/${name}?confirm=${name}`);

/** @param {Page} page @param {string} name */
const row = (page, name) => page.locator(".fields li.row").filter({ hasText: name });

test("a new field, a setting, a name in Russian, a section and an order, applied in one go", () =>
  onPage(async (page) => {
    const name = await machine();
    await signInAt(page, `/model/${name}`);
    await page.getByLabel("Longest").fill("20");
    await page.getByLabel("In Russian").fill("Госномер");
    await page.getByRole("checkbox", { name: "Required" }).click();
    await accessible(page, "the designer");
    await page.getByLabel("Add a field").fill("Last visit");
    await page.keyboard.press("Enter");
    await row(page, "Last visit").getByText("Date", { exact: true }).waitFor();
    await row(page, "Condition").getByRole("button", { name: /^Condition/ }).focus();
    await page.keyboard.press("Alt+ArrowUp");
    await row(page, "Year").getByRole("button", { name: "Move Year" }).click();
    await page.getByRole("menuitem", { name: "Add a section" }).click();
    await page.getByLabel("Name of the section").fill("Service");
    await page.getByRole("button", { name: /^Apply/ }).click();
    await page.locator(".toast").getByText("The model is changed").waitFor();
    const object = await api("GET", `/metadata/objects/${name}`);
    assert.deepEqual(
      object.fields.map((/** @type {{ api_name: string }} */ field) => field.api_name),
      ["plate", "condition", "year", "last_visit"],
    );
    const [plate] = object.fields;
    assert.deepEqual([plate.required, plate.settings.max_length, plate.translations.ru.name], [true, 20, "Госномер"]);
    assert.deepEqual(
      object.form.map((/** @type {{ title: string, fields: string[] }} */ section) => [section.title, section.fields]),
      [["Service", ["year", "last_visit"]]],
    );
    await drop(name);
  }));

test("sections of the form: added, named, moved and removed with keys, and fields moved between them", () =>
  onPage(async (page) => {
    const name = await machine();
    await signInAt(page, `/model/${name}`);
    const add = page.getByRole("button", { name: "Add a section" });
    await add.click();
    // The focus is in the new section's name.
    await page.waitForFunction(() => document.activeElement?.classList.contains("section-name"));
    await page.keyboard.press("Control+A");
    await page.keyboard.type("Papers");
    await row(page, "Year").getByRole("button", { name: /^Year/ }).focus();
    await page.keyboard.press("Alt+ArrowDown");
    await page.keyboard.press("Alt+ArrowDown");
    await add.click();
    await page.waitForFunction(() => document.activeElement?.classList.contains("section-name"));
    await page.keyboard.press("Control+A");
    await page.keyboard.type("Service");
    await row(page, "Condition").getByRole("button", { name: /^Condition/ }).focus();
    for (let step = 0; step < 3; step += 1) await page.keyboard.press("Alt+ArrowDown");
    // A section goes with its fields.
    await page.locator(".section-name").nth(1).focus();
    await page.keyboard.press("Alt+ArrowUp");
    assert.equal(await page.evaluate(() => /** @type {HTMLInputElement} */ (document.activeElement).value), "Service");
    await accessible(page, "sections");
    await page.getByRole("button", { name: /^Apply/ }).click();
    await page.locator(".toast").getByText("The model is changed").waitFor();
    const sections = async () => (await api("GET", `/metadata/objects/${name}`)).form.map((/** @type {{ title: string, fields: string[] }} */ section) => [section.title, ...section.fields]);
    assert.deepEqual(await sections(), [["Service", "condition"], ["Papers", "year"]]);
    await page.locator(".fields .group").first().hover();
    await page.getByRole("button", { name: "Move Service" }).click();
    await page.getByRole("menuitem", { name: "Remove the section" }).click();
    await page.getByRole("button", { name: /^Apply/ }).click();
    await eventually(sections, [["Papers", "year"]]);
    await drop(name);
  }));

test("options have labels in both languages and colours", () =>
  onPage(async (page) => {
    const name = await machine();
    await signInAt(page, `/model/${name}`);
    await row(page, "Condition").getByRole("button", { name: /^Condition/ }).click();
    await page.getByRole("button", { name: "Add an option" }).click();
    await page.getByLabel("Label 2").fill("Used");
    await page.getByLabel("In Russian: Used").fill("Подержанный");
    await page.getByLabel("Colour: Used").selectOption("teal");
    await accessible(page, "the options of a choice");
    await page.getByRole("button", { name: /^Apply/ }).click();
    await page.locator(".toast").getByText("The model is changed").waitFor();
    const object = await api("GET", `/metadata/objects/${name}`);
    const { options } = object.fields.find((/** @type {{ api_name: string }} */ field) => field.api_name === "condition").settings;
    assert.deepEqual([options[1].label, options[1].color, options[1].translations.ru.label], ["Used", "teal", "Подержанный"]);
    await drop(name);
  }));

test("what hangs on a field is said before it is removed, and its name has to be typed", () =>
  onPage(async (page) => {
    const name = await machine();
    await signInAt(page, `/model/${name}`);
    await page.locator(".use").getByText("1 of 1").waitFor();
    await page.locator(".use").getByText("It is the title of a record").waitFor();
    await row(page, "Year").getByRole("button", { name: /^Year/ }).click();
    await page.locator(".use").getByText("0 of 1").waitFor();
    await page.getByRole("button", { name: "Remove Year from the model…" }).click();
    const dialog = page.getByRole("dialog");
    assert.equal(await dialog.getByRole("button", { name: "Remove", exact: true }).isDisabled(), true);
    await accessible(page, "a removal");
    await dialog.getByRole("textbox").fill("year");
    await dialog.getByRole("button", { name: "Remove", exact: true }).click();
    await page.locator(".toast").getByText("Removed Year from the model").waitFor();
    const object = await api("GET", `/metadata/objects/${name}`);
    assert.equal(object.fields.length, 2);
    await drop(name);
  }));

test("a relation that is there is a sentence in both directions; the way back is renamed, and what a deletion does is changed", () =>
  onPage(async (page) => {
    const name = await machine();
    const other = await machine();
    const inverse = { api_name: "parts", name: "Parts" };
    await api("POST", `/metadata/objects/${name}/fields`, { api_name: "whole", name: "Whole", type: "relation", settings: { to: other, inverse } });
    await api("POST", `/metadata/objects/${name}/fields`, { api_name: "kin", name: "Kin", type: "many_to_many", settings: { to: other, inverse: { api_name: "kin_of", name: "Kin of" } } });
    const { name: here, plural_name: heres } = await api("GET", `/metadata/objects/${name}`);
    const { name: there, plural_name: theres } = await api("GET", `/metadata/objects/${other}`);
    await signInAt(page, `/model/${name}`);
    const sentence = page.getByRole("group", { name: "How they relate" });
    const said = async () => (await sentence.locator("p").allInnerTexts()).map((text) => text.replace(/\s+/g, " ").trim());
    const small = (/** @type {string} */ text) => text.slice(0, 1).toLowerCase() + text.slice(1);
    await row(page, "Kin").getByRole("button", { name: /^Kin/ }).click();
    await eventually(said, [`A ${small(here)} has many ${small(theres)}.`, `A ${small(there)} has many ${small(heres)}, called`]);
    assert.equal(await sentence.getByLabel("Name of the way back").inputValue(), "Kin of");
    await row(page, "Whole").getByRole("button", { name: /^Whole/ }).click();
    await eventually(said, [`A ${small(here)} has one ${small(there)}.`, `A ${small(there)} has many ${small(heres)}, called`]);
    await accessible(page, "a relation that is there");
    await sentence.getByLabel("Name of the way back").fill("Components");
    await sentence.getByRole("button", { name: /^What happens when/ }).click();
    await page.getByRole("menuitem", { name: "is deleted too" }).click();
    // Why something is not offered is said.
    await page.getByText("stay as they are: programs rely on them").waitFor();
    await page.getByRole("button", { name: /^Apply/ }).click();
    await page.locator(".toast").getByText("The model is changed").waitFor();
    const whole = (await api("GET", `/metadata/objects/${name}`)).fields.find((/** @type {{ api_name: string }} */ field) => field.api_name === "whole");
    assert.deepEqual([whole.settings.inverse.name, whole.settings.inverse.api_name, whole.settings.on_delete], ["Components", "parts", "cascade"]);
    await drop(name);
    await drop(other);
  }));

test("what was changed and not applied is still there after a reload", () =>
  onPage(async (page) => {
    const name = await machine();
    await signInAt(page, `/model/${name}`);
    await page.getByLabel("Longest").fill("30");
    await page.getByText("1 change", { exact: true }).waitFor();
    await page.reload();
    await page.getByText("1 change", { exact: true }).waitFor();
    assert.equal(await page.getByLabel("Longest").inputValue(), "30");
    await page.getByRole("button", { name: "Discard" }).click();
    await page.getByText("1 change", { exact: true }).waitFor({ state: "detached" });
    await drop(name);
  }));

test("that a value stands in the way is said before anything is applied", () =>
  onPage(
    async (page) => {
      const name = await machine();
      await api("POST", `/${name}s`, { plate: "LV-1" });
      await signInAt(page, `/model/${name}`);
      await page.getByRole("checkbox", { name: "Required" }).click();
      await page.getByText("No values stand in the way.").waitFor();
      await page.getByRole("checkbox", { name: "Unique" }).click();
      await page.locator(".pending").getByRole("alert").waitFor();
      const [plate] = (await api("GET", `/metadata/objects/${name}`)).fields;
      assert.deepEqual([plate.required, plate.unique], [false, false]);
      await drop(name);
    },
    {},
    /status of 4(09|22)/,
  ));

test("a setting that does not fit is told, and stays", () =>
  onPage(
    async (page) => {
      const name = await machine();
      await signInAt(page, `/model/${name}`);
      await page.getByLabel("Longest").fill("many");
      await page.getByRole("button", { name: /^Apply/ }).click();
      await page.locator(".side").getByRole("alert").first().waitFor();
      assert.equal(await page.getByLabel("Longest").inputValue(), "many");
      await drop(name);
    },
    {},
    /status of 422/,
  ));

test("the model as a diagram and as a list", () =>
  onPage(async (page) => {
    await signInAt(page, "/model");
    await page.locator(".diagram .node").first().waitFor();
    await accessible(page, "the model");
    await page.getByLabel("Find an object…").fill("opp");
    await page.getByRole("navigation", { name: "Objects" }).getByRole("link", { name: /Opportunities/ }).click();
    await page.getByRole("heading", { name: "Opportunity", level: 1 }).waitFor();
  }));

test("on a phone, in Russian", () =>
  onPage(
    async (page) => {
      await signInAt(page, "/model/contact");
      await page.getByRole("heading", { name: "Контакт", level: 1 }).waitFor();
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= 390, String(wide));
      await accessible(page, "the designer on a phone");
      // The settings of a field are a sheet; a field is moved in its menu.
      await row(page, "Должность").getByRole("button", { name: /^Должность/ }).click();
      const sheet = page.getByRole("dialog");
      await sheet.getByLabel("По-русски").fill("Кем работает");
      await accessible(page, "settings of a field on a phone");
      await sheet.getByRole("button", { name: "Закрыть" }).click();
      await page.getByText("1 изменение", { exact: true }).waitFor();
      await row(page, "Кем работает").locator(".row-menu").click();
      await page.getByRole("menuitem", { name: "Выше" }).click();
      await page.getByText("2 изменения", { exact: true }).waitFor();
      await page.locator(".pending .button").first().click();
      await page.locator(".pending").waitFor({ state: "detached" });
    },
    { viewport: { width: 390, height: 844 }, hasTouch: true, locale: "ru-RU" },
  ));

test("who may not change the model is told before trying, and can still look", () =>
  onPage(async (page) => {
    await page.goto(`${BASE}/signin?next=${encodeURIComponent("/model/contact")}`);
    await page.locator("input[name=email]").fill("olga.smirnova@example.com");
    await page.locator("input[name=password]").fill("password");
    await page.keyboard.press("Enter");
    await page.getByText("You can look at the model.").waitFor();
    assert.equal(await page.getByLabel("Longest").isDisabled(), true);
    assert.equal(await page.getByLabel("Add a field").count(), 0);
    await accessible(page, "the designer, to look at");
    await page.getByRole("link", { name: "Model" }).first().click();
    await page.locator(".diagram .node").first().waitFor();
    assert.equal(await page.getByRole("button", { name: "New object" }).count(), 0);
  }));
