/** Chooses several roles. What is chosen is handed over once the list is closed. */

import { useState } from "react";
import { useRoles, useRolesToGive } from "../api/roles.ts";
import { useRoleName } from "../app/role-names.ts";
import { Icon } from "../ui/icon.tsx";
import { Picker } from "../ui/picker.tsx";

interface Properties {
  label: string;
  value: string[];
  onChange: (roles: string[]) => void;
  /** As an input of a form; else as chips in a row. */
  boxed?: boolean;
}

export function RolePicker({ label, value, onChange, boxed = false }: Properties) {
  const all = useRoles();
  const mine = useRolesToGive();
  const nameOf = useRoleName();
  const [chosen, setChosen] = useState<string[]>();
  const shown = chosen ?? value;
  // A role that somebody has stays in the list, so that it can be taken.
  const offered = all.filter(({ api_name }) => value.includes(api_name) || mine.some((role) => role.api_name === api_name));
  const choices = offered.map((role) => ({ value: role.api_name, label: nameOf(role) }));
  return (
    <Picker
      several
      label={label}
      choices={choices}
      chosen={shown}
      onChange={setChosen}
      onClose={() => {
        if (chosen && [...chosen].sort().join() !== [...value].sort().join()) onChange(chosen);
        setChosen(undefined);
      }}
      trigger={
        <button type="button" className={boxed ? "input role-choice" : "role-choice"}>
          <Roles names={shown} />
          <Icon name="chevron-down" size={14} />
        </button>
      }
    />
  );
}

/** Roles as chips. */
export function Roles({ names }: { names: string[] }) {
  const roles = useRoles();
  const nameOf = useRoleName();
  return (
    <span className="chips">
      {names.map((name) => (
        <span key={name} className="chip">
          {nameOf(roles.find((role) => role.api_name === name) ?? { api_name: name, name })}
        </span>
      ))}
    </span>
  );
}
