/** The page at the root: what runs here, and where to go. */

import { h, prose } from "../shared/dom.ts";
import { type Words, language } from "../shared/language.ts";

const ENGLISH = {
  about: "A Tessera server: objects that an admin defines, over REST and GraphQL.",
  docs: "API documentation",
  docsHint: "REST, as your tenant's model makes it. Every request can be tried.",
  graphiql: "GraphiQL",
  graphiqlHint: "Write GraphQL queries against your tenant's schema.",
  health: "Health",
  healthHint: "Whether the server and its database are up.",
  signIn:
    "The documentation and GraphiQL ask you to sign in with your e-mail address and password. If `make run` started this server, that is `test@example.com` with the password `password`.",
  version: "Version",
};

const RUSSIAN: typeof ENGLISH = {
  about: "Сервер Tessera: объекты, которые определяет администратор, через REST и GraphQL.",
  docs: "Документация API",
  docsHint: "REST по модели вашей организации. Каждый запрос можно попробовать.",
  graphiql: "GraphiQL",
  graphiqlHint: "Запросы GraphQL к схеме вашей организации.",
  health: "Состояние",
  healthHint: "Работают ли сервер и его база данных.",
  signIn:
    "Документация и GraphiQL просят войти по адресу электронной почты и паролю. Если сервер запущен командой `make run`, это `test@example.com` с паролем `password`.",
  version: "Версия",
};

const ALL: Words<typeof ENGLISH> = { en: ENGLISH, ru: RUSSIAN };

const chosen = language();
const words = ALL[chosen];
document.documentElement.lang = chosen;

const link = (href: string, title: string, hint: string) =>
  h("li", {}, h("a", { href }, h("strong", {}, title), h("span", { class: "muted" }, hint)));
const version = h("p", { class: "muted" });

document.body.append(
  h(
    "main",
    {},
    h("h1", {}, "Tessera"),
    h("p", {}, words.about),
    h(
      "ul",
      {},
      link("/api/v1/docs", words.docs, words.docsHint),
      link("/graphiql", words.graphiql, words.graphiqlHint),
      link("/health", words.health, words.healthHint),
    ),
    prose(words.signIn),
    version,
  ),
);

const answer = await fetch("/", { headers: { accept: "application/json" } });
if (answer.ok) version.textContent = `${words.version} ${(await answer.json()).version}`;
