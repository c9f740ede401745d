/** An object that is not saved yet, as a form and as requests. */

import { useFieldContext, widgetOfType } from "../fields/index.ts";
import { useWords } from "../words/index.ts";
import type { DrawnObject } from "./draft.ts";
import { ExamplePane } from "./example-pane.tsx";

const nothing = () => undefined;

export function Preview({ object }: { object: DrawnObject }) {
  const t = useWords();
  const { model } = useFieldContext();
  const title = t("model.sample", { name: object.name });
  return (
    <div className="seen">
      <section className="pane">
        <header>
          <h2>{t("model.form")}</h2>
        </header>
        <FormPreview object={object} />
      </section>
      <ExamplePane title={t("model.onApi")} first="rest" example={[object, object.fields, object.label, title, model]} />
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
