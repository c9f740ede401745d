// What every generator needs: a folder to write into, somebody who is signed in, and programs that have to succeed.

import { buildClientSchema, getIntrospectionQuery, printSchema } from "graphql";
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

export const here = new URL(".", import.meta.url).pathname;
export const url = process.env["TESSERA_URL"] ?? "http://127.0.0.1:3001";

/** A folder for what a generator writes, which is not kept in the repository. @param {string} generator */
export function buildFolder(generator) {
  const folder = join(here, "build", generator);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** An access token of the demo tenant's admin. */
export async function signIn() {
  const answer = await fetch(`${url}/api/v1/auth/login`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: "test@example.com", password: "password" }),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()).access_token;
}

/** What the server says of its REST API, as text. @param {string} token */
export async function openApi(token) {
  const answer = await fetch(`${url}/api/v1/openapi.json`, { headers: { authorization: `Bearer ${token}` } });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.text();
}

/** The tenant's GraphQL schema, in its own language. @param {string} token */
export async function graphqlSchema(token) {
  const answer = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: getIntrospectionQuery() }),
  });
  const { data, errors } = await answer.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return printSchema(buildClientSchema(data));
}

/**
 * Runs a program to its end, which has to be a good one.
 *
 * @param {string} program
 * @param {string[]} words
 * @param {import("node:child_process").SpawnSyncOptions} [options]
 */
export function run(program, words, options = {}) {
  const done = spawnSync(program, words, { encoding: "utf8", ...options });
  if (done.error) throw done.error;
  const said = `${done.stdout ?? ""}${done.stderr ?? ""}`;
  if (done.status !== 0) throw new Error(`${program} ${words.join(" ")} ended with ${done.status}:\n${said}`);
  return said;
}

/** A program of the packages installed here. @param {string} name */
export const installed = (name) => join(here, "node_modules/.bin", name);
