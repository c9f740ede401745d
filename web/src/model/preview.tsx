/** An object that is not saved yet, as a form and as requests. */

import { useState } from "react";
import { useFieldContext, widgetOfType } from "../fields/index.ts";
import { Code } from "../ui/code.tsx";
import { Segment } from "../ui/segment.tsx";
import { useWords } from "../words/index.ts";
import type { DrawnObject } from "./draft.ts";
import { graphqlExample, restExample } from "./examples.ts";

const nothing = () => undefined;

export function Preview({ object }: { object: DrawnObject }) {
  const t = useWords();
  const { model } = useFieldContext();
  const [door, setDoor] = useState<"rest" | "graphql">("rest");
  const title = t("model.sample", { name: object.name });
  const example = (door === "rest" ? restExample : graphqlExample)(object, object.fields, object.label, title, model);
  return (
    <div className="seen">
      <section className="pane">
        <header>
          <h2>{t("model.form")}</h2>
        </header>
        <FormPreview object={object} />
      </section>
      <section className="pane">
        <header>
          <h2>{t("model.onApi")}</h2>
          <span className="push">
            <Segment
              bare
              label={t("model.onApi")}
              value={door}
              onChange={setDoor}
              options={[
                { value: "rest", label: t("model.rest") },
                { value: "graphql", label: t("model.graphql") },
              ]}
            />
          </span>
        </header>
        <Code text={example} label={t("model.example")} />
      </section>
    </div>
  );
}

/** Only looked at: nothing can be typed into it. */
function FormPreview({ object }: { object: DrawnObject }) {
  const context = useFieldContext();
  return (
    <div className="form form-preview" inert>
      {object.fields.map(({ field, type }) => {
        const { Input, tall, readOnly } = widgetOfType(type);
        return (
          <div key={field.api_name} className={`field ${tall || field.api_name === object.label ? "is-wide" : ""}`}>
            <span>{field.name}</span>
            {readOnly ? (
              <span className="input" />
            ) : (
              <Input key={field.type} field={field} value={null} record={{}} context={context} place="form" label={field.name} onChange={nothing} />
            )}
          </div>
        );
      })}
    </div>
  );
}
