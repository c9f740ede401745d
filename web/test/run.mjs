// Tries the pages in a browser; then a long list, on a server of its own.

import { LARGE } from "./large/tenant.mjs";
import { runTests } from "./server.mjs";

const folder = (/** @type {string} */ name) => new URL(name, import.meta.url).pathname;

const pages = await runTests([folder(".")]);
const large = await runTests([folder("large")], [LARGE]);
process.exit(pages || large);
