// Accessibility: what axe finds on a page, as one line a fault.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const source = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** @typedef {import("playwright-core").Page} Page */

/**
 * Fails where axe finds anything, in both themes.
 *
 * @param {Page} page
 * @param {string} screen What is looked at.
 */
export async function accessible(page, screen) {
  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    await page.emulateMedia({ colorScheme });
    await page.waitForTimeout(150);
    // The page's policy lets no text become a script, so the debugger puts it in.
    const debug = await page.context().newCDPSession(page);
    await debug.send("Runtime.evaluate", { expression: source });
    await debug.detach();
    const found = await page.evaluate(async () => {
      const { violations } = await /** @type {any} */ (window).axe.run();
      return violations.flatMap((/** @type {any} */ violation) =>
        violation.nodes.map((/** @type {any} */ node) => `${violation.id}: ${node.html.slice(0, 200)} (${node.failureSummary?.split("\n")[1]?.trim()})`),
      );
    });
    assert.deepEqual(found, [], `${screen}, ${colorScheme}`);
  }
  await page.emulateMedia({ colorScheme: null });
}
