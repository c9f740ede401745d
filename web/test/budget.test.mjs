// What a browser loads before it can show anything, in gzip: by what is built, so the machine's speed does not matter.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { gzipSync } from "node:zlib";

const built = new URL("../dist/", import.meta.url).pathname;

/** @type {Record<string, { file: string, css?: string[], imports?: string[] }>} */
const manifest = JSON.parse(readFileSync(join(built, ".vite/manifest.json"), "utf8"));

/** Everything that these need at once. @param {string[]} roots */
function load(...roots) {
  const seen = new Set();
  const css = new Set();
  const walk = (/** @type {string} */ key) => {
    const entry = manifest[key];
    if (!entry || seen.has(key)) return;
    seen.add(key);
    for (const file of entry.css ?? []) css.add(file);
    for (const next of entry.imports ?? []) walk(next);
  };
  for (const root of roots) {
    assert.ok(manifest[root], `${root} is built`);
    walk(root);
  }
  const size = (/** @type {Iterable<string>} */ files) =>
    [...files].reduce((sum, file) => sum + gzipSync(readFileSync(join(built, file)), { level: 9 }).length, 0) / 1_000;
  return { script: size([...seen].map((key) => manifest[key]?.file ?? "")), style: size(css) };
}

for (const [name, roots, most] of /** @type {[string, string[], { script: number, style: number }][]} */ ([
  ["sign-in", ["signin.html"], { script: 15, style: 15 }],
  ["a list", ["app.html", "src/app/list-place.tsx"], { script: 300, style: 15 }],
])) {
  test(`${name} is small`, (context) => {
    const size = load(...roots);
    context.diagnostic(`${name}: script ${size.script.toFixed(1)} kB, style ${size.style.toFixed(1)} kB`);
    assert.ok(size.script <= most.script, `script ${size.script} kB`);
    assert.ok(size.style <= most.style, `style ${size.style} kB`);
  });
}
