/** A request on an object, over REST or over GraphQL. */

import { useState } from "react";
import { Code } from "../ui/code.tsx";
import { Segment } from "../ui/segment.tsx";
import { useWords } from "../words/index.ts";
import { graphqlExample, restExample } from "./examples.ts";

type Api = "rest" | "graphql";

export function ExamplePane({ title, first, example }: { title: string; first: Api; example: Parameters<typeof restExample> }) {
  const t = useWords();
  const [api, setApi] = useState<Api>(first);
  return (
    <section className="pane">
      <header>
        <h2>{title}</h2>
        <span className="push">
          <Segment
            bare
            label={title}
            value={api}
            onChange={setApi}
            options={[
              { value: "rest", label: t("model.rest") },
              { value: "graphql", label: t("model.graphql") },
            ]}
          />
        </span>
      </header>
      <Code text={(api === "rest" ? restExample : graphqlExample)(...example)} label={t("model.example")} />
    </section>
  );
}
