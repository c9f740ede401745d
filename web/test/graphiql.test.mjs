// GraphiQL on this server's own GraphQL.

import assert from "node:assert/strict";
import { test } from "node:test";
import { onPage, signInAt } from "./browser.mjs";

const PATH = "/graphiql";
const REFUSED = /status of 401/;

/** @typedef {import("playwright-core").Page} Page */

/** @param {Page} page */
async function open(page) {
  await signInAt(page, PATH);
  const editor = page.locator(".graphiql-query-editor .view-lines");
  await editor.waitFor({ timeout: 60_000 });
  return editor;
}

test("a query that is typed is answered", () =>
  onPage(async (page) => {
    const editor = await open(page);
    await editor.click();
    await page.keyboard.press("Control+A");
    await page.keyboard.press("Delete");
    // The editor closes the brackets.
    await page.keyboard.type("{ contacts(first: 2) { totalCount nodes { lastName", { delay: 30 });
    await editor.getByText("lastName").waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+Enter");
    const answer = page.locator(".graphiql-response");
    await answer.getByText('"totalCount"').waitFor();
    assert.equal(await answer.getByText('"lastName"').count(), 2);
    // Nothing lies over what is typed.
    const covered = await editor.getByText("lastName").evaluate((text) => {
      const { left, top, width, height } = text.getBoundingClientRect();
      return !document.elementFromPoint(left + width / 2, top + height / 2)?.closest(".view-lines");
    });
    assert.equal(covered, false);
  }));

test("the documentation is that of one's own schema", () =>
  onPage(async (page) => {
    await open(page);
    await page.getByRole("button", { name: /documentation explorer/i }).click();
    const docs = page.locator(".graphiql-plugin");
    await docs.getByText("Query", { exact: true }).click();
    await docs.getByText("opportunities", { exact: true }).waitFor();
  }));

test("a wrong password is told", () =>
  onPage(
    async (page) => {
      await signInAt(page, PATH, "not it");
      await page.getByRole("alert").getByText("The e-mail address or the password is wrong.").waitFor();
      assert.equal(await page.locator(".graphiql-container").count(), 0);
    },
    {},
    REFUSED,
  ));

test("where there is no room beside it, the answer stands below the query", () =>
  onPage(
    async (page) => {
      await open(page);
      const [query, answer] = await Promise.all(
        [".graphiql-editors", ".graphiql-response"].map((part) => page.locator(part).boundingBox()),
      );
      assert.ok(query && answer && answer.y >= query.y + query.height, JSON.stringify({ query, answer }));
      assert.ok(query.width > 250 && answer.width > 250);
    },
    { viewport: { width: 390, height: 844 } },
  ));
