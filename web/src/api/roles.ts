/** The roles of the tenant: read, made, changed. */

import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { administers, loadMe, useMe } from "./me.ts";
import { queries } from "./query.ts";
import { call, get } from "./rest.ts";
import { covers, type Role, type RoleName } from "./role.ts";

const ROLES = ["roles"];

export function useAllRoles(): UseQueryResult<Role[]> {
  const me = useMe();
  return useQuery({
    queryKey: ROLES,
    enabled: administers(me, "roles") || administers(me, "members"),
    queryFn: async ({ signal }) => (await get<{ data: Role[] }>("/roles", undefined, signal)).data,
  });
}

/** The names of all roles; those of the caller's own where they may not see the others. */
export function useRoles(): RoleName[] {
  const { roles } = useMe();
  return useAllRoles().data ?? roles;
}

/** The roles that the caller may give: those that grant no more than their own. */
export function useRolesToGive(): RoleName[] {
  const { roles: own } = useMe();
  const all = useAllRoles().data;
  if (!all) return own;
  const held = all.filter((role) => own.some(({ api_name }) => api_name === role.api_name));
  return all.filter((role) => covers(held, role));
}

/** The role that is proposed: a usual one where the caller may give it, else one of their own. */
export const proposed = (roles: RoleName[], usual: string): string[] => {
  const role = roles.find(({ api_name }) => api_name === usual) ?? roles[0];
  return role ? [role.api_name] : [];
};

const readAgain = () => queries.invalidateQueries({ queryKey: ROLES });

export async function makeRole(role: Omit<Role, "built_in">): Promise<Role> {
  const { data } = await call<Role>("POST", "/roles", { body: role });
  await readAgain();
  return data;
}

/** Changes a role; what it gives a caller who has it holds at once. */
export async function changeRole(name: string, change: Partial<Omit<Role, "api_name" | "built_in">>): Promise<void> {
  await call("PATCH", `/roles/${name}`, { body: change });
  await Promise.all([readAgain(), loadMe()]);
}

export async function removeRole(name: string): Promise<void> {
  await call("DELETE", `/roles/${name}`);
  await readAgain();
}
