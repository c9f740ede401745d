// Puts `x.gz` beside each `x` that gets much smaller by it, so that the server has nothing to compress.

import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const built = new URL("dist/", import.meta.url).pathname;
const worthwhile = /\.(css|html|js|svg|ttf)$/;

for (const entry of readdirSync(built, { recursive: true, withFileTypes: true })) {
  if (!entry.isFile() || !worthwhile.test(entry.name)) continue;
  const path = join(entry.parentPath, entry.name);
  const plain = readFileSync(path);
  if (plain.length < 1_024) continue;
  writeFileSync(`${path}.gz`, gzipSync(plain, { level: 9 }));
}
