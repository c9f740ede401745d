/** Elements, made in one expression. Text is only ever set as text, so nothing that is shown can be markup. */

export type Child = Node | string | null | undefined | false;

type Properties = Record<string, string | boolean | undefined | EventListener>;

/** `on…` properties are listeners; `true` is an attribute without a value. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (typeof value === "string") element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null && child !== false));
  return element;
}

/** Text in which `…` marks code and an empty line a new paragraph. */
export function prose(text: string): HTMLElement {
  const paragraphs = text.split(/\n\n+/).map((paragraph) => h("p", {}, ...phrase(paragraph)));
  return h("div", { class: "prose" }, ...paragraphs);
}

export function phrase(text: string): Child[] {
  return text.split("`").map((part, index) => (index % 2 ? h("code", {}, part) : part));
}
