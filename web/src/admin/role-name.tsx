/** Asks for the name of a role: of a new one, of a copy, or another one. */

import { type FormEvent, useState } from "react";
import { useAllRoles } from "../api/roles.ts";
import { apiName, freeName } from "../lib/naming.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { reasonOf } from "../ui/reason.ts";
import { useWords } from "../words/index.ts";

interface Properties {
  title: string;
  act: string;
  name?: string;
  /** The api name that it has, and keeps. */
  known?: string;
  onName: (name: string, inApi: string) => Promise<void>;
  onClose: () => void;
}

const FORM = "role-name";

export function RoleNameDialog({ title, act, name: before = "", known, onName, onClose }: Properties) {
  const t = useWords();
  const roles = useAllRoles().data ?? [];
  const [name, setName] = useState(before);
  const [refusal, setRefusal] = useState<string>();
  const [busy, setBusy] = useState(false);
  const made = apiName(name);
  const inApi = known ?? (made === "" ? "" : freeName(made, (each) => roles.some(({ api_name }) => api_name === each)));
  const go = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      await onName(name.trim(), inApi);
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
          <Button primary type="submit" form={FORM} disabled={busy || name.trim() === "" || inApi === ""}>
            {act}
          </Button>
        </>
      }
    >
      <form id={FORM} className="body-text form" onSubmit={(event) => void go(event)}>
        <label className="field">
          <span>{t("common.name")}</span>
          <input className="input" autoFocus value={name} maxLength={100} autoComplete="off" onChange={(event) => setName(event.currentTarget.value)} />
        </label>
        {inApi !== "" && (
          <p className="muted">
            {t("admin.inApi")} <span className="mono">{inApi}</span>
          </p>
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
