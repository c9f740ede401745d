/** What is lost with a field or an object is said before, and its name has to be typed. */

import { type ReactNode, useEffect, useState } from "react";
import { Problem } from "../api/problem.ts";
import { call, TRIAL } from "../api/rest.ts";
import { loadModel } from "../api/model.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { say } from "../ui/toast.tsx";
import { useWords } from "../words/index.ts";

interface Properties {
  name: string;
  /** Under `/metadata/objects/`. */
  path: string;
  confirm: string;
  detail: string;
  children?: ReactNode;
  onClose: () => void;
  onRemoved: () => void;
}

export function Removal({ name, path, confirm, detail, children, onClose, onRemoved }: Properties) {
  const t = useWords();
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState<Problem>();
  // Tried at once: what the server would refuse is said before anybody types.
  useEffect(() => {
    call("DELETE", `/metadata/objects/${path}`, { query: { confirm }, headers: TRIAL }).catch((error: unknown) => error instanceof Problem && setProblem(error));
  }, [path, confirm]);
  const isSure = typed.trim().toLocaleLowerCase() === name.toLocaleLowerCase();
  const remove = async () => {
    try {
      await call("DELETE", `/metadata/objects/${path}`, { query: { confirm } });
      onRemoved();
      await loadModel();
      say(t("model.removed", { name }));
    } catch (error) {
      if (error instanceof Problem) setProblem(error);
      else throw error;
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("model.removeTitle", { name })}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button bad disabled={!isSure || problem !== undefined} onClick={() => void remove()}>
            {t("model.remove")}
          </Button>
        </>
      }
    >
      <form
        className="body-text form"
        onSubmit={(event) => {
          event.preventDefault();
          if (isSure && !problem) void remove();
        }}
      >
        <p>{detail}</p>
        {children}
        <label className="field">
          <span>{t("model.typeName", { name })}</span>
          <input className="input" value={typed} autoComplete="off" spellCheck={false} onChange={(event) => setTyped(event.currentTarget.value)} />
        </label>
        {problem && (
          <p className="bad-word" role="alert">
            {problem.faults[0]?.message ?? problem.message}
          </p>
        )}
      </form>
    </Dialog>
  );
}
