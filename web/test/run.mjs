// Tries the pages in a browser.

import { runTests } from "./server.mjs";

process.exit(await runTests(new URL(".", import.meta.url).pathname));
