/** Asks for the name of a role: of a new one, of a copy, or another one. */

import { useState } from "react";
import { useAllRoles } from "../api/roles.ts";
import { FormDialog } from "../ui/form-dialog.tsx";
import { NameField, nameInApi } from "./name-field.tsx";

interface Properties {
  title: string;
  act: string;
  name?: string;
  /** The api name that it has, and keeps. */
  known?: string;
  onName: (name: string, inApi: string) => Promise<void>;
  onClose: () => void;
}

export function RoleNameDialog({ title, act, name: before = "", known, onName, onClose }: Properties) {
  const roles = useAllRoles().data ?? [];
  const [name, setName] = useState(before);
  const inApi = known ?? nameInApi(name, roles);
  return (
    <FormDialog title={title} act={act} ready={name.trim() !== "" && inApi !== ""} onAct={() => onName(name.trim(), inApi)} onClose={onClose}>
      <NameField name={name} inApi={inApi} onChange={setName} />
    </FormDialog>
  );
}
