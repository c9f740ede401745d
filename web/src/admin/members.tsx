/** The members of the tenant with their roles, and who is invited. */

import { useState } from "react";
import { useMe } from "../api/me.ts";
import { changeRoles, endMembership, type Member, useMembers, useTeams } from "../api/people.ts";
import { useActions } from "../app/actions.ts";
import { useShortcut } from "../app/shortcuts.ts";
import { Face } from "../fields/parts/reference.tsx";
import { useFieldContext } from "../fields/index.ts";
import { showDay, showMoment } from "../lib/dates.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Confirm } from "../ui/confirm.tsx";
import { Menu, MenuItem } from "../ui/menu.tsx";
import { reasonOf } from "../ui/reason.ts";
import { say } from "../ui/toast.tsx";
import { useWords } from "../words/index.ts";
import { Invitations } from "./invitations.tsx";
import { InviteDialog } from "./invite.tsx";
import { Answered, Place, Rows } from "./place.tsx";
import { RolePicker } from "./role-picker.tsx";

export default function MembersPage() {
  const t = useWords();
  const [inviting, setInviting] = useState(false);
  const invite = () => setInviting(true);
  useShortcut("new", invite);
  useActions([{ id: "invite", icon: "mail", label: t("admin.invite"), act: invite }]);
  return (
    <Place
      name="members"
      act={
        <Button small primary icon="plus" onClick={invite}>
          {t("admin.invite")}
        </Button>
      }
    >
      {() => (
        <>
          <Members />
          <Invitations />
          {inviting && <InviteDialog onClose={() => setInviting(false)} />}
        </>
      )}
    </Place>
  );
}

function Members() {
  const t = useWords();
  const [ending, setEnding] = useState<Member>();
  return (
    <Answered query={useMembers()}>
      {(members) => (
        <>
          <Rows className="is-members" title={t("shell.members")} columns={[t("common.name"), t("admin.email"), t("shell.roles"), t("shell.teams"), t("admin.joined"), t("admin.lastSeen")]}>
            {members.map((member) => (
              <Row key={member.user.id} member={member} onEnd={() => setEnding(member)} />
            ))}
          </Rows>
          {ending && (
            <Confirm
              title={t("admin.endTitle", { name: ending.user.name })}
              detail={t("admin.endDetail", { email: ending.user.email })}
              act={t("admin.end")}
              onClose={() => setEnding(undefined)}
              onAct={async () => {
                await endMembership(ending.user.id);
                say(t("admin.ended", { name: ending.user.name }));
              }}
            />
          )}
        </>
      )}
    </Answered>
  );
}

function Row({ member, onEnd }: { member: Member; onEnd: () => void }) {
  const t = useWords();
  const clock = useFieldContext();
  const me = useMe();
  const teams = useTeams().data ?? [];
  const { user } = member;
  const isMe = user.id === me.user.id;
  const give = async (roles: string[], before: string[]) => {
    if (roles.length === 0) return say(t("admin.needsRole", { name: user.name }), { bad: true });
    try {
      await changeRoles(user.id, roles);
      say(t("admin.changedRoles", { name: user.name }), { act: { label: t("common.undo"), onClick: () => void give(before, roles) } });
    } catch (error) {
      say(reasonOf(error), { bad: true });
    }
  };
  return (
    <tr>
      <th scope="row">
        <span className="who">
          <Face name={user.name} />
          {isMe && <span className="muted">{t("admin.you")}</span>}
        </span>
      </th>
      <td className="muted cut">{user.email}</td>
      <td>
        <RolePicker label={t("admin.rolesOf", { name: user.name })} value={member.roles} onChange={(roles) => void give(roles, member.roles)} />
      </td>
      <td className="muted cut">{member.teams.map((name) => teams.find((team) => team.api_name === name)?.name ?? name).join(", ")}</td>
      <td className="muted num">
        <span className="on-phone">{`${t("admin.joined")}: `}</span>
        {showDay(member.joined_at, clock)}
      </td>
      <td className="muted num">
        <span className="on-phone">{`${t("admin.lastSeen")}: `}</span>
        {member.last_seen_at === null ? t("admin.never") : showMoment(member.last_seen_at, clock)}
      </td>
      <td className="acts">
        {!isMe && (
          <Menu align="end" trigger={<IconButton icon="ellipsis" label={t("shell.placeMenu", { name: user.name })} />}>
            <MenuItem icon="user-round" bad onClick={onEnd}>
              {t("admin.endLong")}
            </MenuItem>
          </Menu>
        )}
      </td>
    </tr>
  );
}
