/** GraphiQL, speaking to this server as whoever is signed in. */

import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "../shared/base.css";
import "./graphiql.css";

import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";

import { h } from "../shared/dom.ts";
import { language, type Words } from "../shared/language.ts";
import { isSignedIn, request, signOut, toSignIn } from "../shared/session.ts";

const WORDS: Words<{ signOut: string; docs: string; lists: string }> = {
  en: { signOut: "Sign out", docs: "REST", lists: "Lists" },
  ru: { signOut: "Выйти", docs: "REST", lists: "Списки" },
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

/** `given` are the headers that the reader has written. */
async function ask(operation: object, given: Record<string, string> = {}): Promise<unknown> {
  const headers = { accept: "application/graphql-response+json, application/json", ...given, "content-type": "application/json" };
  const answer = await request("/graphql", { method: "POST", headers, body: JSON.stringify(operation) });
  if (answer.status === 401) toSignIn();
  return answer.json();
}

/** Light or dark, where one of them was chosen; else GraphiQL does as the system. */
function chosenTheme(): "light" | "dark" | undefined {
  const { theme } = document.documentElement.dataset;
  return theme === "light" || theme === "dark" ? theme : undefined;
}

function Page() {
  const words = WORDS[language()];
  const theme = chosenTheme();
  return (
    <GraphiQL {...(theme && { forcedTheme: theme })} fetcher={(operation, options) => ask(operation, options?.headers) as never} defaultQuery={START}>
      <GraphiQL.Logo>
        <a className="graphiql-brand" href="/">
          {words.lists}
        </a>
        <a className="graphiql-brand" href="/api/v1/docs">
          {words.docs}
        </a>
        <button type="button" className="graphiql-button" onClick={() => void signOut().then(toSignIn)}>
          {words.signOut}
        </button>
      </GraphiQL.Logo>
    </GraphiQL>
  );
}

if (isSignedIn()) {
  document.documentElement.lang = language();
  const place = h("main", { class: "console" });
  document.body.replaceChildren(place);
  createRoot(place).render(<Page />);
} else {
  toSignIn();
}
