/** One operation: what it takes, what it answers, how it is asked, and a way to ask it. */

import { type Child, h, phrase, prose } from "../shared/dom.ts";
import { request } from "../shared/session.ts";
import { address, curl, exampleBody, exampleOf, type Given, headers } from "./example.ts";
import { type Api, type Operation, type Parameter } from "./openapi.ts";
import { SchemaTree } from "./schema.ts";
import type { DocsWords } from "./words.ts";

/** Answers longer than this are cut, so that the page stays quick. */
const LONGEST = 20_000;

export function operationView(api: Api, operation: Operation, words: DocsWords): HTMLElement {
  const view = new View(api, operation, words);
  const inner = h("div", { class: "inner" });
  const head = h(
    "summary",
    {},
    h("h3", {}, badge(operation.method), h("code", { class: "path" }, ...breakable(operation.path)), h("span", { class: "summary" }, operation.summary)),
  );
  const details = h("details", { class: "operation", id: operation.operationId }, head, inner);
  details.addEventListener("toggle", () => {
    if (details.open && !inner.hasChildNodes()) inner.append(...view.parts());
  });
  return details;
}

export const badge = (method: string): HTMLElement => h("span", { class: `method ${method}` }, method.toUpperCase());

/** Long paths break at their slashes. */
function breakable(path: string): Child[] {
  return path.split(/(?=\/)/).flatMap((part) => [part, document.createElement("wbr")]);
}

class View {
  private readonly trees: SchemaTree;
  private readonly given: Given;
  /** Where parameters can be changed, once they can. */
  private readonly inputs = new Map<Parameter, HTMLInputElement>();

  constructor(
    private readonly api: Api,
    private readonly operation: Operation,
    private readonly words: DocsWords,
  ) {
    this.trees = new SchemaTree(api, words);
    const body = exampleBody(api, operation);
    const parameters = operation.parameters.filter((parameter) => parameter.required && parameter.in !== "header");
    this.given = { parameters: new Map(parameters.map((parameter) => [parameter, exampleOf(parameter)])) };
    if (body !== undefined) this.given.body = JSON.stringify(body, null, 2);
  }

  parts(): Node[] {
    const { description } = this.operation;
    const parts = [
      description && prose(description),
      this.parameters(),
      this.body(),
      this.answers(),
      this.example(),
    ];
    return parts.filter((part) => part instanceof Node);
  }

  private parameters(): HTMLElement | null {
    const { words, operation } = this;
    if (operation.parameters.length === 0) return null;
    const item = (parameter: Parameter) => {
      const schema = parameter.schema ?? {};
      const options = (schema.enum ?? []).flatMap((option) => [h("code", {}, String(option)), " "]);
      const example = exampleOf(parameter);
      return h(
        "li",
        {},
        h("div", {}, h("code", { class: "name" }, parameter.name), h("div", { class: "kind" }, parameter.in), parameter.required && h("div", { class: "required" }, words.required)),
        h(
          "div",
          {},
          h("div", {}, ...phrase(parameter.description ?? "")),
          options.length > 0 && h("div", { class: "options" }, ...options),
          schema.contentSchema && this.opening(schema.contentSchema),
          example !== "" && h("div", { class: "muted" }, `${words.example}: `, h("code", {}, example)),
        ),
      );
    };
    return this.section(words.parameters, h("ul", { class: "parameters" }, ...operation.parameters.map(item)));
  }

  private body(): HTMLElement | null {
    const { requestBody } = this.operation;
    const schema = requestBody?.content["application/json"]?.schema;
    if (!schema) return null;
    const optional = requestBody.required ? null : h("p", { class: "muted" }, this.words.optionalBody);
    return this.section(this.words.body, optional, this.trees.whole(schema));
  }

  private answers(): HTMLElement {
    const items = Object.entries(this.operation.responses).map(([status, shared]) => {
      const answer = this.api.resolve(shared);
      const schema = Object.values(answer.content ?? {})[0]?.schema;
      const names = Object.keys(answer.headers ?? {});
      const kind = status.startsWith("2") ? "good" : status.startsWith("3") ? "" : "bad";
      const line = [h("span", { class: `status ${kind}` }, status), h("span", {}, ...phrase(answer.description))];
      const sent = names.flatMap((name) => [" ", h("code", {}, name)]);
      const told = names.length > 0 && h("p", { class: "muted" }, `${this.words.headers}:`, ...sent);
      return h("li", {}, this.opening(schema, line, told));
    });
    return this.section(this.words.answers, h("ul", { class: "answers" }, ...items));
  }

  /** Something that opens to show a schema. */
  private opening(schema: Parameters<SchemaTree["whole"]>[0] | undefined, line?: Child[], more?: Child): HTMLElement {
    const inner = h("div", {});
    const summary = h("summary", {}, ...(line ?? [schema ? this.trees.kind(schema) : ""]));
    const details = h("details", {}, summary, inner);
    details.addEventListener("toggle", () => {
      if (!details.open || inner.hasChildNodes()) return;
      if (more) inner.append(more);
      if (schema) inner.append(this.trees.whole(schema));
    });
    return details;
  }

  /** The request in a shell's words, beside fields to change and send it. */
  private example(): HTMLElement {
    const { words, operation, given } = this;
    const code = h("code", {});
    const show = () => {
      code.textContent = curl(operation, given);
    };
    show();
    void this.findSample(show);
    const copied = h("span", { role: "status", class: "muted" });
    const copy = h("button", { type: "button", onclick: () => void this.copy(code.textContent ?? "", copied) }, words.copy);
    const block = h("pre", { tabindex: "0", "aria-label": `${words.example}: curl` }, code);
    return this.section(words.example, block, h("div", { class: "row" }, copy, copied), this.attempt(show));
  }

  private async copy(text: string, told: HTMLElement): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      told.textContent = this.words.copied;
    } catch {
      // The clipboard is not ours to use here; the text can still be selected.
      told.textContent = "";
    }
  }

  /** Puts the id of a record that is there into the example; one in the bin, where it is to be restored. */
  private async findSample(changed: () => void): Promise<void> {
    const { operation, given } = this;
    const [list, rest] = operation.path.split("/{id}");
    const id = operation.parameters.find((parameter) => parameter.in === "path" && parameter.name === "id");
    if (!id || !list || rest === undefined) return;
    const from = rest === "/restore" ? "deleted=only" : "deleted=exclude";
    const answer = await request(`${list}?fields=id&limit=1&${from}`).catch(() => undefined);
    if (!answer?.ok) return;
    const [found] = (await answer.json()).data;
    if (!found) return;
    given.parameters.set(id, found.id);
    const input = this.inputs.get(id);
    if (input) input.value = found.id;
    changed();
  }

  /** Reads are sent as they are, writes that the server can undo are undone, and changes of the model need a second word. */
  private attempt(changed: () => void): HTMLElement | null {
    const { words, operation, given } = this;
    const undoable = operation.parameters.some((parameter) => parameter.name === "Prefer");
    const reads = operation.method === "get" || operation.operationId.startsWith("aggregate");
    const lasts = !reads && !undoable;
    if (lasts && operation.tags[0] !== "metadata") return null;
    const fields = operation.parameters
      .filter((parameter) => parameter.in !== "header")
      .map((parameter) => {
        const value = given.parameters.get(parameter) ?? "";
        const input = h("input", { value, placeholder: exampleOf(parameter), autocomplete: "off", spellcheck: "false" });
        input.required = parameter.required === true;
        this.inputs.set(parameter, input);
        input.addEventListener("input", () => {
          given.parameters.set(parameter, input.value);
          changed();
        });
        return h("label", {}, h("code", {}, parameter.name), input);
      });
    const body = given.body === undefined ? null : h("textarea", { rows: "6", spellcheck: "false", "aria-label": words.body });
    if (body) {
      body.value = given.body ?? "";
      body.rows = Math.min(16, body.value.split("\n").length + 1);
      body.addEventListener("input", () => {
        given.body = body.value;
        changed();
      });
    }
    let undo: HTMLLabelElement | null = null;
    if (undoable) {
      const box = h("input", { type: "checkbox", checked: true });
      const set = () => {
        given.headers = box.checked ? { Prefer: "tx=rollback" } : {};
        changed();
      };
      box.addEventListener("change", set);
      undo = h("label", { class: "check" }, box, words.undo);
      set();
    }
    let really: HTMLLabelElement | null = null;
    if (lasts) {
      const box = h("input", { type: "checkbox" });
      box.required = true;
      really = h("label", { class: "check" }, box, words.really);
    }
    const answer = h("div", { class: "answer", "aria-live": "polite" });
    const button = h("button", { type: "submit", class: "primary" }, words.send);
    const send = async (event: Event) => {
      event.preventDefault();
      button.disabled = true;
      answer.replaceChildren(h("p", { class: "muted" }, words.sending));
      answer.replaceChildren(...(await this.send()));
      button.disabled = false;
    };
    const form = h("form", { onsubmit: (event) => void send(event) }, ...fields, body, undo, really, h("div", { class: "row" }, button), answer);
    return h("details", { class: "attempt" }, h("summary", {}, words.tryIt), form);
  }

  private async send(): Promise<Node[]> {
    const { operation, given, words } = this;
    const init: RequestInit = { method: operation.method.toUpperCase(), headers: headers(given) };
    if (given.body) {
      init.body = given.body;
      init.headers = { ...init.headers, "content-type": "application/json" };
    }
    try {
      const began = performance.now();
      const answer = await request(address(operation, given), init);
      const text = await answer.text();
      const took = Math.round(performance.now() - began);
      const kind = answer.ok ? "good" : "bad";
      const line = h("p", {}, h("span", { class: `status ${kind}` }, String(answer.status)), ` ${took} ms`);
      return [line, h("pre", { tabindex: "0", "aria-label": words.answered }, h("code", {}, pretty(text)))];
    } catch {
      return [h("p", { class: "refusal" }, words.away)];
    }
  }

  private section(title: string, ...children: Child[]): HTMLElement {
    return h("section", {}, h("h4", {}, title), ...children);
  }
}

function pretty(text: string): string {
  let shown = text;
  try {
    shown = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Not JSON: shown as it came.
  }
  return shown.length > LONGEST ? `${shown.slice(0, LONGEST)}\n…` : shown;
}
