/** An example request, and its parts as a reader may change them. */

import type { Api, Operation, Parameter } from "./openapi.ts";

/** What the reader has put into the fields of the page, by parameter. */
export interface Given {
  parameters: Map<Parameter, string>;
  body?: string;
  headers?: Record<string, string>;
}

export function exampleOf(parameter: Parameter): string {
  const content = Object.values(parameter.content ?? {})[0];
  const example = parameter.example ?? content?.example ?? parameter.schema?.examples?.[0];
  if (example === undefined) return "";
  return typeof example === "string" ? example : JSON.stringify(example);
}

export function exampleBody(api: Api, operation: Operation): unknown {
  const content = operation.requestBody?.content["application/json"];
  if (content?.example !== undefined) return content.example;
  return content?.schema && api.resolve(content.schema).examples?.[0];
}

/** Path and query; what is left empty is left out, and a path's parts keep their names. */
export function address(operation: Operation, given: Given): string {
  let path = operation.path;
  const query: string[] = [];
  for (const [parameter, value] of given.parameters) {
    if (value === "") continue;
    if (parameter.in === "path") path = path.replace(`{${parameter.name}}`, encodeURIComponent(value));
    if (parameter.in === "query") query.push(`${parameter.name}=${encodeURIComponent(value).replaceAll("%2C", ",")}`);
  }
  return query.length > 0 ? `${path}?${query.join("&")}` : path;
}

export function headers(given: Given): Record<string, string> {
  const named = [...given.parameters].filter(([parameter, value]) => parameter.in === "header" && value !== "");
  return { ...Object.fromEntries(named.map(([parameter, value]) => [parameter.name, value])), ...given.headers };
}

/** The request for a shell. Tokens are read from the environment, so that none ends up in a history. */
export function curl(operation: Operation, given: Given): string {
  const parts = [`curl ${quoted(location.origin + address(operation, given))}`];
  if (operation.method !== "get") parts[0] += ` -X ${operation.method.toUpperCase()}`;
  const isPublic = operation.security?.length === 0;
  if (!isPublic) parts.push('-H "Authorization: Bearer $TOKEN"');
  for (const [name, value] of Object.entries(headers(given))) parts.push(`-H ${quoted(`${name}: ${value}`)}`);
  if (given.body) {
    parts.push("-H 'Content-Type: application/json'", `-d ${quoted(given.body)}`);
  }
  return parts.join(" \\\n  ");
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''").replaceAll("$REFRESH_TOKEN", `'"$REFRESH_TOKEN"'`)}'`;
