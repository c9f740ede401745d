// Takes the types out of `.ts` and `.tsx` as they are loaded.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { transformWithOxc } from "vite";

/** @type {import("node:module").LoadHook} */
export async function load(url, context, next) {
  if (!/\.tsx?$/.test(url)) return next(url, context);
  const path = fileURLToPath(url);
  const { code } = await transformWithOxc(await readFile(path, "utf8"), path, { jsx: { runtime: "automatic" }, sourcemap: false });
  return { format: "module", source: code, shortCircuit: true };
}
