// A client from openapi-python-client: made without a warning, and used. The description is validated by another hand, too.

import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { buildFolder, openApi, run, signIn, url } from "../tenant.mjs";

const here = new URL(".", import.meta.url).pathname;
const folder = buildFolder("openapi-python-client");
const venv = join(folder, "venv");
const python = join(venv, "bin/python");

/** Python packages in a place of their own, installed once for each list of them. */
function install() {
  const wanted = readFileSync(join(here, "requirements.txt"), "utf8");
  const installed = join(venv, "installed.txt");
  if (existsSync(installed) && readFileSync(installed, "utf8") === wanted) return;
  rmSync(venv, { recursive: true, force: true });
  try {
    run("python3", ["-m", "venv", venv]);
    run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", join(here, "requirements.txt")]);
  } catch (error) {
    throw new Error("this needs python3 with venv, and a package index that pip can reach", { cause: error });
  }
  writeFileSync(installed, wanted);
}

test("openapi-python-client, without a warning, there and back", async () => {
  install();
  const token = await signIn();
  writeFileSync(join(folder, "openapi.json"), await openApi(token));
  run(python, ["-m", "openapi_spec_validator", "openapi.json"], { cwd: folder });
  const words = ["--path", "openapi.json", "--output-path", "tessera", "--overwrite", "--meta", "none", "--fail-on-warning"];
  run(join(venv, "bin/openapi-python-client"), ["generate", ...words, "--config", join(here, "config.yml")], { cwd: folder });
  run(python, ["-B", join(here, "client.py")], { env: { ...process.env, PYTHONPATH: folder, TESSERA_URL: url, TOKEN: token } });
});
