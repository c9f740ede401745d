/** Signing in and signing up, without anything that only the page needs; the page is fetched while one types. */

import { h } from "../shared/dom.ts";
import { choose, language } from "../shared/language.ts";
import { type Credentials, Refusal, signIn, signUp, useToken } from "../shared/session.ts";
import { slugOf } from "./slug.ts";
import { WORDS } from "./words.ts";

type Way = "password" | "token" | "signup";

const asked = new URLSearchParams(location.search);
let way: Way = location.pathname === "/signup" ? "signup" : "password";

/** Where to go from here: a place of this server, whatever the address says. */
function next(): string {
  const wanted = asked.get("next") ?? "/";
  return /^\/(?![/\\])/.test(wanted) ? wanted : "/";
}

function draw(): void {
  const words = WORDS[language()];
  document.documentElement.lang = language();
  document.title = `${way === "signup" ? words.signUp : words.signIn} · Tessera`;

  const told = h("p", { role: "alert" });
  const field = (name: string, label: string, properties: Record<string, string | boolean> = {}) => {
    const box = h("input", { class: "input", id: name, name, required: true, ...properties });
    return h("div", { class: "field" }, h("label", { for: name }, label), box);
  };
  const tenants = h("select", { class: "input", id: "tenant", name: "tenant" });
  const tenant = h("div", { class: "field", hidden: true }, h("label", { for: "tenant" }, words.tenant), tenants);
  const submit = h("button", { type: "submit", class: "button primary wide" }, way === "signup" ? words.signUp : words.signIn);
  // Browsers refuse addresses beyond ASCII in a box of type `email`.
  const email = field("email", words.email, { type: "text", inputmode: "email", autocapitalize: "none", autocomplete: "username" });
  const shortName = h("p", { class: "address" });
  const organisation = field("tenant_name", words.tenantName, { autocomplete: "organization" });
  organisation.addEventListener("input", (event) => {
    const slug = slugOf((event.target as HTMLInputElement).value);
    shortName.textContent = slug && words.address.replace("{}", slug);
  });

  const fields = {
    password: [email, field("password", words.password, { type: "password", autocomplete: "current-password" }), tenant],
    token: [field("token", words.token, { type: "password", autocomplete: "off" })],
    signup: [
      organisation,
      shortName,
      email,
      field("password", words.newPassword, { type: "password", autocomplete: "new-password", minlength: "8" }),
    ],
  }[way];

  const act = async (values: Record<string, string>): Promise<void> => {
    const { email = "", password = "", tenant_name = "", token = "" } = values;
    if (way === "token") return useToken(token);
    if (way === "signup") return signUp({ tenant_name, tenant_slug: slugOf(tenant_name), email, password });
    const credentials: Credentials = { email, password };
    if (tenants.value !== "") credentials.tenant = tenants.value;
    return signIn(credentials);
  };

  const explain = (error: unknown): string => {
    if (!(error instanceof Refusal)) return words.away;
    const slugs = error.problem.tenants ?? [];
    if (slugs.length > 0) {
      tenants.replaceChildren(...slugs.map((slug) => h("option", { value: slug }, slug)));
      tenant.hidden = false;
      tenants.focus();
      return words.several;
    }
    if (error.status === 429) return words.wait.replace("{}", String(error.retryAfter ?? 30));
    return error.status === 401 ? words.wrong : error.message;
  };

  const form = h("form", {
    onsubmit: (event) => {
      event.preventDefault();
      told.textContent = "";
      submit.disabled = true;
      act(Object.fromEntries(new FormData(form)) as Record<string, string>)
        .then(() => location.replace(next()))
        .catch((error: unknown) => {
          told.textContent = explain(error);
          submit.disabled = false;
        });
    },
  });
  form.append(...fields, told, submit);
  form.addEventListener("input", () => void preload(), { once: true });

  const turn = (to: Way, label: string, look: string) =>
    h(
      "button",
      {
        type: "button",
        class: look,
        onclick: () => {
          way = to;
          history.replaceState(null, "", (to === "signup" ? "/signup" : "/signin") + location.search);
          draw();
        },
      },
      label,
    );
  const other =
    way === "signup"
      ? h("p", { class: "below" }, `${words.account} `, turn("password", words.signIn, "text-link"))
      : h("p", { class: "below" }, `${words.noAccount} `, turn("signup", words.signUp, "text-link"));
  const turned = h(
    "button",
    {
      type: "button",
      onclick: () => {
        choose(language() === "ru" ? "en" : "ru");
        draw();
      },
    },
    words.language,
  );

  document.body.replaceChildren(
    h(
      "div",
      { class: "gate" },
      h(
        "main",
        {},
        brand(),
        h("h1", {}, way === "signup" ? words.signUp : words.signIn),
        form,
        way !== "signup" && h("div", { class: "or" }, words.or),
        way === "password" && turn("token", words.useToken, "button wide"),
        way === "token" && turn("password", words.usePassword, "button wide"),
        other,
      ),
      h("footer", {}, turned, h("a", { href: "/api/v1/docs" }, words.api), h("a", { href: "/health" }, words.status)),
    ),
  );
  document.querySelector<HTMLInputElement>("form input")?.focus();
}

function brand(): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "brand");
  svg.setAttribute("aria-hidden", "true");
  for (const [index, [x, y]] of [[1, 1], [8.75, 1], [1, 8.75], [8.75, 8.75]].entries()) {
    const part = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    const at = { x: String(x), y: String(y), width: "6.25", height: "6.25", rx: "1.5", ...(index === 3 && { class: "lit" }) };
    for (const [name, value] of Object.entries(at)) part.setAttribute(name, value);
    svg.append(part);
  }
  return svg;
}

/** Asks for the files of the page, by what its own HTML names, so that they are there when it opens. */
async function preload(): Promise<void> {
  const answer = await fetch("/", { headers: { accept: "text/html" } }).catch(() => undefined);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const named of page.querySelectorAll("script[type=module], link[rel=modulepreload], link[rel=stylesheet]")) {
    const href = named.getAttribute("src") ?? named.getAttribute("href");
    const style = named.getAttribute("rel") === "stylesheet";
    if (href) document.head.append(h("link", { rel: style ? "preload" : "modulepreload", href, ...(style && { as: "style" }) }));
  }
}

draw();
