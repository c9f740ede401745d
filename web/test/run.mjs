// Starts a server with the demo tenant, runs the tests against it, and ends it. `TESSERA` names the program.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const here = new URL(".", import.meta.url).pathname;
const root = join(here, "../..");
const program = resolve(root, process.env["TESSERA"] ?? "target/debug/tessera");
const data = mkdtempSync(join(tmpdir(), "tessera-web-"));

const server = spawn(program, ["serve", "--demo"], {
  cwd: root,
  env: { ...process.env, PORT: "0", DATA_DIR: data, DATABASE_URL: undefined, LOG: "warn" },
  stdio: ["ignore", "pipe", "inherit"],
});
const ended = once(server, "exit");
let status = 1;
try {
  const url = await ready();
  const files = readdirSync(here).filter((name) => name.endsWith(".test.mjs"));
  const paths = files.map((name) => join(here, name));
  const tests = spawn(process.execPath, ["--test", "--test-reporter=spec", ...paths], {
    env: { ...process.env, TESSERA_URL: url },
    stdio: "inherit",
  });
  [status] = await once(tests, "exit");
} finally {
  server.kill("SIGTERM");
  await ended;
  rmSync(data, { recursive: true, force: true });
}
process.exit(status ?? 1);

/** The server's address, once it says that it is ready. */
async function ready() {
  for await (const line of createInterface({ input: server.stdout })) {
    const [, url] = /^Tessera is ready: (\S+)/.exec(line) ?? [];
    if (url) return url;
  }
  throw new Error("the server ended before it was ready");
}
