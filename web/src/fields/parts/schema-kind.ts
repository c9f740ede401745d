/** What a JSON Schema says of its values, as far as a form needs it. */

import type { JsonSchema } from "../../api/model.ts";

const kinds = (schema: JsonSchema) => [schema.type ?? []].flat();

export const isFlag = (schema: JsonSchema): boolean => kinds(schema).includes("boolean");
export const isNumber = (schema: JsonSchema): boolean => kinds(schema).some((kind) => kind === "integer" || kind === "number");
/** Whether it takes the whole width of a form. */
export const isWide = (schema: JsonSchema): boolean => kinds(schema).some((kind) => kind === "array" || kind === "object");
