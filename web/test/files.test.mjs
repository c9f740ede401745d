// How the built files are served: compressed ahead, and only where a browser asks.

import assert from "node:assert/strict";
import { test } from "node:test";
import { BASE } from "./browser.mjs";

test("a file comes in the smallest form that the browser takes", async () => {
  const page = await (await fetch(`${BASE}/api/v1/docs`)).text();
  const [script] = /\/assets\/[\w-]+-[\w-]+\.js/.exec(page) ?? [""];
  /** @param {string} coding */
  const file = (coding) => fetch(BASE + script, { headers: { "accept-encoding": coding } });
  const plain = await file("identity");
  assert.equal(plain.headers.get("content-encoding"), null);
  const text = await plain.text();
  for (const [accepted, coding] of [
    ["gzip, deflate, br, zstd", "br"],
    ["gzip, deflate", "gzip"],
    ["br;q=0, gzip", "gzip"],
  ]) {
    const answer = await file(accepted ?? "");
    assert.equal(answer.headers.get("content-encoding"), coding, accepted);
    assert.equal(answer.headers.get("vary"), "accept-encoding");
    assert.equal(await answer.text(), text, accepted);
  }
});

test("a path that no page has is a problem for programs, and under the API for everybody", async () => {
  for (const [path, accept] of [
    ["/o/contacts", "application/json"],
    ["/o/contacts", "*/*"],
    ["/api/v2/contacts", "text/html"],
    ["/assets/unheard-of.js", "text/html"],
  ]) {
    const answer = await fetch(BASE + path, { headers: { accept: accept ?? "" } });
    assert.equal(answer.status, 404, path);
    assert.match(answer.headers.get("content-type") ?? "", /^application\/problem\+json/);
  }
});
