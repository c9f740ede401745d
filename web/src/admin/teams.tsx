/** The teams of the tenant. */

import { useState } from "react";
import { removeTeam, type Team, useMembers, useTeams } from "../api/people.ts";
import { useActions } from "../app/actions.ts";
import { useShortcut } from "../app/shortcuts.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Confirm } from "../ui/confirm.tsx";
import { Menu, MenuItem } from "../ui/menu.tsx";
import { Say } from "../ui/say.tsx";
import { say } from "../ui/toast.tsx";
import { useWords } from "../words/index.ts";
import { Answered, Place, Rows } from "./place.tsx";
import { TeamDialog } from "./team.tsx";

export default function TeamsPage() {
  const t = useWords();
  const [open, setOpen] = useState<Team | "new">();
  const make = () => setOpen("new");
  useShortcut("new", make);
  useActions([{ id: "team", icon: "plus", label: t("admin.newTeam"), act: make }]);
  const newButton = (
    <Button small primary icon="plus" onClick={make}>
      {t("admin.newTeam")}
    </Button>
  );
  return (
    <Place name="teams" act={newButton}>
      {() => (
        <>
          <Teams onOpen={setOpen} />
          {open && <TeamDialog {...(open !== "new" && { team: open })} onClose={() => setOpen(undefined)} />}
        </>
      )}
    </Place>
  );
}

function Teams({ onOpen }: { onOpen: (team: Team) => void }) {
  const t = useWords();
  const members = useMembers().data ?? [];
  const [removing, setRemoving] = useState<Team>();
  const namesOf = (ids: string[]) => ids.flatMap((id) => members.find(({ user }) => user.id === id)?.user.name ?? []).join(", ");
  return (
    <Answered query={useTeams()}>
      {(teams) =>
        teams.length === 0 ? (
          <Say icon="network" title={t("admin.noTeams")} detail={t("admin.noTeamsDetail")} />
        ) : (
          <>
            <Rows className="is-teams" title={t("shell.teams")} columns={[t("common.name"), t("shell.members"), t("admin.managers"), t("admin.apiName")]}>
              {teams.map((team) => (
                <tr key={team.id}>
                  <th scope="row">
                    <button type="button" className="value-link" onClick={() => onOpen(team)}>
                      {team.name}
                    </button>
                  </th>
                  <td className="cut" title={namesOf(team.members)}>
                    <span className="num">{t("admin.people", { count: team.members.length })}</span> <span className="muted">{namesOf(team.members)}</span>
                  </td>
                  <td className="muted cut">
                    <span className="on-phone">{`${t("admin.managers")}: `}</span>
                    {namesOf(team.managers)}
                  </td>
                  <td className="muted mono cut off-phone">{team.api_name}</td>
                  <td className="acts">
                    <Menu align="end" trigger={<IconButton icon="ellipsis" label={t("shell.placeMenu", { name: team.name })} />}>
                      <MenuItem icon="pencil" onClick={() => onOpen(team)}>
                        {t("admin.editTeam")}
                      </MenuItem>
                      <MenuItem icon="trash-2" bad onClick={() => setRemoving(team)}>
                        {t("admin.removeTeam")}
                      </MenuItem>
                    </Menu>
                  </td>
                </tr>
              ))}
            </Rows>
            {removing && (
              <Confirm
                title={t("admin.removeTitle", { name: removing.name })}
                detail={t("admin.removeTeamDetail")}
                act={t("common.remove")}
                onClose={() => setRemoving(undefined)}
                onAct={async () => {
                  await removeTeam(removing.api_name);
                  say(t("admin.removed", { name: removing.name }));
                }}
              />
            )}
          </>
        )
      }
    </Answered>
  );
}
