/** The names of roles: built-in ones are in both languages, a tenant's own as they were given. */

import type { RoleName } from "../api/role.ts";
import { useWords } from "../words/index.ts";

export const BUILT_IN = ["admin", "member", "read_only"] as const;

export function useRoleName(): (role: RoleName) => string {
  const t = useWords();
  return ({ api_name, name }) => {
    const builtIn = BUILT_IN.find((each) => each === api_name);
    return builtIn ? t(`shell.roleNames.${builtIn}`) : name;
  };
}
