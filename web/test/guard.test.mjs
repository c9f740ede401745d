// What no file of the page may do: name a type of field outside `fields/`, say words that are in one language, make a `Date` by itself.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { api } from "./browser.mjs";

const source = new URL("../src/", import.meta.url).pathname;
const places = ["admin", "app", "api", "fields", "filter", "grid", "lib", "list", "model", "profile", "record", "ui"];

/** @param {string[]} folders */
function filesOf(...folders) {
  return folders.flatMap((folder) =>
    readdirSync(join(source, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => ({ name: join(folder, name), text: readFileSync(join(source, folder, name), "utf8") })),
  );
}

/**
 * @param {{ name: string, text: string }[]} files
 * @param {RegExp} pattern
 */
const hits = (files, pattern) =>
  files.flatMap(({ name, text }) => [...text.matchAll(pattern)].map((hit) => `${name}: ${hit[0].trim()}`));

test("only fields/ knows the types of fields", async () => {
  const { data } = await api("GET", "/metadata/field-types");
  const names = data.map((/** @type {{ name: string }} */ type) => type.name);
  assert.ok(names.length > 20, String(names.length));
  const compared = new RegExp(`(?<!typeof [\\w.]+ )(?:===|!==|case|\\btype:)\\s*["'](?:${names.join("|")})["']`, "g");
  assert.deepEqual(hits(filesOf(...places.filter((place) => place !== "fields")), compared), []);
});

test("no words in the markup: they come from src/words", () => {
  const files = filesOf(...places).filter(({ name }) => name.endsWith(".tsx"));
  // Text between tags, and the attributes that are read out.
  const between = hits(files, /<\/?[A-Za-z][^<>]*(?<![=-])>\s*(?=[^\s<>{}()&;=]*[A-Za-z]{2})[^<>{}();=]+<\//g);
  const attributes = hits(files, /\s(?:aria-label|title|placeholder|alt)="[^"]*[A-Za-z]{2}[^"]*"/g);
  assert.deepEqual([...between, ...attributes], []);
});

test("only lib/dates.ts makes a Date", () => {
  const files = filesOf(...places).filter(({ name }) => name !== "lib/dates.ts");
  assert.deepEqual(hits(files, /new Date\(|Date\.parse\(/g), []);
});

test("both languages have the same words, and Russian every form of a count", () => {
  const folder = join(source, "words");
  for (const place of readdirSync(join(folder, "en")).filter((name) => name.endsWith(".json"))) {
    const [english, russian] = ["en", "ru"].map((language) => flat(JSON.parse(readFileSync(join(folder, language, place), "utf8"))));
    const bare = (/** @type {string[]} */ keys) => [...new Set(keys.map((key) => key.replace(/_(one|few|many|other)$/, "")))].sort();
    assert.deepEqual(bare(Object.keys(russian ?? {})), bare(Object.keys(english ?? {})), place);
    for (const key of Object.keys(russian ?? {}).filter((name) => name.endsWith("_other"))) {
      for (const form of ["one", "few", "many"]) assert.ok(russian?.[key.replace("other", form)], `${place}: ${key} has no ${form}`);
    }
  }
});

/**
 * @param {Record<string, unknown>} words
 * @returns {Record<string, string>}
 */
function flat(words, before = "") {
  return Object.fromEntries(
    Object.entries(words).flatMap(([key, value]) =>
      typeof value === "string" ? [[before + key, value]] : Object.entries(flat(/** @type {Record<string, unknown>} */ (value), `${before}${key}.`)),
    ),
  );
}
