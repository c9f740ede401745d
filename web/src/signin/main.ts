/** Signing in, signing up, joining by an invitation and setting a new password, without the code of the page, which is fetched while one types. */

import { h } from "../shared/dom.ts";
import { choose, language } from "../shared/language.ts";
import { acceptInvitation, CodeNeeded, type Credentials, type Invitation, invitation, Refusal, resetPassword, signIn, signInWithCode, signUp, useToken } from "../shared/session.ts";
import { slugOf } from "./slug.ts";
import { WORDS } from "./words.ts";

type Way = "password" | "token" | "signup" | "code" | "invite" | "reset" | "ended";

/** The ways that an address of their own leads to; the others turn into each other. */
const BY_ADDRESS: Record<string, Way> = { signup: "signup", invite: "invite", reset: "reset" };

const asked = new URLSearchParams(location.search);
const [, place = "", linked = ""] = location.pathname.split("/").map(decodeURIComponent);
let way: Way = BY_ADDRESS[place] ?? "password";
/** Set where the password was right and a code is needed. */
let mfaToken = "";
/** Set where the way is `invite`. */
let invite: Invitation = { email: "", tenant: { name: "" }, has_account: false };

/** Where to go from here: a place of this server, whatever the address says. */
function next(): string {
  const wanted = asked.get("next") ?? "/";
  return /^\/(?![/\\])/.test(wanted) ? wanted : "/";
}

function draw(): void {
  const words = WORDS[language()];
  document.documentElement.lang = language();
  const titles: Partial<Record<Way, string>> = {
    signup: words.signUp,
    code: words.codeTitle,
    invite: words.join.replace("{}", invite.tenant.name),
    reset: words.resetTitle,
  };
  const title = titles[way] ?? words.signIn;
  document.title = `${title} · Tessera`;

  const told = h("p", { role: "alert" });
  const field = (name: string, label: string, properties: Record<string, string | boolean> = {}) => {
    const box = h("input", { class: "input", id: name, name, required: true, ...properties });
    return h("div", { class: "field" }, h("label", { for: name }, label), box);
  };
  const tenants = h("select", { class: "input", id: "tenant", name: "tenant" });
  const tenant = h("div", { class: "field", hidden: true }, h("label", { for: "tenant" }, words.tenant), tenants);
  const submit = h("button", { type: "submit", class: "button primary wide" }, way === "code" || way === "reset" ? words.goOn : title);
  // Browsers refuse addresses beyond ASCII in a box of type `email`.
  const email = field("email", words.email, { type: "text", inputmode: "email", autocapitalize: "none", autocomplete: "username" });
  const shortName = h("p", { class: "address" });
  const organisation = field("tenant_name", words.tenantName, { autocomplete: "organization" });
  organisation.addEventListener("input", (event) => {
    const slug = slugOf((event.target as HTMLInputElement).value);
    shortName.textContent = slug && words.address.replace("{}", slug);
  });

  const newPassword = () => field("password", words.newPassword, { type: "password", autocomplete: "new-password", minlength: "8" });
  const oldPassword = () => field("password", words.password, { type: "password", autocomplete: "current-password" });
  const fields: Record<Way, () => HTMLElement[]> = {
    password: () => [email, oldPassword(), tenant],
    token: () => [field("token", words.token, { type: "password", autocomplete: "off" })],
    signup: () => [organisation, shortName, email, newPassword()],
    code: () => [field("code", words.code, { inputmode: "text", autocapitalize: "none", autocomplete: "one-time-code" })],
    invite: () => {
      const who = h("p", { class: "address" }, words.joinAs.replace("{}", invite.email));
      if (invite.has_account) return [who, oldPassword()];
      return [who, field("name", words.yourName, { autocomplete: "name" }), newPassword()];
    },
    reset: () => [newPassword()],
    ended: () => [],
  };

  const act = async (values: Record<string, string>): Promise<string> => {
    const { email = "", password = "", tenant_name = "", token = "", code = "", name } = values;
    if (way === "reset") {
      await resetPassword(linked, password);
      return "/signin";
    }
    if (way === "token") useToken(token);
    else if (way === "code") await signInWithCode(mfaToken, code);
    else if (way === "invite") await acceptInvitation(linked, { password, ...(name !== undefined && { name }) });
    else if (way === "signup") await signUp({ tenant_name, tenant_slug: slugOf(tenant_name), email, password });
    else {
      const credentials: Credentials = { email, password };
      if (tenants.value !== "") credentials.tenant = tenants.value;
      await signIn(credentials);
    }
    return next();
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
    if (error.status === 404) return words.linkEnded;
    return error.status === 401 && way === "password" ? words.wrong : error.message;
  };

  const form = h("form", {
    onsubmit: (event) => {
      event.preventDefault();
      told.textContent = "";
      submit.disabled = true;
      act(Object.fromEntries(new FormData(form)) as Record<string, string>)
        .then((to) => location.replace(to))
        .catch((error: unknown) => {
          if (error instanceof CodeNeeded) {
            mfaToken = error.mfaToken;
            way = "code";
            return draw();
          }
          told.textContent = explain(error);
          submit.disabled = false;
        });
    },
  });
  if (way === "ended") told.textContent = words.linkEnded;
  form.append(...fields[way](), told, ...(way === "ended" ? [] : [submit]));
  form.addEventListener("input", () => void preload(), { once: true });

  const turn = (to: Way, label: string, look: string) =>
    h(
      "button",
      {
        type: "button",
        class: look,
        onclick: () => {
          way = to;
          history.replaceState(null, "", (to === "signup" ? "/signup" : "/signin") + (place.startsWith("sign") ? location.search : ""));
          draw();
        },
      },
      label,
    );
  const hasToken = way === "password" || way === "token";
  const other =
    way !== "password" && way !== "token"
      ? h("p", { class: "below" }, way === "signup" && `${words.account} `, turn("password", words.signIn, "text-link"))
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
        h("h1", {}, title),
        form,
        hasToken && h("div", { class: "or" }, words.or),
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

/** Reads the invitation that the link is of, so that the page can say to whom and where to it leads. */
function openInvitation(): Promise<void> {
  return invitation(linked).then(
    (found) => {
      invite = found;
    },
    () => {
      way = "ended";
    },
  );
}

if (way === "invite") void openInvitation().then(draw);
else draw();
