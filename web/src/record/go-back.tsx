/** Asks before a record goes back to a version, and shows the differences that a trial on the server has found. */

import { useEffect, useState } from "react";
import { beginAct } from "../api/changes.ts";
import { nameOf, type ObjectType, type Values } from "../api/model.ts";
import type { RecordState } from "../api/records.ts";
import { revertRecord } from "../api/revert.ts";
import { same } from "../api/save.ts";
import { sayDone } from "../app/done.ts";
import { readsOf, useFieldContext } from "../fields/index.ts";
import { showMomentInside } from "../lib/dates.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { reasonOf } from "../ui/reason.ts";
import { useWords } from "../words/index.ts";
import { type Event, Look } from "./history.tsx";

interface Properties {
  object: ObjectType;
  id: string;
  record: RecordState;
  /** The record gets the values that it had after it. */
  event: Event & { version: number };
  onClose: () => void;
  onDone: () => void;
}

export default function GoBack({ object, id, record, event, onClose, onDone }: Properties) {
  const t = useWords();
  const context = useFieldContext();
  const [then, setThen] = useState<Values>();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const readable = object.fields.filter((field) => field.permissions.read);
  const fields = ["id", "version", "updated_at", "updated_by", ...readable.flatMap((field) => readsOf(field, context))];
  const target = { object, id, now: record.version, version: event.version, fields };
  const different = readable.filter((field) => then && !same(then[field.value_key], record.values[field.value_key]));

  useEffect(() => {
    let here = true;
    setProblem(undefined);
    revertRecord(target, undefined)
      .then((values) => here && setThen(values))
      .catch((error: unknown) => here && setProblem(reasonOf(error, object)));
    return () => {
      here = false;
    };
  }, [record.version, event.version]);

  const go = async () => {
    setBusy(true);
    const act = beginAct(t("record.reverted", { version: event.version }));
    try {
      await revertRecord(target, act);
      sayDone(act);
      onDone();
    } catch (error) {
      setProblem(reasonOf(error, object));
      setBusy(false);
    }
  };

  return (
    <Dialog
      open
      onClose={onClose}
      title={t("record.revertTitle", { version: event.version })}
      footer={
        <>
          {problem !== undefined && (
            <span className="grow bad-word" role="alert">
              {problem}
            </span>
          )}
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button primary disabled={busy || problem !== undefined || different.length === 0} onClick={() => void go()}>
            {t("record.revertAct")}
          </Button>
        </>
      }
    >
      <div className="body-text">
        <p className="muted">{t("record.revertDetail", { when: showMomentInside(event.at, context) })}</p>
        {then && different.length === 0 && <p>{t("record.revertNothing")}</p>}
        <dl className="differences">
          {different.map((field) => (
            <div key={field.api_name}>
              <dt>{nameOf(field, context.language)}</dt>
              <dd>
                <Look field={field} values={record.values} /> <span className="arrow">→</span> <Look field={field} values={then ?? {}} />
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </Dialog>
  );
}
