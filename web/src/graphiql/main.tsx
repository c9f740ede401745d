/** GraphiQL, speaking to this server as whoever is signed in. */

import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "../shared/base.css";
import "./graphiql.css";

import { GraphiQL } from "graphiql";
import { createRoot, type Root } from "react-dom/client";

import { h } from "../shared/dom.ts";
import { language, type Words } from "../shared/language.ts";
import { forget, isSignedIn, request, signOut } from "../shared/session.ts";
import { signInForm } from "../shared/signin.ts";

const WORDS: Words<{ about: string; signOut: string; docs: string }> = {
  en: { about: "Queries are answered as yours, with the rights you have.", signOut: "Sign out", docs: "REST" },
  ru: { about: "Запросы выполняются от вашего имени и с вашими правами.", signOut: "Выйти", docs: "REST" },
};

const START = `# Ctrl-Space completes, Ctrl-Enter runs.
# The book on the left is the documentation.

{
  __schema {
    queryType {
      fields {
        name
        description
      }
    }
  }
}
`;

let root: Root | undefined;

/** `given` are the headers that the reader has written. */
async function ask(operation: object, given: Record<string, string> = {}): Promise<unknown> {
  const headers = { accept: "application/graphql-response+json, application/json", ...given, "content-type": "application/json" };
  const answer = await request("/graphql", { method: "POST", headers, body: JSON.stringify(operation) });
  if (answer.status === 401) {
    forget();
    show();
  }
  return answer.json();
}

function Page() {
  const words = WORDS[language()];
  return (
    <GraphiQL fetcher={(operation, options) => ask(operation, options?.headers) as never} defaultQuery={START}>
      <GraphiQL.Logo>
        <a className="graphiql-brand" href="/api/v1/docs">
          {words.docs}
        </a>
        <button type="button" className="graphiql-button" onClick={() => void signOut().then(show)}>
          {words.signOut}
        </button>
      </GraphiQL.Logo>
    </GraphiQL>
  );
}

function show(): void {
  document.documentElement.lang = language();
  root?.unmount();
  root = undefined;
  if (!isSignedIn()) {
    const form = signInForm(language(), WORDS[language()].about, show);
    document.body.replaceChildren(h("main", {}, form));
    form.querySelector("input")?.focus();
    return;
  }
  const place = h("main", { class: "console" });
  document.body.replaceChildren(place);
  root = createRoot(place);
  root.render(<Page />);
}

show();
