/** Asks before something that cannot be taken back. */

import { useState } from "react";
import { useWords } from "../words/index.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { reasonOf } from "./reason.ts";

interface Properties {
  title: string;
  detail: string;
  /** The verb on its button. */
  act: string;
  /** A name that has to be typed first. */
  typed?: string;
  onAct: () => Promise<unknown>;
  onClose: () => void;
}

const FORM = "confirm";

export function Confirm({ title, detail, act, typed, onAct, onClose }: Properties) {
  const t = useWords();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string>();
  const [text, setText] = useState("");
  const isSure = typed === undefined || text.trim().toLocaleLowerCase() === typed.trim().toLocaleLowerCase();
  const go = async () => {
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
          <Button bad type="submit" form={FORM} disabled={busy || !isSure}>
            {act}
          </Button>
        </>
      }
    >
      <form
        id={FORM}
        className="body-text form"
        onSubmit={(event) => {
          event.preventDefault();
          if (isSure) void go();
        }}
      >
        <p>{detail}</p>
        {typed !== undefined && (
          <label className="field">
            <span>{t("model.typeName", { name: typed })}</span>
            <input className="input" value={text} autoComplete="off" spellCheck={false} onChange={(event) => setText(event.currentTarget.value)} />
          </label>
        )}
        {refusal !== undefined && (
          <p className="bad-word" role="alert">
            {refusal}
          </p>
        )}
      </form>
    </Dialog>
  );
}
