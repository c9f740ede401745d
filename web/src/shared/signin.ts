/** The form that signs in: with an address and a password, or with a token. */

import { h } from "./dom.ts";
import { type Language, type Words } from "./language.ts";
import { type Credentials, Refusal, signIn, useToken } from "./session.ts";

const WORDS: Words<Record<string, string>> = {
  en: {
    title: "Sign in",
    email: "E-mail",
    password: "Password",
    tenant: "Tenant",
    submit: "Sign in",
    or: "or with a token",
    token: "Access token or API key",
    use: "Use the token",
    wrong: "The e-mail address or the password is wrong.",
    wait: "Too many attempts failed. Try again in {} s.",
    several: "This address belongs to several tenants. Choose one.",
    away: "The server does not answer. Try again in a moment.",
  },
  ru: {
    title: "Вход",
    email: "Электронная почта",
    password: "Пароль",
    tenant: "Организация",
    submit: "Войти",
    or: "или по токену",
    token: "Токен доступа или ключ API",
    use: "Использовать токен",
    wrong: "Неверный адрес или пароль.",
    wait: "Слишком много неудачных попыток. Повторите через {} с.",
    several: "Адрес принадлежит нескольким организациям. Выберите одну.",
    away: "Сервер не отвечает. Повторите чуть позже.",
  },
};

export function signInForm(language: Language, about: string, done: () => void): HTMLElement {
  const words = (key: string) => WORDS[language][key] ?? key;
  const field = (name: string, properties: Record<string, string | boolean>) =>
    h("label", {}, words(name), h("input", { name, required: true, ...properties }));
  const tenants = h("select", { name: "tenant" });
  const tenant = h("label", { hidden: true }, words("tenant"), tenants);
  const told = h("p", { class: "refusal", role: "alert" });
  const button = h("button", { type: "submit", class: "primary" }, words("submit"));

  const submit = async (event: Event) => {
    event.preventDefault();
    const values = new FormData(form);
    const credentials: Credentials = {
      email: String(values.get("email")),
      password: String(values.get("password")),
    };
    if (tenants.value !== "") credentials.tenant = tenants.value;
    told.textContent = "";
    button.disabled = true;
    try {
      await signIn(credentials);
      done();
    } catch (error) {
      told.textContent = explain(error);
    } finally {
      button.disabled = false;
    }
  };
  const explain = (error: unknown): string => {
    if (!(error instanceof Refusal)) return words("away");
    const slugs = error.problem.tenants ?? [];
    if (slugs.length > 0) {
      tenants.replaceChildren(...slugs.map((slug) => h("option", { value: slug }, slug)));
      tenant.hidden = false;
      return words("several");
    }
    if (error.status === 429) return words("wait").replace("{}", String(error.retryAfter ?? 30));
    return error.status === 401 ? words("wrong") : error.message;
  };
  const form = h(
    "form",
    { onsubmit: (event) => void submit(event) },
    // Browsers refuse addresses beyond ASCII in a field of type `email`.
    field("email", {
      type: "text",
      inputmode: "email",
      autocapitalize: "none",
      autocomplete: "username",
    }),
    field("password", { type: "password", autocomplete: "current-password" }),
    tenant,
    told,
    button,
  );
  const given = h("form", {
    onsubmit: (event) => {
      event.preventDefault();
      useToken(String(new FormData(given).get("token")));
      done();
    },
  });
  given.append(
    field("token", { type: "password", autocomplete: "off" }),
    h("button", { type: "submit" }, words("use")),
  );
  return h(
    "div",
    { class: "signin own" },
    h("h1", {}, words("title")),
    h("p", { class: "muted" }, about),
    form,
    h("details", {}, h("summary", {}, words("or")), given),
  );
}
