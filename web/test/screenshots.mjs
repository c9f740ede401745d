// Pictures of the main screens for the README and the documentation: `npm run screenshots` beside a server with a new demo tenant, named by TESSERA_URL.

import { api, onPage, openList, shown, signInAt } from "./browser.mjs";

/** @typedef {import("playwright-core").Page} Page */

const docs = new URL("../../docs/", import.meta.url).pathname;
const SIZE = { width: 1440, height: 900 };

/** @type {Record<string, (page: Page) => Promise<void>>} */
const screens = {
  list: async (page) => {
    await openList(page, "opportunities");
    const draft = { filter: { stage: { not_in: ["lost"] }, probability: { gte: 10 } }, sort: "-close_date" };
    await page.goto(new URL(`/o/opportunities?draft=${encodeURIComponent(JSON.stringify(draft))}`, page.url()).href);
    await shown(page);
    await page.locator("[data-row='2'] .tick button").click();
    await page.locator("[data-row='3'] .tick button").click();
  },
  record: async (page) => {
    const { data } = await api("GET", "/contacts?limit=1&fields=id&sort=last_name&filter=" + encodeURIComponent(JSON.stringify({ opportunities: { some: {} } })));
    await signInAt(page, `/o/contacts/${data[0].id}`);
    await page.getByRole("tab").first().waitFor();
  },
  designer: async (page) => {
    await signInAt(page, "/model/opportunity");
    await page.getByRole("button", { name: /^Stage/ }).click();
    await page.getByLabel("Label 1").waitFor();
  },
  diagram: async (page) => {
    await signInAt(page, "/model");
    await page.locator(".diagram .node").first().waitFor();
  },
  palette: async (page) => {
    await openList(page, "companies");
    await page.keyboard.press("Control+K");
    await page.getByRole("combobox", { name: /^Find records/ }).fill("ri");
    await page.getByRole("group", { name: "Records" }).waitFor();
  },
  role: async (page) => {
    const own = { filter: { owner_id: { eq: "$user.id" } } };
    const contact = { read: true, create: { presets: { owner_id: "$user.id" } }, update: { ...own, fields: { except: ["lead_score"] } }, delete: own };
    const objects = { company: { read: true, create: true, update: true }, contact, opportunity: { read: own, create: true, update: own } };
    const { data } = await api("GET", "/roles");
    if (!data.some((/** @type {{ api_name: string }} */ role) => role.api_name === "sales")) {
      await api("POST", "/roles", { api_name: "sales", name: "Sales", default: { read: true }, objects });
    }
    await signInAt(page, "/admin/roles/sales");
    await page.getByRole("button", { name: "Contacts, Change: Some" }).click();
    await page.getByText(/^≈ /).waitFor();
  },
};

// Those that are named, or all.
const wanted = process.argv.slice(2);

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  for (const [name, show] of Object.entries(screens)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    await onPage(
      async (page) => {
        await show(page);
        await page.waitForTimeout(600);
        await page.screenshot({ path: `${docs}${name}-${colorScheme}.png` });
      },
      { viewport: SIZE, colorScheme },
    );
  }
}
