/** The requests for the data on screen: over REST, with curl, and over GraphQL. */

import { camel, pascal } from "../lib/naming.ts";
import { selectionOf } from "./graphql.ts";
import { type Field, fieldsOf, type Model, type ObjectType, type Values } from "./model.ts";
import { address } from "./rest.ts";

export interface Requests {
  rest: string;
  curl: string;
  graphql: string;
}

export interface Shown {
  fields: string[];
  filter?: string | undefined;
  sort?: string | undefined;
  q?: string | undefined;
  timeZone?: string | undefined;
}

const FIRST = 50;

/** An address for people to read: characters that a query may contain are not encoded. */
const readable = (path: string): string => path.replaceAll("%2C", ",").replaceAll("%22", '"').replaceAll("%7B", "{").replaceAll("%7D", "}").replaceAll("%3A", ":").replaceAll("%5B", "[").replaceAll("%5D", "]").replaceAll("%24", "$");

const curlOf = (path: string): string => [`curl '${location.origin}${path.replaceAll("'", "%27")}'`, `-H "Authorization: Bearer $TOKEN"`].join(" \\\n  ");

/** A query over lines, one parameter each. */
function restOf(path: string): string {
  const [place = "", query] = path.split("?");
  if (query === undefined) return `GET ${place}`;
  return [`GET ${place}`, ...query.split("&").map((part, at) => `    ${at === 0 ? "?" : "&"}${readable(part).replaceAll("+", " ")}`)].join("\n");
}

export function requestsOfList(model: Model, object: ObjectType, columns: string[], { fields, filter, sort, q, timeZone }: Shown): Requests {
  const query = { fields: fields.join(","), filter, sort, q: q || undefined, time_zone: filter?.includes("$") ? timeZone : undefined, limit: FIRST };
  const path = address(`/${object.plural_api_name}`, query);
  const order = orderOf(sort);
  const given = [...(filter === undefined ? [] : ["filter: $filter"]), ...(order === "" ? [] : [`orderBy: [${order}]`]), `first: ${FIRST}`];
  const head = filter === undefined ? "query {" : `query ($filter: ${pascal(object.api_name)}Filter) {`;
  const lines = [head, `  ${camel(object.plural_api_name)}(${given.join(", ")}) {`, "    totalCount", "    nodes {", "      id", ...selected(model, object, columns, "      "), "    }", "  }", "}"];
  if (filter !== undefined) lines.push("", `variables ${JSON.stringify({ filter: inCamel(JSON.parse(filter)) }, null, 2)}`);
  return { rest: restOf(path), curl: curlOf(path), graphql: lines.join("\n") };
}

export function requestsOfRecord(model: Model, object: ObjectType, id: string, values: Values): Requests {
  const names = object.fields.filter((field) => field.permissions.read).map((field) => field.value_key);
  const path = address(`/${object.plural_api_name}/${id}`, { fields: ["id", "version", ...names].join(",") });
  const changed = object.fields.find((field) => field.permissions.update && values[field.value_key] != null);
  const change = changed && ["", `PATCH /api/v1/${object.plural_api_name}/${id}`, `If-Match: "${values["version"]}"`, "", JSON.stringify({ [changed.value_key]: values[changed.value_key] }, null, 2)];
  const fields = selected(model, object, object.fields.filter((field) => field.permissions.read).map((field) => field.api_name), "    ");
  const graphql = ["query {", `  ${camel(object.api_name)}(id: "${id}") {`, "    id", "    version", ...fields, "  }", "}"];
  return { rest: [restOf(path), ...(change ?? [])].join("\n"), curl: curlOf(path), graphql: graphql.join("\n") };
}

/** What GraphQL selects of paths such as `company.city`, those through the same relation together. */
function selected(model: Model, object: ObjectType, paths: string[], indent: string): string[] {
  const own = new Map<string, string[]>();
  for (const path of paths) {
    const [first = "", ...rest] = path.split(".");
    own.set(first, [...(own.get(first) ?? []), ...(rest.length > 0 ? [rest.join(".")] : [])]);
  }
  return [...own].flatMap(([name, inner]): string[] => {
    const field = fieldsOf(object).find((each) => each.api_name === name);
    if (!field) return [];
    const target = targetOf(model, field);
    if (inner.length === 0 || !target) return selectionOf(field, model).map((part) => indent + part);
    return [`${indent}${camel(name)} {`, `${indent}  id`, ...selected(model, target, inner, `${indent}  `), `${indent}}`];
  });
}

const targetOf = (model: Model, field: Field): ObjectType | undefined => (field.settings.to === undefined ? undefined : model.byName.get(field.settings.to));

/** `-close_date,company.name` is `{ closeDate: DESC }, { company: { name: ASC } }`; the id orders by itself. */
function orderOf(sort: string | undefined): string {
  const keys = (sort ?? "").split(",").filter((key) => key !== "");
  return keys
    .map((key) => key.replace(/^-/, "").split(".").reduceRight((inner, name) => `{ ${camel(name)}: ${inner} }`, key.startsWith("-") ? "DESC" : "ASC"))
    .join(", ");
}

function inCamel(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(inCamel);
  if (typeof json !== "object" || json === null) return json;
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [camel(key), inCamel(value)]));
}
