// Makes clients from the descriptions of a running server, and tries each. Every folder is one generator.

import { readdirSync } from "node:fs";
import { join } from "node:path";

import { runTests } from "../web/test/server.mjs";

const here = new URL(".", import.meta.url).pathname;
const folders = readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const generators = folders.filter((folder) => !["node_modules", "build"].includes(folder.name));
process.exit(await runTests(generators.map((folder) => join(here, folder.name))));
