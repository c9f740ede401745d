/** The API's own documentation: the document of whoever is signed in, to be looked through, searched and tried. */

import { type Child, h, phrase, prose } from "../shared/dom.ts";
import { choose, type Language, language } from "../shared/language.ts";
import { isSignedIn, refusal, Refusal, request, signOut, toSignIn } from "../shared/session.ts";
import { Api, type Group, type Operation } from "./openapi.ts";
import { badge, operationView } from "./operation.ts";
import { wordsOf } from "./words.ts";

const PATH = "/api/v1/openapi.json";

/** The document, once it is here. */
let api: Api | undefined;

function render(): void {
  const chosen = language();
  document.documentElement.lang = chosen;
  document.title = `${wordsOf(chosen).title} · Tessera`;
  if (api) document.body.replaceChildren(...page(api, chosen));
}

async function load(): Promise<void> {
  const chosen = language();
  const words = wordsOf(chosen);
  tell(h("p", { class: "muted", role: "status" }, words.loading));
  try {
    const answer = await request(PATH, { headers: { "accept-language": chosen } });
    if (!answer.ok) throw await refusal(answer);
    api = new Api(await answer.json());
    render();
    arrive();
  } catch (error) {
    if (error instanceof Refusal && error.status === 401) return toSignIn();
    const reason = error instanceof Refusal ? error.message : words.away;
    const again = h("button", { type: "button", class: "primary", onclick: () => void load() }, words.again);
    tell(h("div", { role: "alert" }, h("h1", {}, words.failed), h("p", {}, reason)), again);
  }
}

/** One thing to say instead of the page. */
function tell(...children: Child[]): void {
  const main = h("main", { class: "told" }, ...children);
  document.body.replaceChildren(header(language()), main);
}

function header(chosen: Language): HTMLElement {
  const words = wordsOf(chosen);
  const languages = h(
    "select",
    { "aria-label": words.language },
    h("option", { value: "en", lang: "en", selected: chosen === "en" }, "English"),
    h("option", { value: "ru", lang: "ru", selected: chosen === "ru" }, "Русский"),
  );
  languages.addEventListener("change", () => {
    choose(languages.value === "ru" ? "ru" : "en");
    void load();
  });
  const leave = h("button", { type: "button", onclick: () => void signOut().then(toSignIn) }, words.signOut);
  const name = h("a", { href: "/", class: "brand", title: words.toLists }, h("span", { class: "mark", "aria-hidden": "true" }), "Tessera");
  return h("header", {}, name, h("span", { class: "space" }), languages, leave);
}

function page(shown: Api, chosen: Language): Node[] {
  const words = wordsOf(chosen);
  const main = h("main", { id: "content", tabindex: "-1" });
  const skip = h("a", { class: "skip", href: "#content", onclick: (event) => {
    event.preventDefault();
    main.focus();
  } }, words.skip);
  const sidebar = contents(shown, chosen);
  return [skip, header(chosen), h("div", { class: "columns" }, sidebar, main)];
}

function contents(shown: Api, chosen: Language): HTMLElement {
  const words = wordsOf(chosen);
  const list = h("ul", { class: "groups" });
  const count = h("p", { class: "hidden", role: "status" });
  const search = h("input", { type: "search", placeholder: words.searchHint, "aria-label": words.search, autocomplete: "off", spellcheck: "false" });
  const show = () => {
    const sought = search.value.trim().toLowerCase();
    list.classList.toggle("sought", sought !== "");
    if (sought === "") {
      count.textContent = "";
      list.replaceChildren(link("#", words.overview), ...shown.groups.map((group) => link(`#${group.tag.name}`, group.title)));
    } else {
      const found = shown.groups.flatMap((group) => matching(group, sought));
      count.textContent = `${words.found}: ${found.length}`;
      const items = found.map(([group, operation]) => operationLink(group, operation));
      list.replaceChildren(...(items.length > 0 ? items : [h("li", { class: "muted" }, words.none)]));
    }
    mark();
  };
  search.addEventListener("input", show);
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    search.value = "";
    show();
  });
  const nav = h("nav", { "aria-label": words.contents }, h("search", {}, search), count, list);
  show();
  return nav;
}

/** Says which of the contents is shown: the operation itself, or else its object. */
function mark(): void {
  const [tag, operation] = place();
  for (const anchor of document.querySelectorAll("nav a")) {
    const here = [`#${tag}`, `#${tag}/${operation}`].includes(anchor.getAttribute("href") ?? "");
    if (here) anchor.setAttribute("aria-current", "page");
    else anchor.removeAttribute("aria-current");
  }
}

const link = (href: string, text: string): HTMLElement => h("li", {}, h("a", { href }, text));

function operationLink(group: Group, operation: Operation): HTMLElement {
  const href = `#${group.tag.name}/${operation.operationId}`;
  return h("li", {}, h("a", { href, class: "found" }, badge(operation.method), h("span", {}, operation.summary), h("code", {}, operation.path)));
}

/** Every word that is sought must be somewhere in an operation. */
function matching(group: Group, sought: string): [Group, Operation][] {
  const words = sought.split(/\s+/);
  const fits = (operation: Operation) => {
    const text = `${operation.method} ${operation.path} ${operation.summary} ${operation.operationId} ${group.title}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return group.operations.filter(fits).map((operation) => [group, operation]);
}

/** Tag and operation that the address names. */
function place(): [tag: string, operation?: string] {
  const [tag = "", operation] = decodeURIComponent(location.hash.slice(1)).split("/");
  return operation === undefined ? [tag] : [tag, operation];
}

/** Shows what the address names. */
function arrive(): void {
  const main = document.querySelector<HTMLElement>("main#content");
  if (!api || !main) return;
  const [tag, wanted] = place();
  const group = api.groups.find((known) => known.tag.name === tag);
  main.replaceChildren(...(group ? groupView(api, group) : overview(api)));
  mark();
  const operation = wanted === undefined ? null : document.getElementById(wanted);
  if (operation instanceof HTMLDetailsElement) {
    operation.open = true;
    operation.scrollIntoView();
    operation.querySelector("summary")?.focus({ preventScroll: true });
  } else {
    window.scrollTo(0, 0);
  }
}

function groupView(shown: Api, group: Group): (Node | string)[] {
  const words = wordsOf(language());
  const about = group.tag.description ? h("p", { class: "lead" }, ...phrase(group.tag.description)) : null;
  return [
    h("h1", { tabindex: "-1" }, group.title),
    about,
    ...group.operations.map((operation) => operationView(shown, operation, words)),
  ].filter((child) => child !== null);
}

function overview(shown: Api): (Node | string)[] {
  const words = wordsOf(language());
  const { info } = shown.document;
  const cards = shown.groups.map((group) => {
    const count = `${group.operations.length} ${words.operations}`;
    return h("li", {}, h("a", { href: `#${group.tag.name}` }, h("strong", {}, group.title), h("span", { class: "muted" }, count)));
  });
  return [
    h("h1", { tabindex: "-1" }, info.title),
    h("p", { class: "muted" }, `OpenAPI ${shown.document.openapi} · ${words.model} ${info.version}`),
    info.description ? prose(info.description) : "",
    h("p", { class: "row" }, save(words.download), h("a", { href: "/graphiql" }, words.graphql)),
    cards.length > 0 ? h("ul", { class: "cards" }, ...cards) : h("p", {}, words.empty),
  ];
}

/** The document needs a token, so a plain link to it would lead nowhere. */
function save(text: string): HTMLElement {
  return h("button", {
    type: "button",
    onclick: () => {
      const content = JSON.stringify(api?.document, null, 2);
      const href = URL.createObjectURL(new Blob([content], { type: "application/json" }));
      h("a", { href, download: "openapi.json" }).click();
      URL.revokeObjectURL(href);
    },
  }, text);
}

addEventListener("hashchange", () => {
  arrive();
  document.querySelector<HTMLElement>("main h1")?.focus({ preventScroll: true });
});
addEventListener("keydown", (event) => {
  const typing = event.target instanceof HTMLElement && event.target.matches("input, textarea, select");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const search = document.querySelector<HTMLInputElement>("nav input");
  if (search) {
    event.preventDefault();
    search.focus();
  }
});

if (isSignedIn()) void load();
else toSignIn();
