/** A filter as rows and groups, and as the JSON that the API takes. Pure; nothing that can be read is lost on the way. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export type Quantifier = "some" | "every" | "none";

/** `none` is true where none of its items is. */
export type Join = "and" | "or" | "none";

export interface Condition {
  kind: "condition";
  /** Keys from the object to what is compared: `["company", "city"]`. */
  path: string[];
  operator: string;
  operand: Json;
}

/** A condition on the records that a relation to many leads to. */
export interface Many {
  kind: "many";
  path: string[];
  quantifier: Quantifier;
  inner: Group;
}

export interface Group {
  kind: "group";
  join: Join;
  items: Node[];
}

/** What cannot be drawn is kept as it is. */
export interface Raw {
  kind: "raw";
  json: Json;
}

export type Node = Condition | Many | Group | Raw;

export const OPERANDS: Record<string, "one" | "many" | "pair" | "flag"> = {
  eq: "one",
  neq: "one",
  in: "many",
  not_in: "many",
  gt: "one",
  gte: "one",
  lt: "one",
  lte: "one",
  between: "pair",
  like: "one",
  ilike: "one",
  starts_with: "one",
  ends_with: "one",
  contains: "one",
  contains_any: "many",
  contains_all: "many",
  is_null: "flag",
};

const QUANTIFIERS = new Set<string>(["some", "every", "none"]);

export const EMPTY: Group = { kind: "group", join: "and", items: [] };

type Doc = { [key: string]: Json };

const isDoc = (json: Json | undefined): json is Doc => typeof json === "object" && json !== null && !Array.isArray(json);

/** Reads a filter; what is absent is a group without conditions. */
export function readFilter(json: Json | undefined): Group {
  if (json === null || json === undefined) return EMPTY;
  if (!isDoc(json)) return { kind: "group", join: "and", items: [{ kind: "raw", json }] };
  const items = itemsOf(json);
  const [only] = items;
  // A group that stands alone is the filter itself.
  if (items.length === 1 && only?.kind === "group") return only;
  return { kind: "group", join: "and", items };
}

function itemsOf(doc: Doc): Node[] {
  return Object.entries(doc).flatMap(([key, value]): Node[] => {
    if ((key === "and" || key === "or") && Array.isArray(value)) return [groupOf(key, value.map(nodeOf))];
    if (key === "not") return [negated(nodeOf(value))];
    if (key === "and" || key === "or") return [{ kind: "raw", json: { [key]: value } }];
    return walk([key], value);
  });
}

function groupOf(join: "and" | "or", items: Node[]): Node {
  return items.length === 1 && items[0] ? items[0] : { kind: "group", join, items };
}

const negated = (node: Node): Group => ({ kind: "group", join: "none", items: node.kind === "group" && node.join === "or" ? node.items : [node] });

function nodeOf(json: Json): Node {
  if (!isDoc(json)) return { kind: "raw", json };
  const items = itemsOf(json);
  return items.length === 1 && items[0] ? items[0] : { kind: "group", join: "and", items };
}

function walk(path: string[], value: Json): Node[] {
  if (!isDoc(value) || Object.keys(value).length === 0) return [{ kind: "raw", json: wrap(path, value) }];
  return Object.entries(value).flatMap(([key, inner]): Node[] => {
    if (key in OPERANDS) return [{ kind: "condition", path, operator: key, operand: inner }];
    if (QUANTIFIERS.has(key)) return [{ kind: "many", path, quantifier: key as Quantifier, inner: readFilter(inner) }];
    if (key === "and" || key === "or" || key === "not") return [{ kind: "raw", json: wrap(path, { [key]: inner }) }];
    return walk([...path, key], inner);
  });
}

const wrap = (path: string[], value: Json): Json => path.reduceRight<Json>((inner, key) => ({ [key]: inner }), value);

/** Writes a filter; undefined where it has no conditions. Those without an operand yet are left out. */
export function writeFilter(group: Group): Json | undefined {
  const items = group.items.flatMap((item) => {
    const json = writeNode(item);
    return json === undefined ? [] : [json];
  });
  if (items.length === 0) return undefined;
  return joined(group.join, items);
}

function joined(join: Join, items: Json[]): Json {
  const [only] = items;
  if (join === "none") return { not: items.length === 1 && only !== undefined ? only : { or: items } };
  return items.length === 1 && only !== undefined ? only : { [join]: items };
}

function writeNode(node: Node): Json | undefined {
  switch (node.kind) {
    case "condition":
      return isComplete(node) ? wrap(node.path, { [node.operator]: node.operand }) : undefined;
    case "many":
      // Without a condition of its own it asks whether there are any.
      return wrap(node.path, { [node.quantifier]: writeFilter(node.inner) ?? {} });
    case "group":
      return writeFilter(node);
    case "raw":
      return node.json;
  }
}

export function isComplete({ operator, operand }: Condition): boolean {
  const kind = OPERANDS[operator];
  if (kind === "many") return Array.isArray(operand) && operand.length > 0;
  if (kind === "pair") return Array.isArray(operand) && operand.length === 2 && operand.every((each) => each !== null);
  return operand !== null;
}

/** Conditions that a filter has, those in groups counted by themselves. */
export function countOf(group: Group): number {
  return group.items.reduce((sum, item) => sum + (item.kind === "group" ? countOf(item) : 1), 0);
}

/** An operand that suits an operator, as far as the one before can be kept. */
export function operandFor(operator: string, before: Json, was: string): Json {
  const kind = OPERANDS[operator];
  const had = OPERANDS[was];
  if (kind === had) return before;
  const first = Array.isArray(before) ? (before[0] ?? null) : typeof before === "boolean" && had === "flag" ? null : before;
  if (kind === "many") return first === null ? [] : [first];
  if (kind === "pair") return [first, null];
  return kind === "flag" ? true : first;
}

/** The tree with the node at a place replaced, or taken out. Places are indexes from the root; a `many` has its inner group at 0. */
export function replaced(group: Group, place: number[], next: Node | undefined): Group {
  const [at, ...rest] = place;
  if (at === undefined) return next?.kind === "group" ? next : group;
  const items = group.items.flatMap((item, index): Node[] => {
    if (index !== at) return [item];
    if (rest.length === 0) return next ? [next] : [];
    if (item.kind === "group") return [replaced(item, rest, next)];
    return item.kind === "many" ? [{ ...item, inner: replaced(item.inner, rest, next) }] : [item];
  });
  return { ...group, items };
}
