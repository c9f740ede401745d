/** Requests that an object answers, as they are shown while it is drawn. */

import type { Field, FieldType, Model } from "../api/model.ts";
import { exampleOf } from "../fields/parts/example.ts";
import { camel, pascal } from "../lib/naming.ts";

export interface Part {
  field: Field;
  type: FieldType;
}

interface Named {
  apiName: string;
  pluralApiName: string;
}

function valueOf({ field, type }: Part): unknown {
  const { options } = field.settings;
  const example = exampleOf(type.value_schema ?? {});
  if (!options?.[0]) return example;
  return Array.isArray(example) ? [options[0].value] : options[0].value;
}

const isWritten = ({ type }: Part) => type.value_schema?.readOnly !== true;

function values(parts: Part[], title: string, titleKey: string | undefined): Record<string, unknown> {
  return Object.fromEntries(parts.filter(isWritten).map((part) => [part.field.value_key, part.field.api_name === titleKey ? title : valueOf(part)]));
}

export function restExample(object: Named, parts: Part[], titleKey: string | undefined, title: string, model: Model): string {
  const body = JSON.stringify(values(parts, title, titleKey), null, 2);
  const read = parts.slice(0, 4).map(({ field }) => {
    const target = field.settings.to === undefined ? undefined : model.byName.get(field.settings.to);
    const label = target && model.labelField(target);
    return label ? `${field.api_name}.${label.api_name}` : field.api_name;
  });
  const filtered = parts.find(({ type }) => type.storage?.columns[0]?.operators.includes("gte") && !type.titles);
  const lines = [`POST /api/v1/${object.pluralApiName}`, "", body, "", `GET  /api/v1/${object.pluralApiName}`];
  if (read.length > 0) lines.push(`       ?fields=${read.join(",")}`);
  if (filtered?.type.storage?.columns.length === 1) {
    lines.push(`       &filter=${JSON.stringify({ [filtered.field.value_key]: { gte: valueOf(filtered) } })}`);
  }
  return lines.join("\n");
}

/** What GraphQL selects of a field. */
function selection({ field, type }: Part, model: Model): string {
  const name = camel(field.api_name);
  const columns = type.storage?.columns ?? [];
  if (columns.length > 1) return `${name} { ${columns.slice(0, 2).map((column) => camel(column.component ?? "")).join(" ")} }`;
  const target = field.settings.to === undefined ? undefined : model.byName.get(field.settings.to);
  const label = target && model.labelField(target);
  const inner = label ? camel(label.api_name) : "id";
  if (columns.length === 0) return `${name} { nodes { ${inner} } }`;
  if (type.storage?.kind === "to_one") return `${name} { ${target ? inner : "name"} }`;
  return name;
}

/** A value as GraphQL writes it. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "object" && value !== null) return `{${Object.entries(value).map(([key, each]) => `${camel(key)}: ${literal(each)}`).join(", ")}}`;
  return JSON.stringify(value);
}

export function graphqlExample(object: Named, parts: Part[], titleKey: string | undefined, title: string, model: Model): string {
  const selected = ["id", ...parts.slice(0, 5).map((part) => selection(part, model))];
  const data = Object.entries(values(parts, title, titleKey)).map(([key, value]) => `    ${camel(key)}: ${literal(value)}`);
  return [
    "query {",
    `  ${camel(object.pluralApiName)}(first: 20) {`,
    "    nodes {",
    ...selected.map((each) => `      ${each}`),
    "    }",
    "  }",
    "}",
    "",
    "mutation {",
    `  create${pascal(object.apiName)}(data: {`,
    ...data,
    "  }) { id }",
    "}",
  ].join("\n");
}

/** The first request for a shell. */
export function curlExample(object: Named, parts: Part[], titleKey: string | undefined, title: string): string {
  const body = JSON.stringify(values(parts.slice(0, 1), title, titleKey));
  return [
    `curl ${location.origin}/api/v1/${object.pluralApiName}`,
    `-H "Authorization: Bearer $TOKEN"`,
    `-H 'Content-Type: application/json'`,
    `-d '${body.replaceAll("'", "'\\''")}'`,
  ].join(" \\\n  ");
}
