// Types from openapi-typescript, requests by openapi-fetch: strict TypeScript takes them, and the server what they send.

import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { buildFolder, installed, openApi, run, signIn, url } from "../tenant.mjs";

const here = new URL(".", import.meta.url).pathname;

test("openapi-typescript and openapi-fetch, by tsc --strict, there and back", async () => {
  const token = await signIn();
  const folder = buildFolder("openapi-typescript");
  writeFileSync(join(folder, "openapi.json"), await openApi(token));
  writeFileSync(join(folder, "package.json"), '{"type": "module"}');
  run(installed("openapi-typescript"), ["openapi.json", "--output", "api.d.ts"], { cwd: folder });
  copyFileSync(join(here, "client.ts"), join(folder, "client.ts"));
  const options = ["--strict", "--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom,dom.iterable"];
  run(installed("tsc"), [...options, "client.ts"], { cwd: folder });
  run(process.execPath, ["client.js"], { cwd: folder, env: { ...process.env, TESSERA_URL: url, TOKEN: token } });
});
