// Pictures of the main screens for the README: `npm run screenshots` beside a server with the demo tenant, named by TESSERA_URL.

import { onPage, openList } from "./browser.mjs";

const docs = new URL("../../docs/", import.meta.url).pathname;
const SIZE = { width: 1440, height: 900 };

for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
  await onPage(
    async (page) => {
      await openList(page, "opportunities");
      const draft = { filter: { stage: { not_in: ["lost"] }, probability: { gte: 10 } }, sort: "-close_date" };
      await page.goto(new URL(`/o/opportunities?draft=${encodeURIComponent(JSON.stringify(draft))}`, page.url()).href);
      await page.locator("[data-row='0'] .cut").first().waitFor();
      await page.locator("[data-row='2'] .tick button").click();
      await page.locator("[data-row='3'] .tick button").click();
      await page.waitForTimeout(600);
      await page.screenshot({ path: `${docs}list-${colorScheme}.png` });
    },
    { viewport: SIZE, colorScheme },
  );
}
