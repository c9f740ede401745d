// I find my way by the keyboard.

import assert from "node:assert/strict";
import { test } from "node:test";
import { accessible } from "./axe.mjs";
import { onPage, openList, signUpAt } from "./browser.mjs";

test("Ctrl+K finds records, lists and actions, on either keyboard", () =>
  onPage(async (page) => {
    await openList(page, "companies");
    await page.keyboard.press("Control+K");
    const box = page.getByRole("combobox", { name: /^Find records/ });
    await box.fill("ozol");
    await page.getByRole("option", { name: /^Ozol.* Contact$/ }).first().waitFor();
    await accessible(page, "the palette");
    await box.fill("contacts");
    await page.getByRole("option", { name: "Contacts", exact: true }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Contacts" }).first().waitFor();
    await page.keyboard.press("Control+K");
    // "tasks", typed while the Russian layout was on.
    await page.keyboard.type("ефылы");
    await page.getByRole("option", { name: "Tasks", exact: true }).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+K");
    await page.keyboard.type(">dark");
    await page.getByRole("option", { name: "Theme: Dark" }).waitFor();
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.documentElement.dataset["theme"] === "dark");
    // It stays after a reload, from the first paint on.
    await page.reload();
    assert.equal(await page.evaluate(() => document.documentElement.dataset["theme"]), "dark");
  }));

test("? lists every shortcut, and [ puts the sidebar away", () =>
  onPage(async (page) => {
    await openList(page, "companies");
    await page.keyboard.press("Shift+Slash");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).getByText("Copy, cut, paste").waitFor();
    await accessible(page, "the shortcuts");
    await page.keyboard.press("Escape");
    await page.keyboard.press("BracketLeft");
    await page.waitForFunction(() => !document.querySelector(".sidebar"));
    await page.keyboard.press("BracketLeft");
    await page.getByRole("navigation", { name: "Places" }).waitFor();
  }));

test("no shortcut fires while I type", () =>
  onPage(async (page) => {
    await openList(page, "companies");
    await page.keyboard.press("/");
    await page.keyboard.type("cf?[");
    assert.equal(await page.getByRole("searchbox").inputValue(), "cf?[");
    assert.equal(await page.getByRole("dialog").count(), 0);
  }));

test("Ctrl+K finds saved views, and offers what can be done here", () =>
  onPage(async (page) => {
    await signUpAt(page, "/o/companies");
    await page.getByRole("button", { name: "New view" }).click();
    await page.getByLabel("Name of the view").fill("Suppliers in Riga");
    await page.keyboard.press("Enter");
    await page.getByRole("tab", { name: "Suppliers in Riga" }).waitFor();
    await page.goto(new URL("/o/contacts", page.url()).href);
    await page.getByRole("heading", { name: "Contacts" }).first().waitFor();
    await page.keyboard.press("Control+K");
    await page.getByRole("combobox", { name: /^Find records/ }).fill("suppliers");
    await page.getByRole("option", { name: "Suppliers in Riga Companies" }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("tab", { name: "Suppliers in Riga", selected: true }).waitFor();
    // Of a list, its sort; with the keys alone.
    await page.keyboard.press("Control+K");
    await page.getByRole("group", { name: "Here" }).getByRole("option", { name: "Sort", exact: true }).waitFor();
    await accessible(page, "what can be done here");
    await page.keyboard.type(">sort");
    await page.getByRole("option", { name: "Add to favourites" }).waitFor({ state: "detached" });
    await page.keyboard.press("Enter");
    await page.getByRole("dialog", { name: "Sort" }).getByText("Add a sort key").waitFor();
    await page.keyboard.press("Escape");
    // Of an object, a new field.
    await page.goto(new URL("/model/company", page.url()).href);
    await page.getByLabel("Add a field").waitFor();
    await page.keyboard.press("Control+K");
    await page.getByRole("combobox", { name: /^Find records/ }).fill(">add a field");
    await page.getByRole("option", { name: "Open the list" }).waitFor({ state: "detached" });
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.activeElement?.getAttribute("aria-label")?.startsWith("Add a field"));
  }));
