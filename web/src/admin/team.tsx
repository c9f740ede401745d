/** One team: its name, its members, and which of them manage it. */

import { useState } from "react";
import { changeTeam, makeTeam, type Team, useMembers, useTeams } from "../api/people.ts";
import { Face } from "../fields/parts/reference.tsx";
import { Ghost, IconButton } from "../ui/button.tsx";
import { CheckLine } from "../ui/checkbox.tsx";
import { FormDialog } from "../ui/form-dialog.tsx";
import { Picker } from "../ui/picker.tsx";
import { say } from "../ui/toast.tsx";
import { useWords } from "../words/index.ts";
import { NameField, nameInApi } from "./name-field.tsx";

export function TeamDialog({ team, onClose }: { team?: Team; onClose: () => void }) {
  const t = useWords();
  const people = useMembers().data ?? [];
  const teams = useTeams().data ?? [];
  const [name, setName] = useState(team?.name ?? "");
  const [members, setMembers] = useState(team?.members ?? []);
  const [managers, setManagers] = useState(team?.managers ?? []);
  const nameOf = (id: string) => people.find(({ user }) => user.id === id)?.user.name ?? "";
  const inApi = team?.api_name ?? nameInApi(name, teams);
  const drop = (id: string) => {
    setMembers(members.filter((each) => each !== id));
    setManagers(managers.filter((each) => each !== id));
  };
  const save = async () => {
    const change = { name: name.trim(), members, managers };
    await (team ? changeTeam(team.api_name, change) : makeTeam({ api_name: inApi, ...change }));
    say(t(team ? "admin.savedTeam" : "admin.madeTeam", { name: change.name }));
  };
  return (
    <FormDialog
      title={team ? team.name : t("admin.newTeam")}
      act={t(team ? "common.save" : "admin.makeTeam")}
      ready={name.trim() !== ""}
      onAct={save}
      onClose={onClose}
    >
      <NameField name={name} inApi={inApi} onChange={setName} />
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
    </FormDialog>
  );
}
