/** One team: its name, its members, and which of them manage it. */

import { type FormEvent, useState } from "react";
import { changeTeam, makeTeam, type Team, useMembers, useTeams } from "../api/people.ts";
import { Face } from "../fields/parts/reference.tsx";
import { apiName, freeName } from "../lib/naming.ts";
import { Button, Ghost, IconButton } from "../ui/button.tsx";
import { CheckLine } from "../ui/checkbox.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Picker } from "../ui/picker.tsx";
import { reasonOf } from "../ui/reason.ts";
import { say } from "../ui/toast.tsx";
import { useWords } from "../words/index.ts";

const FORM = "team";

export function TeamDialog({ team, onClose }: { team?: Team; onClose: () => void }) {
  const t = useWords();
  const people = useMembers().data ?? [];
  const teams = useTeams().data ?? [];
  const [name, setName] = useState(team?.name ?? "");
  const [members, setMembers] = useState(team?.members ?? []);
  const [managers, setManagers] = useState(team?.managers ?? []);
  const [refusal, setRefusal] = useState<string>();
  const [busy, setBusy] = useState(false);
  const nameOf = (id: string) => people.find(({ user }) => user.id === id)?.user.name ?? "";
  const named = apiName(name);
  const inApi = team?.api_name ?? (named === "" ? "" : freeName(named, (each) => teams.some((other) => other.api_name === each)));
  const drop = (id: string) => {
    setMembers(members.filter((each) => each !== id));
    setManagers(managers.filter((each) => each !== id));
  };
  const go = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    const change = { name: name.trim(), members, managers };
    try {
      await (team ? changeTeam(team.api_name, change) : makeTeam({ api_name: inApi, ...change }));
      say(t(team ? "admin.savedTeam" : "admin.madeTeam", { name: change.name }));
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
      title={team ? team.name : t("admin.newTeam")}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button primary type="submit" form={FORM} disabled={busy || name.trim() === ""}>
            {t(team ? "common.save" : "admin.makeTeam")}
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
        <div className="field">
          <span id="team-members">{t("shell.members")}</span>
          <ul className="team-members" aria-labelledby="team-members">
            {members.map((id) => (
              <li key={id}>
                <span className="grow">
                  <Face name={nameOf(id)} />
                </span>
                <CheckLine
                  label={t("admin.managesIt", { name: nameOf(id) })}
                  checked={managers.includes(id)}
                  onChange={(checked) => setManagers(checked ? [...managers, id] : managers.filter((each) => each !== id))}
                >
                  {t("admin.manager")}
                </CheckLine>
                <IconButton icon="x" small label={t("admin.takeOut", { name: nameOf(id) })} onClick={() => drop(id)} />
              </li>
            ))}
          </ul>
          <Picker
            several
            label={t("admin.addMembers")}
            choices={people.map(({ user }) => ({ value: user.id, label: user.name, hint: user.email, look: <Face name={user.name} /> }))}
            chosen={members}
            onChange={(next) => {
              setMembers(next);
              setManagers(managers.filter((id) => next.includes(id)));
            }}
            said=""
            trigger={
              <Ghost icon="plus" className="lead">
                {t("admin.addMembers")}
              </Ghost>
            }
          />
        </div>
        {refusal !== undefined && (
          <p className="bad-word" role="alert">
            {refusal}
          </p>
        )}
      </form>
    </Dialog>
  );
}
