// The API's documentation, as its readers use it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { api, BASE, contrasts, EMAIL, onPage, PASSWORD, signInAt } from "./browser.mjs";

const PATH = "/api/v1/docs";
/** Chromium itself says so of every such answer. */
const REFUSED = /status of 401/;

/** @typedef {import("playwright-core").Page} Page */

/** @param {Page} page */
async function open(page, place = "") {
  await signInAt(page, PATH + place);
  await page.locator("nav").waitFor();
}

/** @param {Page} page */
const links = (page) => page.locator("nav li").allInnerTexts();

test("the objects of one's own tenant are shown after signing in", () =>
  onPage(async (page) => {
    await open(page);
    assert.equal(await page.locator("main h1").innerText(), "Demo");
    const shown = await links(page);
    for (const object of ["Companies", "Contacts", "Opportunities", "The model"]) {
      assert.ok(shown.includes(object), `${object}: ${shown}`);
    }
    // The session outlives the page, and ends when it is told to.
    await page.reload();
    await page.locator("nav").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.locator("input[name=email]").waitFor();
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  }));

test("a wrong password is told, and the page stays", () =>
  onPage(
    async (page) => {
      await signInAt(page, PATH, "not it");
      const told = page.getByRole("alert");
      await told.getByText("The e-mail address or the password is wrong.").waitFor();
      assert.equal(await page.locator("nav").count(), 0);
      await page.locator("input[name=password]").first().fill(PASSWORD);
      await page.keyboard.press("Enter");
      await page.locator("nav").waitFor();
    },
    {},
    REFUSED,
  ));

test("a token will do instead of a password, and a bad one is asked for again", () =>
  onPage(
    async (page) => {
      const answer = await page.request.post(`${BASE}/api/v1/auth/login`, { data: { email: EMAIL, password: PASSWORD } });
      const { access_token: token } = await answer.json();
      for (const [given, shown] of [["nonsense", "input[name=email]"], [token, "nav"]]) {
        await page.goto(BASE + PATH);
        await page.getByRole("button", { name: "Use a token" }).click();
        await page.locator("input[name=token]").fill(given);
        await page.keyboard.press("Enter");
        await page.locator(shown).waitFor();
      }
    },
    {},
    REFUSED,
  ));

test("the search box filters operations", () =>
  onPage(async (page) => {
    await open(page);
    const all = await links(page);
    await page.keyboard.press("/");
    await page.keyboard.type("post contacts");
    const found = await links(page);
    assert.ok(found.length > 0 && found.every((item) => item.includes("POST") && item.includes("/contacts")), found.join());
    assert.match(await page.getByRole("status").innerText(), /found: \d/);
    await page.locator("nav a", { hasText: "Create a Contact" }).click();
    assert.ok(await page.locator("#createContact").evaluate((details) => details.hasAttribute("open")));
    await page.locator("nav input").fill("nothing like it");
    assert.deepEqual(await links(page), ["Nothing matches."]);
    await page.keyboard.press("Escape");
    assert.deepEqual(await links(page), all);
  }));

test("an operation shows its parameters, schemas and an example", () =>
  onPage(async (page) => {
    await open(page, "#contacts/createContact");
    const operation = page.locator("#createContact");
    await operation.getByText("Idempotency-Key", { exact: true }).waitFor();
    await operation.locator(".name", { hasText: /^email$/ }).waitFor();
    const curl = await operation.locator("pre").first().innerText();
    assert.ok(curl.startsWith(`curl '${BASE}/api/v1/contacts' -X POST`), curl);
    assert.match(curl, /"last_name"/);
    await operation.locator("summary", { hasText: "422" }).click();
    await operation.locator(".name", { hasText: /^errors$/ }).waitFor();
  }));

test("a read can be tried", () =>
  onPage(async (page) => {
    await open(page, "#contacts/listContacts");
    const operation = page.locator("#listContacts");
    await operation.getByText("Try it", { exact: true }).click();
    await operation.getByLabel("limit").fill("2");
    await operation.getByLabel("count").fill("exact");
    assert.match(await operation.locator("pre").first().innerText(), /contacts\?limit=2&count=exact/);
    await operation.getByRole("button", { name: "Send" }).click();
    await operation.locator(".answer .status", { hasText: "200" }).waitFor();
    const answer = JSON.parse(await operation.locator(".answer pre").innerText());
    assert.equal(answer.data.length, 2);
  }));

test("a write can be tried without a trace", () =>
  onPage(async (page) => {
    await open(page, "#companies/createCompany");
    const operation = page.locator("#createCompany");
    await operation.getByText("Try it", { exact: true }).click();
    const name = "Tried and undone";
    await operation.locator("textarea").fill(JSON.stringify({ name }));
    await operation.getByRole("button", { name: "Send" }).click();
    await operation.locator(".answer .status", { hasText: "201" }).waitFor();
    const filter = encodeURIComponent(JSON.stringify({ name: { eq: name } }));
    const found = await api("GET", `/companies?count=exact&filter=${filter}`);
    assert.equal(found.total, 0);
  }));

test("everything is there in Russian", () =>
  onPage(async (page) => {
    await open(page, "#contacts");
    await page.getByLabel("Language").selectOption("ru");
    await page.locator("main h1", { hasText: "Контакты" }).waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.lang), "ru");
    await page.locator("#listContacts > summary").click();
    await page.locator("#listContacts").getByText("Сколько записей на странице").waitFor();
    await page.reload();
    await page.locator("main h1", { hasText: "Контакты" }).waitFor();
    await page.getByRole("button", { name: "Выйти" }).click();
    await page.getByRole("heading", { name: "Войти" }).waitFor();
  }));

test("a browser that prefers Russian gets it from the first", () =>
  onPage(
    async (page) => {
      await page.goto(BASE + PATH);
      await page.getByRole("button", { name: "Войти", exact: true }).waitFor();
    },
    { locale: "ru-RU" },
  ));

test("a document that does not come is told, and can be asked for again", () =>
  onPage(
    async (page) => {
      await page.route("**/openapi.json", (route) => route.abort());
      await signInAt(page, PATH);
      await page.getByRole("alert").getByText("The document could not be loaded.").waitFor();
      await page.unroute("**/openapi.json");
      await page.getByRole("button", { name: "Try again" }).click();
      await page.locator("nav").waitFor();
    },
    {},
    /ERR_FAILED/,
  ));

test("the keyboard reaches everything", () =>
  onPage(async (page) => {
    await open(page, "#companies/getCompany");
    await page.locator("#getCompany").getByText("Try it", { exact: true }).click();
    // What can be used, one by one, as the tab key finds it.
    await page.evaluate(() => {
      const able = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, pre[tabindex]")];
      const shown = able.filter((element) => element.checkVisibility());
      for (const [index, element] of shown.entries()) element.setAttribute("data-stop", String(index));
      document.body.setAttribute("data-stops", String(shown.length));
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
    });
    const stops = Number(await page.locator("body").getAttribute("data-stops"));
    assert.ok(stops > 20, String(stops));
    const reached = new Set();
    await page.locator("body").press("Home");
    for (let presses = 0; presses < stops * 2; presses += 1) {
      await page.keyboard.press("Tab");
      const stop = await page.evaluate(() => document.activeElement?.getAttribute("data-stop"));
      if (stop) reached.add(stop);
    }
    const missed = await page.evaluate(
      (reached) => [...document.querySelectorAll("[data-stop]")].filter((e) => !reached.includes(e.getAttribute("data-stop"))).map((e) => e.outerHTML.slice(0, 120)),
      [...reached],
    );
    assert.deepEqual(missed, []);
    // And opens what it reaches.
    const summary = page.locator("#updateCompany > summary");
    await summary.focus();
    assert.notEqual(await summary.evaluate((element) => getComputedStyle(element).outlineStyle), "none");
    await page.keyboard.press("Enter");
    await page.locator("#updateCompany h4").first().waitFor();
  }));

test("what the page is made of has names", () =>
  onPage(async (page) => {
    await open(page, "#contacts/listContacts");
    for (const landmark of ["banner", "navigation", "main"]) {
      assert.equal(await page.getByRole(/** @type {"main"} */ (landmark)).count(), 1, landmark);
    }
    assert.equal(await page.locator("h1").count(), 1);
    const unnamed = await page.evaluate(() =>
      [...document.querySelectorAll("button, a, input, select, textarea")]
        .filter((element) => {
          const labels = "labels" in element ? /** @type {HTMLInputElement} */ (element).labels : null;
          return !(element.getAttribute("aria-label") || element.textContent?.trim() || labels?.length);
        })
        .map((element) => element.outerHTML.slice(0, 100)),
    );
    assert.deepEqual(unnamed, []);
  }));

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  for (const width of [360, 1280]) {
    test(`it can be read: ${colorScheme}, ${width} wide`, () =>
      onPage(
        async (page) => {
          await open(page, "#contacts/listContacts");
          const operation = page.locator("#listContacts");
          await operation.getByText("Try it", { exact: true }).click();
          await operation.getByRole("button", { name: "Send" }).click();
          await operation.locator(".answer pre").waitFor();
          const beyond = await page.evaluate(() => {
            const attempt = document.querySelector("#listContacts .attempt");
            return [...(attempt?.querySelectorAll("form > *") ?? [])].filter((e) => e.getBoundingClientRect().right > innerWidth).length;
          });
          assert.equal(beyond, 0, "nothing stands out of the page");
          const wide = await page.evaluate(() => document.documentElement.scrollWidth);
          assert.ok(wide <= width, `${wide}`);
          const selectors = [
            "h1",
            ".lead",
            "nav a",
            "nav a[aria-current]",
            ".method.get",
            ".method.post",
            ".method.patch",
            ".method.delete",
            ".operation .summary",
            ".kind",
            "h4",
            ".parameters .muted code",
            ".status.good",
            ".status.bad",
            "button.primary",
          ];
          for (const [selector, contrast] of await contrasts(page, selectors)) {
            assert.ok(Number(contrast) >= 4.5, `${selector}: ${contrast}`);
          }
        },
        { colorScheme, viewport: { width, height: 800 } },
      ));
  }
}

test("the pages let nothing foreign in and are kept only where they cannot change", () =>
  onPage(async (page) => {
    const answer = await page.request.get(BASE + PATH);
    const policy = answer.headers()["content-security-policy"] ?? "";
    assert.match(policy, /default-src 'self'/);
    assert.doesNotMatch(policy, /unsafe|https?:/);
    assert.equal(answer.headers()["cache-control"], "no-cache");
    const [asset] = /\/assets\/[\w-]+-[\w-]+\.js/.exec(await answer.text()) ?? [""];
    const script = await page.request.get(BASE + asset, { headers: { "accept-encoding": "gzip" } });
    assert.match(script.headers()["cache-control"] ?? "", /immutable/);
    assert.match(script.headers()["content-type"] ?? "", /^text\/javascript/);
    assert.equal(script.headers()["content-encoding"], "gzip");
    const tag = answer.headers()["etag"] ?? "";
    const again = await page.request.get(BASE + PATH, { headers: { "if-none-match": tag } });
    assert.equal(again.status(), 304);
  }));
