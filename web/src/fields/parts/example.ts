/** Values to show what a type takes. */

import type { JsonSchema } from "../../api/model.ts";
import { today } from "../../lib/dates.ts";

const ID = "0193a7e2-58c1-7d04-…";

/** A value that fits a JSON Schema. */
export function exampleOf(schema: JsonSchema): unknown {
  if (schema.examples?.[0] !== undefined) return schema.examples[0];
  if (schema.enum) return schema.enum[0];
  const kinds = [schema.type ?? []].flat();
  if (kinds.includes("object") && schema.properties) {
    const required = schema.required ?? Object.keys(schema.properties).slice(0, 3);
    return Object.fromEntries(required.map((name) => [name, exampleOf(schema.properties?.[name] ?? {})]));
  }
  if (kinds.includes("array")) return [exampleOf(schema.items ?? {})];
  if (kinds.includes("boolean")) return true;
  if (kinds.includes("integer") || kinds.includes("number")) return Math.min(12, schema.maximum ?? 12);
  if (schema.format === "date") return today("UTC");
  if (schema.format === "date-time") return `${today("UTC")}T09:30:00Z`;
  if (schema.format === "uuid") return ID;
  if (schema.format?.includes("email")) return "ada@example.com";
  if (schema.format === "iri" || schema.format === "uri") return "https://example.com";
  if (kinds.includes("string")) return "…";
  return {};
}
