/** The roles of the tenant. */

import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { administers, useMe } from "../api/me.ts";
import { useMembers } from "../api/people.ts";
import type { Role } from "../api/role.ts";
import { makeRole, useAllRoles } from "../api/roles.ts";
import { useActions } from "../app/actions.ts";
import { useRoleName } from "../app/role-names.ts";
import { useShortcut } from "../app/shortcuts.ts";
import { Button } from "../ui/button.tsx";
import { useWords } from "../words/index.ts";
import { Answered, Place, Rows } from "./place.tsx";
import { RoleNameDialog } from "./role-name.tsx";

export default function RolesPage() {
  const t = useWords();
  const navigate = useNavigate();
  const [making, setMaking] = useState(false);
  const make = () => setMaking(true);
  useShortcut("new", make);
  useActions([{ id: "role", icon: "plus", label: t("admin.newRole"), act: make }]);
  return (
    <Place
      name="roles"
      act={
        <Button small primary icon="plus" onClick={make}>
          {t("admin.newRole")}
        </Button>
      }
    >
      {() => (
        <>
          <Answered query={useAllRoles()}>{(roles) => <Roles roles={roles} />}</Answered>
          {making && (
            <RoleNameDialog
              title={t("admin.newRole")}
              act={t("admin.makeRole")}
              onClose={() => setMaking(false)}
              onName={async (name, api_name) => {
                await makeRole({ api_name, name, admin: [], default: {}, objects: {} });
                await navigate({ to: "/admin/roles/$role", params: { role: api_name } });
              }}
            />
          )}
        </>
      )}
    </Place>
  );
}

/** How many members have a role; undefined where the caller may not see the members. */
export function usePeopleWith(role: string): number | undefined {
  const me = useMe();
  const members = useMembers(administers(me, "members")).data;
  return members?.filter(({ roles }) => roles.includes(role)).length;
}

function Roles({ roles }: { roles: Role[] }) {
  const t = useWords();
  return (
    <Rows className="is-roles" title={t("shell.roles")} columns={[t("common.name"), t("shell.members"), t("admin.areas"), t("admin.apiName")]}>
      {roles.map((role) => (
        <Row key={role.api_name} role={role} />
      ))}
    </Rows>
  );
}

function Row({ role }: { role: Role }) {
  const t = useWords();
  const nameOf = useRoleName();
  const people = usePeopleWith(role.api_name);
  return (
    <tr>
      <th scope="row">
        <span className="who">
          <Link to="/admin/roles/$role" params={{ role: role.api_name }} className="value-link">
            {nameOf(role)}
          </Link>
          {role.built_in && <span className="muted">{t("admin.builtIn")}</span>}
        </span>
      </th>
      <td className="num">{people !== undefined && t("admin.people", { count: people })}</td>
      <td className="muted cut">{role.admin.map((area) => t(`admin.areaNames.${area}`)).join(", ")}</td>
      <td className="muted mono cut off-phone">{role.api_name}</td>
      <td />
    </tr>
  );
}
