/** A record that is made in a form: where a row of a list is no place to type in. */

import { useState } from "react";
import { beginAct } from "../../api/changes.ts";
import { create } from "../../api/make.ts";
import { nameOf, type ObjectType, type Values } from "../../api/model.ts";
import { faultAt, Problem } from "../../api/problem.ts";
import { type Entry, isUnreadable, useFieldContext, widgetOf } from "../index.ts";
import { newId } from "../../lib/ids.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { useWords } from "../../words/index.ts";

interface Properties {
  object: ObjectType;
  /** Values that are given: they are not asked for. */
  preset?: Values;
  onClose: () => void;
  onMade: (values: Values) => void;
}

export default function NewRecord({ object, preset = {}, onClose, onMade }: Properties) {
  const t = useWords();
  const context = useFieldContext();
  const [entries, setEntries] = useState<Record<string, Entry<unknown>>>({});
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [id] = useState(newId);
  const fields = object.fields.filter((field) => field.permissions.create && !(field.value_key in preset) && !widgetOf(context.model, field).readOnly);
  const act = async () => {
    if (Object.values(entries).some(isUnreadable)) return;
    setBusy(true);
    setProblem(undefined);
    try {
      const { values } = await create(object, { id, ...preset, ...entries }, beginAct(t("list.created", { name: nameOf(object, context.language) })));
      onMade(values);
    } catch (error) {
      if (error instanceof Problem) setProblem(error);
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("list.new", { object: nameOf(object, context.language) })}
      className="full"
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button primary disabled={busy} onClick={() => void act()}>
            {t("common.save")}
          </Button>
        </>
      }
    >
      <div className="body-text form">
        {fields.map((field, at) => {
          const { Input } = widgetOf(context.model, field);
          const entry = entries[field.value_key] ?? null;
          const fault = isUnreadable(entry) ? entry.problem : faultAt(problem, `/${field.value_key}`);
          const label = nameOf(field, context.language);
          return (
            <div key={field.api_name} className="field">
              <span>{label}</span>
              <Input
                field={field}
                value={entry}
                record={{}}
                context={context}
                place="form"
                label={label}
                autoFocus={at === 0}
                invalid={fault !== undefined}
                onChange={(next) => setEntries({ ...entries, [field.value_key]: next })}
              />
              {fault && <span className="bad-word">{fault}</span>}
            </div>
          );
        })}
        {problem && problem.faults.length === 0 && <p className="bad-word">{problem.message}</p>}
      </div>
    </Dialog>
  );
}
