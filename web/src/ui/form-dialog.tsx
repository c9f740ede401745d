/** A dialog with a form. Its button is still while it works, and a refusal stands below the form. */

import { type FormEvent, type ReactNode, useId, useState } from "react";
import { useWords } from "../words/index.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { reasonOf } from "./reason.ts";

interface Properties {
  title: string;
  /** The verb on its button. */
  act: string;
  /** What it does cannot be taken back. */
  bad?: boolean;
  ready: boolean;
  onAct: () => Promise<unknown>;
  onClose: () => void;
  children: ReactNode;
}

export function FormDialog({ title, act, bad = false, ready, onAct, onClose, children }: Properties) {
  const t = useWords();
  const form = useId();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const go = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    setBusy(true);
    setRefusal(undefined);
    try {
      await onAct();
      onClose();
    } catch (error) {
      setRefusal(reasonOf(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button primary={!bad} bad={bad} type="submit" form={form} disabled={busy || !ready}>
            {act}
          </Button>
        </>
      }
    >
      <form id={form} className="body-text form" onSubmit={(event) => void go(event)}>
        {children}
        {refusal !== undefined && (
          <p className="bad-word" role="alert">
            {refusal}
          </p>
        )}
      </form>
    </Dialog>
  );
}
