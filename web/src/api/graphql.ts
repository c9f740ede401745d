/** One statement over several lists: what REST would need a request each for. */

import { camel } from "../lib/naming.ts";
import { request } from "../shared/session.ts";
import type { Field, Model, Values } from "./model.ts";
import { Problem, problemOf, unreachable } from "./problem.ts";

interface Body<T> {
  data?: T;
  errors?: { message: string; extensions?: { code?: string } }[];
}

export async function graphql<T>(query: string, variables: Values, signal?: AbortSignal): Promise<T> {
  const init: RequestInit = {
    method: "POST",
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify({ query, variables }),
    ...(signal && { signal }),
  };
  let answer: Response;
  try {
    answer = await request("/graphql", init);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw unreachable(error);
  }
  if (!answer.ok) throw await problemOf(answer);
  const { data, errors } = (await answer.json()) as Body<T>;
  const [first] = errors ?? [];
  const requestId = answer.headers.get("x-request-id") ?? undefined;
  if (first || data === undefined) throw new Problem(answer.status, first?.message ?? "", "", first?.extensions?.code ?? "graphql", [], requestId);
  return data;
}

/** What is selected of a field so that its widget can show it. */
export function selectionOf(field: Field, model: Model): string[] {
  const name = camel(field.api_name);
  const type = model.type(field);
  const columns = type?.storage?.columns ?? [];
  if (columns.length > 1) return [`${name} { ${columns.map((column) => camel(column.component ?? "")).join(" ")} }`];
  if (type?.storage?.kind !== "to_one") return columns.length === 1 ? [name] : [];
  const target = field.settings.to === undefined ? undefined : model.byName.get(field.settings.to);
  const label = target ? model.labelField(target) : undefined;
  if (target && !label) return [camel(field.value_key)];
  return [camel(field.value_key), `${name} { id ${label ? selectionOf(label, model).join(" ") : "name"} }`];
}

/** The same value as REST writes it. */
export function valuesOf(node: Values, fields: Field[], model: Model): Values {
  const values: Values = { id: node["id"] };
  for (const field of fields) {
    const columns = model.type(field)?.storage?.columns ?? [];
    const value = node[camel(field.value_key)];
    values[field.value_key] = columns.length > 1 && value ? Object.fromEntries(columns.map(({ component = "" }) => [component, (value as Values)[camel(component)]])) : value;
    if (field.value_key === field.api_name) continue;
    const target = field.settings.to === undefined ? undefined : model.byName.get(field.settings.to);
    const label = target && model.labelField(target);
    const expanded = node[camel(field.api_name)] as Values | null | undefined;
    if (expanded) values[field.api_name] = label ? valuesOf(expanded, [label], model) : expanded;
  }
  return values;
}
