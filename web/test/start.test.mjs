// The page at the root.

import assert from "node:assert/strict";
import { test } from "node:test";
import { BASE, contrasts, onPage } from "./browser.mjs";

for (const { locale, title } of [
  { locale: "en-US", title: "API documentation" },
  { locale: "ru-RU", title: "Документация API" },
]) {
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    test(`it leads to the documentation, ${locale}, ${colorScheme}`, () =>
      onPage(
        async (page) => {
          await page.goto(BASE + "/");
          await page.getByText(/^(Version|Версия) \d/).waitFor();
          for (const [selector, contrast] of await contrasts(page, ["h1", "li strong", "li span", "main > p:last-child"])) {
            assert.ok(Number(contrast) >= 4.5, `${selector} ${contrast}`);
          }
          await page.getByText(title).click();
          await page.waitForURL(BASE + "/api/v1/docs");
        },
        { locale, colorScheme },
      ));
  }
}

test("a program gets JSON", async () => {
  for (const accept of ["application/json", "*/*"]) {
    const answer = await fetch(BASE + "/", { headers: { accept } });
    assert.match(answer.headers.get("content-type") ?? "", /^application\/json/);
    assert.equal((await answer.json()).docs, "/api/v1/docs");
  }
});
