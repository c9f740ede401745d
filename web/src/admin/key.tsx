/** Makes an API key; then shows it, once. */

import { type FormEvent, useState } from "react";
import { type MadeApiKey, makeApiKey } from "../api/people.ts";
import { proposed, useRolesToGive } from "../api/roles.ts";
import { useFieldContext } from "../fields/index.ts";
import { addDays, endOfDay, today } from "../lib/dates.ts";
import { Button } from "../ui/button.tsx";
import { Code } from "../ui/code.tsx";
import { Copy } from "../ui/copy.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { reasonOf } from "../ui/reason.ts";
import { useWords } from "../words/index.ts";
import { RolePicker } from "./role-picker.tsx";

const FORM = "key";
/** Days, offered as lifetimes. */
const LIFETIMES = [30, 90, 365] as const;
const NEVER = "never";
const ON_DAY = "day";

export function KeyDialog({ onClose }: { onClose: () => void }) {
  const t = useWords();
  const { timeZone } = useFieldContext();
  const [name, setName] = useState("");
  const [chosen, setRoles] = useState<string[]>();
  const roles = chosen ?? proposed(useRolesToGive(), "read_only");
  const [lifetime, setLifetime] = useState("90");
  const [day, setDay] = useState(addDays(today(timeZone), 90));
  const [refusal, setRefusal] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState<MadeApiKey>();
  const last = lifetime === NEVER ? undefined : lifetime === ON_DAY ? day : addDays(today(timeZone), Number(lifetime));
  const go = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      setMade(await makeApiKey({ name: name.trim(), roles, expires_at: last === undefined ? null : endOfDay(last, timeZone) }));
    } catch (error) {
      setRefusal(reasonOf(error));
    } finally {
      setBusy(false);
    }
  };
  if (made) return <Made made={made} onClose={onClose} />;
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("admin.newKey")}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button primary type="submit" form={FORM} disabled={busy || name.trim() === "" || roles.length === 0 || day === ""}>
            {t("admin.makeKey")}
          </Button>
        </>
      }
    >
      <form id={FORM} className="body-text form" onSubmit={(event) => void go(event)}>
        <label className="field">
          <span>{t("common.name")}</span>
          <input className="input" autoFocus value={name} maxLength={100} autoComplete="off" placeholder={t("admin.keyExample")} onChange={(event) => setName(event.currentTarget.value)} />
          <span className="hint">{t("admin.keyHint")}</span>
        </label>
        <div className="field">
          <span>{t("shell.roles")}</span>
          <RolePicker boxed label={t("shell.roles")} value={roles} onChange={setRoles} />
        </div>
        <label className="field">
          <span>{t("admin.expires")}</span>
          <select className="input" value={lifetime} onChange={(event) => setLifetime(event.currentTarget.value)}>
            {LIFETIMES.map((days) => (
              <option key={days} value={days}>
                {t("admin.inDays", { count: days })}
              </option>
            ))}
            <option value={ON_DAY}>{t("admin.onDay")}</option>
            <option value={NEVER}>{t("admin.never")}</option>
          </select>
        </label>
        {lifetime === ON_DAY && (
          <label className="field">
            <span>{t("admin.lastDay")}</span>
            <input className="input" type="date" required min={today(timeZone)} value={day} onChange={(event) => setDay(event.currentTarget.value)} />
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

function Made({ made, onClose }: { made: MadeApiKey; onClose: () => void }) {
  const t = useWords();
  const { model } = useFieldContext();
  const object = model.objects.find(({ hidden, permissions }) => !hidden && permissions.read);
  const path = object ? `${object.plural_api_name}?limit=5` : "auth/me";
  const curl = `curl -H 'Authorization: Bearer ${made.key}' '${location.origin}/api/v1/${path}'`;
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("admin.madeKey", { name: made.name })}
      className="wide"
      footer={
        <Button primary onClick={onClose}>
          {t("admin.done")}
        </Button>
      }
    >
      <div className="body-text form">
        <p>{t("admin.shownOnce")}</p>
        <div className="secret">
          <code className="mono grow">{made.key}</code>
          <Copy text={made.key}>{t("admin.copyKey")}</Copy>
        </div>
        <h3>{t("admin.tryIt")}</h3>
        <div className="secret">
          <Code text={curl} label={t("admin.tryIt")} />
          <Copy text={curl}>{t("admin.copyCurl")}</Copy>
        </div>
      </div>
    </Dialog>
  );
}
