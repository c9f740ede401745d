// Types and documents from graphql-codegen: strict TypeScript takes them, and the server what they send.

import { codegen } from "@graphql-codegen/core";
import * as typedDocuments from "@graphql-codegen/typed-document-node";
import * as operations from "@graphql-codegen/typescript-operations";
import { parse } from "graphql";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { buildFolder, graphqlSchema, installed, run, signIn, url } from "../tenant.mjs";

const here = new URL(".", import.meta.url).pathname;

/** What the scalars are in JSON. */
const scalars = {
  UUID: "string",
  DateTime: "string",
  Date: "string",
  Time: "string",
  Duration: "string",
  Decimal: "string",
  BigInt: "number | string",
  Period: "string",
  JSON: "unknown",
};

test("graphql-codegen, by tsc --strict, there and back", async () => {
  const token = await signIn();
  const folder = buildFolder("graphql-codegen");
  const location = join(here, "operations.graphql");
  const api = await codegen({
    filename: "api.ts",
    schema: parse(await graphqlSchema(token)),
    documents: [{ location, document: parse(readFileSync(location, "utf8")) }],
    config: { scalars, strictScalars: true, enumsAsTypes: true, useTypeImports: true },
    plugins: [{ operations: {} }, { typedDocuments: {} }],
    pluginMap: { operations, typedDocuments },
  });
  writeFileSync(join(folder, "api.ts"), api);
  writeFileSync(join(folder, "package.json"), '{"type": "module"}');
  copyFileSync(join(here, "client.ts"), join(folder, "client.ts"));
  const options = ["--strict", "--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom,dom.iterable"];
  run(installed("tsc"), [...options, "--skipLibCheck", "client.ts"], { cwd: folder });
  run(process.execPath, ["client.js"], { cwd: folder, env: { ...process.env, TESSERA_URL: url, TOKEN: token } });
});
