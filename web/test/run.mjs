// Tries the pages in a browser.

import { LARGE } from "./large.mjs";
import { runTests } from "./server.mjs";

process.exit(await runTests([new URL(".", import.meta.url).pathname], [LARGE]));
