// A browser of its own for each test, and what must hold on every page: nothing comes from elsewhere, nothing fails unseen.

import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

/** @typedef {import("playwright-core").Page} Page */
/** @typedef {import("playwright-core").BrowserContext} Context */

export const BASE = process.env["TESSERA_URL"] ?? "http://127.0.0.1:3001";
export const EMAIL = "test@example.com";
export const PASSWORD = "password";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

function program() {
  const given = process.env["CHROMIUM"] ?? PLACES.find((path) => existsSync(path));
  if (!given) throw new Error("these tests need Chromium: install the package `chromium`, or say in CHROMIUM where it is");
  return given;
}

/**
 * Runs a test on a fresh page.
 *
 * @param {(page: Page) => Promise<void>} test
 * @param {Parameters<typeof chromium.launchPersistentContext>[1]} [options]
 * @param {RegExp} [expected] The complaint that the test provokes.
 */
export async function onPage(test, options = {}, expected) {
  const profile = mkdtempSync(join(tmpdir(), "tessera-chromium-"));
  /** @type {Context | undefined} */
  let context;
  /** @type {string[]} */
  const complaints = [];
  /** @type {string[]} */
  const foreign = [];
  try {
    context = await chromium.launchPersistentContext(profile, {
      executablePath: program(),
      headless: true,
      args: FLAGS,
      locale: "en-US",
      viewport: { width: 1280, height: 800 },
      ...options,
    });
    context.setDefaultTimeout(20_000);
    context.on("request", (request) => {
      const url = new URL(request.url());
      if (!["data:", "blob:"].includes(url.protocol) && url.origin !== BASE) foreign.push(request.url());
    });
    context.on("weberror", (error) => complaints.push(String(error.error())));
    context.on("console", (message) => {
      if (message.type() === "error") complaints.push(`${message.text()} (${message.location().url})`);
    });
    await test(context.pages()[0] ?? (await context.newPage()));
    assert.deepEqual(foreign, [], "nothing is asked of another host");
    const unexpected = complaints.filter((complaint) => !expected?.test(complaint));
    assert.deepEqual(unexpected, [], "the console has no errors");
  } finally {
    await context?.close();
    rmSync(profile, { recursive: true, force: true });
  }
}

/**
 * @param {Page} page
 * @param {string} path
 */
export async function signInAt(page, path, password = PASSWORD) {
  await page.goto(BASE + path);
  await page.locator("input[name=email]").fill(EMAIL);
  await page.locator("input[name=password]").first().fill(password);
  await page.keyboard.press("Enter");
}

/** @param {Page} page The colours of a text and of what it stands on, as a contrast ratio (WCAG 2). */
export async function contrasts(page, /** @type {string[]} */ selectors) {
  return page.evaluate((selectors) => {
    /** @type {(colour: string) => number[]} */
    const parts = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
    /** @type {(colour: string) => number} */
    const luminance = (colour) => {
      const [r = 0, g = 0, b = 0] = parts(colour).map((part) => {
        const share = part / 255;
        return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    return selectors.map((selector) => {
      /** @type {Element | null} */
      const element = document.querySelector(selector);
      if (!element) return [selector, 0];
      let ground = "rgb(255, 255, 255)";
      for (let at = /** @type {Element | null} */ (element); at; at = at.parentElement) {
        const colour = getComputedStyle(at).backgroundColor;
        if (parts(colour)[3] !== 0) {
          ground = colour;
          break;
        }
      }
      const shades = [luminance(getComputedStyle(element).color), luminance(ground)];
      return [selector, (Math.max(...shades) + 0.05) / (Math.min(...shades) + 0.05)];
    });
  }, selectors);
}

/** @type {Promise<string> | undefined} */
let token;

async function signedIn() {
  const body = JSON.stringify({ email: EMAIL, password: PASSWORD });
  const answer = await fetch(`${BASE}/api/v1/auth/login`, { method: "POST", headers: { "content-type": "application/json" }, body });
  return (await answer.json()).access_token;
}

/**
 * What the API answers the demo tenant's admin, apart from any page.
 *
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 */
export async function api(method, path, body) {
  token ??= signedIn();
  const headers = { authorization: `Bearer ${await token}`, "content-type": "application/json" };
  const answer = await fetch(`${BASE}/api/v1${path}`, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}

let tenants = 0;

/**
 * A tenant of its own with its first admin, signed in on this page.
 *
 * @param {Page} page
 * @param {string} [path]
 */
export async function signUpAt(page, path = "/") {
  tenants += 1;
  const slug = `t${process.pid}-${Date.now().toString(36)}-${tenants}`;
  const email = `${slug}@example.com`;
  const password = "a long enough one";
  const answer = await page.request.post(`${BASE}/api/v1/auth/signup`, {
    data: { tenant_name: `Tenant ${tenants}`, tenant_slug: slug, email, password },
  });
  assert.ok(answer.ok(), await answer.text());
  const token = (await answer.json()).access_token;
  await page.goto(`${BASE}/signin?next=${encodeURIComponent(path)}`);
  await page.locator("input[name=email]").fill(email);
  await page.locator("input[name=password]").fill(password);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => !url.pathname.startsWith("/signin"));
  return { slug, email, password, token };
}

/**
 * What the API answers the admin of a tenant.
 *
 * @param {Page} page
 * @param {string} token
 */
export const asAdmin =
  (page, token) =>
  async (/** @type {string} */ method, /** @type {string} */ path, /** @type {unknown} */ data = undefined) => {
    const answer = await page.request.fetch(`${BASE}/api/v1${path}`, { method, headers: { authorization: `Bearer ${token}` }, ...(data !== undefined && { data }) });
    assert.ok(answer.ok(), `${method} ${path}: ${answer.status()} ${await answer.text()}`);
    return answer.status() === 204 ? undefined : answer.json();
  };

/**
 * A member of a tenant, who came by an invitation.
 *
 * @param {ReturnType<typeof asAdmin>} ask
 * @param {string} slug
 * @param {string} name
 * @param {string} role
 */
export async function joined(ask, slug, name, role) {
  const email = `${name.toLowerCase()}.${slug}@guest.example`;
  const password = "a long enough one";
  const { data } = await ask("POST", "/invitations", { emails: [email], roles: [role] });
  const { user } = await ask("POST", `/invitations/token/${data[0].link.split("/").pop()}/accept`, { name, password });
  return { id: user.id, email, password };
}

/**
 * The demo tenant's list of an object, with its first rows.
 *
 * @param {Page} page
 * @param {string} plural
 */
export async function openList(page, plural) {
  await signInAt(page, `/o/${plural}`);
  await shown(page);
  return page.getByRole("grid");
}

let lists = 0;

/**
 * Opens a list of a test's own records, in the order in which they are given. No other test changes what stands in its rows.
 *
 * @param {Page} page
 * @param {string} plural
 * @param {string} label The field that names a record.
 * @param {Record<string, unknown>[]} records Without their names.
 * @param {string[]} columns Those after the name.
 */
export async function openOwnList(page, plural, label, records, columns) {
  lists += 1;
  const name = `Own ${process.pid} ${lists}`;
  const width = String(records.length).length;
  const named = records.map((record, at) => ({ ...record, [label]: `${name} ${String(at).padStart(width, "0")}` }));
  const { data } = await api("POST", `/${plural}`, named);
  const filter = { [label]: { starts_with: name } };
  const draft = { filter, sort: label, columns: [{ path: label, pinned: true }, ...columns.map((path) => ({ path }))] };
  await openList(page, plural);
  await page.goto(`${BASE}/o/${plural}?draft=${encodeURIComponent(JSON.stringify(draft))}`);
  await shown(page);
  /** @type {string[]} */
  const ids = data.map((/** @type {{ id: string }} */ one) => one.id);
  return { grid: page.getByRole("grid"), names: named.map((record) => String(record[label])), ids };
}

/**
 * Waits until a row of the list has its values.
 *
 * @param {Page} page
 * @param {number} [row]
 */
export const shown = (page, row = 0) => page.locator(`.data-grid [data-row="${row}"]:not(:has(.bone))`).waitFor();

/**
 * The text of a cell.
 *
 * @param {Page} page
 * @param {number} row
 * @param {number} col
 */
export const cell = (page, row, col) => page.locator(`[data-row="${row}"] [data-col="${col}"]`);

/**
 * Pastes a text where the focus is, as a spreadsheet's.
 *
 * @param {Page} page
 * @param {string} text
 */
export async function paste(page, text) {
  await page.evaluate((text) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/plain", text);
    (document.activeElement ?? document.body).dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

/**
 * Waits until something is so: what is written is shown before the server has answered.
 *
 * @param {() => Promise<unknown>} ask
 * @param {unknown} expected
 */
export async function eventually(ask, expected) {
  for (let tries = 0; ; tries += 1) {
    const actual = await ask();
    try {
      assert.deepEqual(actual, expected);
      return;
    } catch (error) {
      if (tries > 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
