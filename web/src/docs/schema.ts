/** A JSON Schema as a tree. What a reference leads to is made when it is opened, so circles do no harm. */

import { type Child, h, phrase } from "../shared/dom.ts";
import { type Api, nameOf, type Schema } from "./openapi.ts";
import type { DocsWords } from "./words.ts";

/** Long lists of options are cut here. */
const SHOWN = 12;

export class SchemaTree {
  constructor(
    private readonly api: Api,
    private readonly words: DocsWords,
  ) {}

  /** The schema itself: its parts where it has any, or else one line. */
  whole(schema: Schema): HTMLElement {
    const shown = this.api.resolve(schema);
    const parts = this.parts(shown);
    const about = shown.description ? h("p", { class: "muted" }, ...phrase(shown.description)) : null;
    const kind = h("p", { class: "kind" }, this.kind(schema));
    return h("div", { class: "schema" }, kind, about, parts);
  }

  /** A short name of what a schema stands for. */
  kind(schema: Schema): string {
    if (schema.$ref !== undefined) return nameOf(schema.$ref);
    const several = schema.anyOf ?? schema.oneOf;
    if (several) return [...new Set(several.map((one) => this.kind(one)))].join(" | ");
    if (schema.allOf && !schema.type) return schema.allOf.map((one) => this.kind(one)).join(" & ");
    const types = [schema.type ?? []].flat();
    if (types.includes("array")) {
      const list = `${this.words.list} ${this.kind(schema.items ?? {})}`;
      return types.includes("null") ? `${list} | null` : list;
    }
    if (types.length === 0) return schema.enum ? this.words.oneOf : this.words.anything;
    return types.map((type) => (type !== "null" && schema.format ? schema.format : type)).join(" | ");
  }

  private parts(schema: Schema): HTMLElement | null {
    const several = (schema.anyOf ?? schema.oneOf ?? []).filter((one) => one.type !== "null");
    if (several.length > 0) {
      return h("ul", { class: "parts" }, ...several.map((one) => this.part("", one, false)));
    }
    if (schema.items) return this.parts(this.api.resolve(schema.items));
    const all = this.together(schema);
    const required = new Set(all.flatMap((one) => one.required ?? []));
    const properties = new Map(all.flatMap((one) => Object.entries(one.properties ?? {})));
    const items = [...properties].map(([name, part]) => this.part(name, part, required.has(name)));
    const conditions = this.conditions(schema);
    if (conditions) items.push(conditions);
    return items.length > 0 ? h("ul", { class: "parts" }, ...items) : null;
  }

  /** The schema, and those that hold together with it. */
  private together(schema: Schema): Schema[] {
    const others = (schema.allOf ?? []).filter((one) => one.if === undefined);
    return [...others.flatMap((one) => this.together(this.api.resolve(one))), schema];
  }

  /** What depends on the value of another property: `settings` on `type`. */
  private conditions(schema: Schema): HTMLElement | null {
    const items = (schema.allOf ?? []).flatMap((one) => {
      const [[key, asked] = ["", {}]] = Object.entries(one.if?.properties ?? {});
      const [[name, part] = ["", undefined]] = Object.entries(one.then?.properties ?? {});
      return part && asked.const !== undefined ? [{ key, value: String(asked.const), name, part }] : [];
    });
    const [first] = items;
    if (!first) return null;
    const inner = h("div", {});
    const line = [h("code", { class: "name" }, first.name), h("span", { class: "kind" }, `${this.words.by} ${first.key}`)];
    const details = h("details", { class: "conditions" }, h("summary", { class: "line" }, ...line), inner);
    details.addEventListener("toggle", () => {
      if (!details.open || inner.hasChildNodes()) return;
      inner.append(h("ul", { class: "parts" }, ...items.map(({ value, part }) => this.condition(value, part))));
    });
    return h("li", {}, details);
  }

  private condition(value: string, schema: Schema): HTMLElement {
    const properties = Object.keys(schema.properties ?? {});
    const told = properties.length > 0 ? properties.join(", ") : this.words.noSettings;
    const line = [h("code", { class: "name" }, value), h("span", { class: "kind" }, told)];
    if (properties.length === 0) return h("li", {}, h("div", { class: "line" }, ...line));
    const inner = h("div", {});
    const details = h("details", {}, h("summary", { class: "line" }, ...line), inner);
    details.addEventListener("toggle", () => {
      const parts = details.open && !inner.hasChildNodes() && this.parts(schema);
      if (parts) inner.append(parts);
    });
    return h("li", {}, details);
  }

  private part(name: string, schema: Schema, required: boolean): HTMLElement {
    const line: Child[] = [
      name !== "" && h("code", { class: "name" }, name),
      h("span", { class: "kind" }, this.kind(schema)),
      required && h("span", { class: "required" }, this.words.required),
      schema.readOnly === true && h("span", { class: "muted" }, this.words.readOnly),
    ];
    const about = this.about(schema);
    if (!this.opens(schema)) return h("li", {}, h("div", { class: "line" }, ...line), about);
    const inner = h("div", {});
    const details = h("details", {}, h("summary", { class: "line" }, ...line), inner);
    details.addEventListener("toggle", () => {
      if (!details.open || inner.hasChildNodes()) return;
      const parts = this.parts(this.api.resolve(unwrapped(schema)));
      if (parts) inner.append(parts);
    });
    return h("li", {}, details, about);
  }

  /** Whether there is more inside. */
  private opens(schema: Schema): boolean {
    const inner = unwrapped(schema);
    const found = this.api.resolve(inner);
    const item = found.items && this.api.resolve(unwrapped(found.items));
    const shapes = [found, item].filter((shape) => shape !== undefined);
    return shapes.some((shape) => shape.properties ?? shape.anyOf ?? shape.oneOf ?? shape.allOf);
  }

  private about(schema: Schema): HTMLElement | null {
    const facts: Child[] = [];
    const title = schema.title && schema.description ? `${schema.title}. ` : (schema.title ?? "");
    if (title || schema.description) facts.push(h("span", {}, ...phrase(title + (schema.description ?? ""))));
    const options = (schema.enum ?? schema.items?.enum ?? []).filter((option) => option !== null);
    if (options.length > 0) {
      const shown = options.slice(0, SHOWN).flatMap((option) => [" ", h("code", {}, written(option))]);
      const more = options.length - SHOWN;
      facts.push(h("span", {}, `${this.words.oneOf}:`, ...shown, more > 0 && ` + ${more} ${this.words.more}`));
    }
    if (schema.default !== undefined) {
      facts.push(h("span", {}, `${this.words.default}: `, h("code", {}, written(schema.default))));
    }
    return facts.length > 0 ? h("div", { class: "about muted" }, ...facts) : null;
  }
}

const written = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** The only alternative to null. */
function unwrapped(schema: Schema): Schema {
  const several = schema.anyOf?.filter((one) => one.type !== "null");
  const [only] = several ?? [];
  return several?.length === 1 && only ? only : schema;
}
