/** Asks before something that cannot be taken back. */

import { useState } from "react";
import { useWords } from "../words/index.ts";
import { FormDialog } from "./form-dialog.tsx";

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

export function Confirm({ title, detail, act, typed, onAct, onClose }: Properties) {
  const t = useWords();
  const [text, setText] = useState("");
  const isSure = typed === undefined || text.trim().toLocaleLowerCase() === typed.trim().toLocaleLowerCase();
  return (
    <FormDialog title={title} act={act} bad ready={isSure} onAct={onAct} onClose={onClose}>
      <p>{detail}</p>
      {typed !== undefined && (
        <label className="field">
          <span>{t("model.typeName", { name: typed })}</span>
          <input className="input" value={text} autoComplete="off" spellCheck={false} onChange={(event) => setText(event.currentTarget.value)} />
        </label>
      )}
    </FormDialog>
  );
}
