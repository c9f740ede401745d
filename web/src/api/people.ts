/** The people and programs of the tenant: members, invitations, teams, API keys. */

import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { queries } from "./query.ts";
import { call, get } from "./rest.ts";

export interface Member {
  user: { id: string; name: string; email: string };
  /** Api names. */
  roles: string[];
  /** Api names. */
  teams: string[];
  joined_at: string;
  last_seen_at: string | null;
}

export interface Invitation {
  id: string;
  email: string;
  roles: string[];
  created_by: string;
  created_at: string;
  expires_at: string;
}

export interface SentInvitation extends Invitation {
  /** Complete, or a path of this server. */
  link: string;
}

export interface Team {
  id: string;
  api_name: string;
  name: string;
  /** Ids of users, the managers' too. */
  members: string[];
  managers: string[];
}

export interface ApiKey {
  id: string;
  name: string;
  user_id: string;
  roles: string[];
  created_by: string;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
}

export interface MadeApiKey extends ApiKey {
  key: string;
}

type Kind = "members" | "invitations" | "teams" | "api-keys";

const useAll = <T>(kind: Kind, enabled = true): UseQueryResult<T[]> =>
  useQuery({ queryKey: [kind], enabled, queryFn: async ({ signal }) => (await get<{ data: T[] }>(`/${kind}`, undefined, signal)).data });

export const useMembers = (enabled = true) => useAll<Member>("members", enabled);
export const useInvitations = () => useAll<Invitation>("invitations");
export const useTeams = () => useAll<Team>("teams");
export const useApiKeys = () => useAll<ApiKey>("api-keys");

/** A write, after which these are read again. */
async function write<T>(method: "POST" | "PATCH" | "DELETE", path: string, body: unknown, ...stale: Kind[]): Promise<T> {
  const { data } = await call<T>(method, path, body === undefined ? {} : { body });
  await Promise.all(stale.map((kind) => queries.invalidateQueries({ queryKey: [kind] })));
  return data;
}

export const changeRoles = (user: string, roles: string[]) => write<Member>("PATCH", `/members/${user}`, { roles }, "members");
export const endMembership = (user: string) => write<void>("DELETE", `/members/${user}`, undefined, "members", "teams");

export const invite = async (emails: string[], roles: string[]): Promise<SentInvitation[]> =>
  (await write<{ data: SentInvitation[] }>("POST", "/invitations", { emails, roles }, "invitations")).data;
export const withdraw = (id: string) => write<void>("DELETE", `/invitations/${id}`, undefined, "invitations");

export type TeamChange = Pick<Team, "name" | "members" | "managers">;

export const makeTeam = (team: TeamChange & { api_name: string }) => write<Team>("POST", "/teams", team, "teams", "members");
export const changeTeam = (name: string, change: TeamChange) => write<Team>("PATCH", `/teams/${name}`, change, "teams", "members");
export const removeTeam = (name: string) => write<void>("DELETE", `/teams/${name}`, undefined, "teams", "members");

export const makeApiKey = (key: { name: string; roles: string[]; expires_at: string | null }) => write<MadeApiKey>("POST", "/api-keys", key, "api-keys");
export const revokeApiKey = (id: string) => write<void>("DELETE", `/api-keys/${id}`, undefined, "api-keys");
