/** A record that is made in a form: where a row of a list is no place to type in. */

import { useState } from "react";
import { beginAct } from "../../api/changes.ts";
import { dropUnmade, makeBegun } from "../../api/make.ts";
import { nameOf, type ObjectType, type Values } from "../../api/model.ts";
import { faultAt, Problem } from "../../api/problem.ts";
import { recordOf } from "../../api/records.ts";
import { draft } from "../../api/save.ts";
import { type Entry, isUnreadable, useFieldContext, widgetOf } from "../index.ts";
import { Button } from "../../ui/button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import { reasonOf } from "../../ui/reason.ts";
import { useWords } from "../../words/index.ts";

interface Properties {
  object: ObjectType;
  /** A record that was begun; what is typed is kept in its draft. */
  id: string;
  /** Values that are given: they are not asked for. */
  preset?: Values;
  onClose: () => void;
  onMade: () => void;
}

export default function NewRecord({ object, id, preset = {}, onClose, onMade }: Properties) {
  const t = useWords();
  const context = useFieldContext();
  const [entries, setEntries] = useState<Record<string, Entry<unknown>>>(() => ({ ...recordOf(object.api_name, id)?.draft }));
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const fields = object.fields.filter((field) => field.permissions.create && !(field.value_key in preset) && !widgetOf(context.model, field).readOnly);
  const act = async () => {
    if (Object.values(entries).some(isUnreadable)) return;
    setBusy(true);
    setProblem(undefined);
    draft(object, id, preset);
    const made = await makeBegun(object, id, beginAct(t("list.created", { name: nameOf(object, context.language) })));
    if (made instanceof Problem) setProblem(made);
    else if (made) return onMade();
    setBusy(false);
  };
  const set = (key: string, entry: Entry<unknown>) => {
    setEntries({ ...entries, [key]: entry });
    if (!isUnreadable(entry)) draft(object, id, { [key]: entry });
  };
  const cancel = () => {
    dropUnmade(object, id);
    onClose();
  };
  return (
    <Dialog
      open
      onClose={cancel}
      title={t("list.new", { object: nameOf(object, context.language) })}
      className="full"
      footer={
        <>
          <Button onClick={cancel}>{t("common.cancel")}</Button>
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
                onChange={(next) => set(field.value_key, next)}
              />
              {fault && <span className="bad-word">{fault}</span>}
            </div>
          );
        })}
        {problem && problem.faults.length === 0 && <p className="bad-word">{reasonOf(problem, object)}</p>}
      </div>
    </Dialog>
  );
}
