/** Invites several people at once; then shows the links, to be passed on. */

import { type FormEvent, useState } from "react";
import type { SentInvitation } from "../api/people.ts";
import { Problem } from "../api/problem.ts";
import { proposed, useRolesToGive } from "../api/roles.ts";
import { Button } from "../ui/button.tsx";
import { Copy } from "../ui/copy.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { reasonOf } from "../ui/reason.ts";
import { useWords } from "../words/index.ts";
import { addressesIn, inviteAll } from "./links.ts";
import { RolePicker } from "./role-picker.tsx";

const FORM = "invite";

export function InviteDialog({ onClose }: { onClose: () => void }) {
  const t = useWords();
  const [text, setText] = useState("");
  const [chosen, setRoles] = useState<string[]>();
  const roles = chosen ?? proposed(useRolesToGive(), "member");
  const [faults, setFaults] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);
  const [sent, setSent] = useState<SentInvitation[]>();
  const emails = addressesIn(text);
  const go = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    try {
      setSent(await inviteAll(emails, roles));
    } catch (error) {
      setFaults(faultsOf(error, emails));
    } finally {
      setBusy(false);
    }
  };
  if (sent) {
    return (
      <Dialog
        open
        onClose={onClose}
        title={t("admin.invited", { count: sent.length })}
        className="wide"
        footer={
          <>
            {sent.length > 1 && <Copy text={sent.map(({ email, link }) => `${email}\t${link}`).join("\n")}>{t("admin.copyLinks")}</Copy>}
            <span className="grow" />
            <Button primary onClick={onClose}>
              {t("admin.done")}
            </Button>
          </>
        }
      >
        <div className="body-text form">
          <p>{t("admin.passOn", { count: sent.length })}</p>
          <ul className="links">
            {sent.map(({ id, email, link }) => (
              <li key={id}>
                <span className="cut medium">{email}</span>
                <span className="cut mono muted grow">{link}</span>
                <Copy text={link}>{t("admin.copyLink")}</Copy>
              </li>
            ))}
          </ul>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("admin.invite")}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button primary type="submit" form={FORM} disabled={busy || emails.length === 0 || roles.length === 0}>
            {t("admin.inviteMany", { count: emails.length })}
          </Button>
        </>
      }
    >
      <form id={FORM} className="body-text form" onSubmit={(event) => void go(event)}>
        <label className="field">
          <span>{t("admin.addresses")}</span>
          <textarea
            className="input"
            rows={4}
            autoFocus
            placeholder={t("admin.addressesExample")}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value);
              setFaults([]);
            }}
          />
          <span className="hint">{t("admin.addressesHint")}</span>
        </label>
        <div className="field">
          <span>{t("shell.roles")}</span>
          <RolePicker boxed label={t("shell.roles")} value={roles} onChange={setRoles} />
        </div>
        {faults.length > 0 && (
          <ul className="bad-word" role="alert">
            {faults.map((fault) => (
              <li key={fault}>{fault}</li>
            ))}
          </ul>
        )}
      </form>
    </Dialog>
  );
}

/** Why each address was refused. */
function faultsOf(error: unknown, emails: string[]): string[] {
  if (!(error instanceof Problem) || error.faults.length === 0) return [reasonOf(error)];
  return error.faults.map(({ pointer, message }) => {
    const index = /^\/emails\/(\d+)/.exec(pointer)?.[1];
    return index === undefined ? message : `${emails[Number(index)]}: ${message}`;
  });
}
