/** What can be done with the ticked rows: edited together, deleted. */

import { useEffect, useState } from "react";
import { remove, setInAll, type Which } from "../api/bulk.ts";
import { beginAct } from "../api/changes.ts";
import { type Field, nameOf, type ObjectType, personOf, type Values } from "../api/model.ts";
import { Problem } from "../api/problem.ts";
import { useActions } from "../app/actions.ts";
import { sayDone } from "../app/done.ts";
import { type Entry, isUnreadable, useFieldContext, widgetOf } from "../fields/index.ts";
import { Picker } from "../ui/picker.tsx";
import { usePeopleChoices } from "../fields/parts/reference.tsx";
import { showNumber } from "../lib/numbers.ts";
import { Button, Ghost, IconButton } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { reasonOf } from "../ui/reason.ts";
import { say } from "../ui/toast.tsx";
import { useWords } from "../words/index.ts";

interface Properties {
  object: ObjectType;
  count: number;
  which: Which;
  /** All that match, where not all of them are ticked yet. */
  all: number | undefined;
  onAll: () => void;
  onClear: () => void;
  onDone: (which: Which, gone: boolean) => void;
}

export function BulkBar({ object, count, which, all, onAll, onClear, onDone }: Properties) {
  const t = useWords();
  const { locale, model } = useFieldContext();
  const person = personOf(object, model);
  const owner = person?.permissions.update ? person : undefined;
  const [editing, setEditing] = useState(false);
  const [asking, setAsking] = useState(false);

  const destroy = async () => {
    setAsking(false);
    try {
      const act = beginAct(t("list.deleted", { count }));
      const affected = await remove(object, which, act);
      onDone(which, true);
      sayDone(act, t("list.deleted", { count: affected }));
    } catch (error) {
      say(reasonOf(error, object), { bad: true });
    }
  };

  const startDelete = () => ("ids" in which ? void destroy() : setAsking(true));
  useActions([
    object.permissions.update && { id: "edit-many", icon: "pencil", label: t("list.editSelected", { count }), act: () => setEditing(true) },
    object.permissions.delete && { id: "delete-many", icon: "trash-2", label: t("list.deleteSelected", { count }), act: startDelete },
  ]);

  return (
    <>
      <div className="float bulk" role="toolbar" aria-label={t("list.bulkBar")}>
        <b role="status">{t("list.selected", { count })}</b>
        {all !== undefined && <Ghost onClick={onAll}>{t("list.selectAll", { formatted: showNumber(all, locale) })}</Ghost>}
        <span className="rule" aria-hidden />
        {object.permissions.update && (
          <Ghost ink icon="pencil" onClick={() => setEditing(true)}>
            {t("list.editMany")}
          </Ghost>
        )}
        {owner && object.permissions.update && <Assign {...{ object, which, count }} field={owner} onDone={() => onDone(which, false)} />}
        {object.permissions.delete && (
          <Ghost ink icon="trash-2" onClick={startDelete}>
            {t("common.delete")}
          </Ghost>
        )}
        <span className="rule" aria-hidden />
        <IconButton icon="x" label={t("list.clearSelection")} onClick={onClear} />
      </div>
      {editing && <EditMany {...{ object, count, which }} onClose={() => setEditing(false)} onDone={() => onDone(which, false)} />}
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t("list.deleteAllTitle", { count })}
        footer={
          <>
            <Button onClick={() => setAsking(false)}>{t("common.cancel")}</Button>
            <Button bad onClick={() => void destroy()}>
              {t("common.delete")}
            </Button>
          </>
        }
      >
        <p className="body-text">{t("list.deleteAllDetail")}</p>
      </Dialog>
    </>
  );
}

/** Gives the records to a person, or to nobody. */
function Assign({ object, which, count, field, onDone }: { object: ObjectType; which: Which; count: number; field: Field; onDone: () => void }) {
  const t = useWords();
  const { language } = useFieldContext();
  const people = usePeopleChoices();
  const give = async (id: string | null) => {
    const person = people.find((each) => each.value === id)?.label;
    const said = (of: number) => (person === undefined ? t("list.assignedNobody", { count: of }) : t("list.assigned", { count: of, name: person }));
    const act = beginAct(said(count));
    try {
      const affected = await setInAll(object, which, { [field.value_key]: id }, act);
      onDone();
      sayDone(act, said(affected));
    } catch (error) {
      say(reasonOf(error, object), { bad: true });
    }
  };
  return (
    <Picker
      label={t("list.assign", { field: nameOf(field, language) })}
      choices={[...people, { value: NOBODY, label: t("list.nobody") }]}
      chosen={[]}
      onChange={([id]) => id !== undefined && void give(id === NOBODY ? null : id)}
      trigger={
        <Ghost ink icon="user-round">
          {t("list.assignShort")}
        </Ghost>
      }
    />
  );
}

const NOBODY = "";

function EditMany({ object, count, which, onClose, onDone }: { object: ObjectType; count: number; which: Which; onClose: () => void; onDone: () => void }) {
  const t = useWords();
  const context = useFieldContext();
  const [entries, setEntries] = useState<[Field, Entry<unknown>][]>([]);
  const [problem, setProblem] = useState<Problem>();
  const [will, setWill] = useState<number>();
  const [busy, setBusy] = useState(false);
  const writable = object.fields.filter(
    (field) => field.permissions.update && !widgetOf(context.model, field).readOnly && !entries.some(([each]) => each === field),
  );
  const unread = entries.some(([, entry]) => isUnreadable(entry));
  const values: Values = Object.fromEntries(entries.map(([field, entry]) => [field.value_key, entry]));

  // Tried first, so that one knows what would come of it.
  useEffect(() => {
    setWill(undefined);
    setProblem(undefined);
    if (entries.length === 0 || unread) return;
    let here = true;
    const timer = setTimeout(() => {
      setInAll(object, which, values, undefined)
        .then((affected) => here && setWill(affected))
        .catch((error: unknown) => here && error instanceof Problem && setProblem(error));
    }, 300);
    return () => {
      here = false;
      clearTimeout(timer);
    };
  }, [JSON.stringify(values), unread]);

  const act = async () => {
    setBusy(true);
    try {
      const act = beginAct(t("list.edited", { count }));
      const affected = await setInAll(object, which, values, act);
      onDone();
      onClose();
      sayDone(act, t("list.edited", { count: affected }));
    } catch (error) {
      if (error instanceof Problem) setProblem(error);
      setBusy(false);
    }
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title={t("list.bulkTitle", { count })}
      footer={
        <>
          <span className="grow muted" role="status">
            {problem ? <span className="bad-word">{reasonOf(problem, object)}</span> : will !== undefined && t("list.bulkWill", { count: will })}
          </span>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button primary disabled={busy || entries.length === 0 || unread || problem !== undefined} onClick={() => void act()}>
            {t("list.bulkAct")}
          </Button>
        </>
      }
    >
      <div className="body-text form">
        {entries.map(([field, entry], at) => {
          const { Input } = widgetOf(context.model, field);
          const set = (next: Entry<unknown>) => setEntries(entries.map((each, index) => (index === at ? [field, next] : each)));
          return (
            <div key={field.api_name} className="field">
              <span className="flex items-center">
                {nameOf(field, context.language)}
                <IconButton className="push" icon="x" small label={t("common.remove")} onClick={() => setEntries(entries.filter((_, index) => index !== at))} />
              </span>
              <Input field={field} value={entry} record={{}} context={context} place="form" label={nameOf(field, context.language)} onChange={set} invalid={isUnreadable(entry)} autoFocus />
              {isUnreadable(entry) && <span className="bad-word">{entry.problem}</span>}
              {entry === null && <span className="hint">{t("list.bulkClear")}</span>}
            </div>
          );
        })}
        <Picker
          label={t("list.bulkAdd")}
          choices={writable.map((field) => ({ value: field.api_name, label: nameOf(field, context.language) }))}
          chosen={[]}
          onChange={([name]) => {
            const field = writable.find((each) => each.api_name === name);
            if (field) setEntries([...entries, [field, null]]);
          }}
          trigger={<Ghost icon="plus">{t("list.bulkAdd")}</Ghost>}
        />
      </div>
    </Dialog>
  );
}
