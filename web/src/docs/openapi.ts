/** The document that the page shows: as much of OpenAPI 3.1 as the server uses. */

export interface Schema {
  $ref?: string;
  type?: string | string[];
  title?: string;
  description?: string;
  format?: string;
  /** Of text that is JSON. */
  contentSchema?: Schema;
  if?: Schema;
  then?: Schema;
  pattern?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  examples?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
  allOf?: Schema[];
  additionalProperties?: boolean | Schema;
  readOnly?: boolean;
  [keyword: string]: unknown;
}

export interface Content {
  schema?: Schema;
  example?: unknown;
}

export interface Parameter {
  $ref?: string;
  name: string;
  in: "query" | "header" | "path";
  required?: boolean;
  description?: string;
  schema?: Schema;
  content?: Record<string, Content>;
  example?: unknown;
}

export interface Answer {
  $ref?: string;
  description: string;
  headers?: Record<string, { $ref?: string; description?: string }>;
  content?: Record<string, Content>;
}

export interface RawOperation {
  operationId: string;
  tags: string[];
  security?: Record<string, string[]>[];
  summary: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Record<string, Content> };
  responses: Record<string, Answer>;
}

export interface Tag {
  name: string;
  "x-displayName"?: string;
  description?: string;
}

export interface Document {
  openapi: string;
  info: { title: string; version: string; description?: string };
  tags: Tag[];
  paths: Record<string, Record<string, RawOperation | Parameter[]>>;
  components: Record<string, Record<string, unknown>>;
}

export interface Operation extends RawOperation {
  method: string;
  path: string;
  /** Those of its path included, all found. */
  parameters: Parameter[];
}

/** Tags with their operations, in the document's order. */
export interface Group {
  tag: Tag;
  title: string;
  operations: Operation[];
}

export class Api {
  readonly groups: Group[];

  constructor(readonly document: Document) {
    const byTag = new Map<string, Operation[]>();
    for (const [path, item] of Object.entries(document.paths)) {
      const shared = (item.parameters ?? []) as Parameter[];
      for (const [method, raw] of Object.entries(item)) {
        if (method === "parameters") continue;
        const operation = raw as RawOperation;
        const parameters = [...shared, ...(operation.parameters ?? [])];
        const found = parameters.map((parameter) => this.resolve(parameter));
        const tag = operation.tags[0] ?? "";
        const known = byTag.get(tag) ?? [];
        known.push({ ...operation, method, path, parameters: found });
        byTag.set(tag, known);
      }
    }
    this.groups = document.tags.flatMap((tag) => {
      const operations = byTag.get(tag.name);
      return operations ? [{ tag, title: tag["x-displayName"] ?? tag.name, operations }] : [];
    });
  }

  /** What a reference stands for, with what is said beside it. */
  resolve<T extends { $ref?: string }>(from: T): T {
    if (from.$ref === undefined) return from;
    let found: unknown = this.document;
    for (const key of from.$ref.slice(2).split("/")) {
      found = (found as Record<string, unknown> | undefined)?.[key.replaceAll("~1", "/")];
    }
    const { $ref: _, ...beside } = from;
    return { ...(found as T), ...beside };
  }
}

export const nameOf = (reference: string): string => reference.slice(reference.lastIndexOf("/") + 1);
