// A server with the demo tenant for as long as tests need it. `TESSERA` names the program.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const root = new URL("../..", import.meta.url).pathname;
const program = resolve(root, process.env["TESSERA"] ?? "target/debug/tessera");

/**
 * Runs the test files of these folders against a server of their own, whose address they find in `TESSERA_URL`; commands of
 * `TESSERA` reach it by its data directory, `TESSERA_DATA`.
 *
 * @param {string[]} folders
 * @param {string[][]} [seeds] Arguments of `tessera seed`, for tenants beside the demo tenant.
 * @returns {Promise<number>} The status to exit with.
 */
export async function runTests(folders, seeds = []) {
  const data = mkdtempSync(join(tmpdir(), "tessera-web-"));
  const env = { ...process.env, PORT: "0", DATA_DIR: data, DATABASE_URL: undefined, LOG: "warn" };
  for (const seed of seeds) {
    const [status] = await once(spawn(program, ["seed", ...seed], { cwd: root, env, stdio: ["ignore", "ignore", "inherit"] }), "exit");
    if (status !== 0) throw new Error(`tessera seed ${seed.join(" ")} ended with ${status}`);
  }
  const server = spawn(program, ["serve", "--demo"], { cwd: root, env, stdio: ["ignore", "pipe", "inherit"] });
  const ended = once(server, "exit");
  try {
    const url = await ready(server.stdout);
    const files = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
    const tests = files.filter((name) => name.endsWith(".test.mjs"));
    const running = spawn(process.execPath, ["--import", new URL("typescript.mjs", import.meta.url).href, "--test", "--test-reporter=spec", ...tests], {
      env: { ...process.env, TESSERA_URL: url, TESSERA: program, TESSERA_DATA: data },
      stdio: "inherit",
    });
    const [status] = await once(running, "exit");
    return status ?? 1;
  } finally {
    server.kill("SIGTERM");
    await ended;
    rmSync(data, { recursive: true, force: true });
  }
}

/**
 * The server's address, once it says that it is ready.
 *
 * @param {import("node:stream").Readable} output
 */
async function ready(output) {
  for await (const line of createInterface({ input: output })) {
    const [, url] = /^Tessera is ready: (\S+)/.exec(line) ?? [];
    if (url) return url;
  }
  throw new Error("the server ended before it was ready");
}
