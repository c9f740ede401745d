/** The roles that members and keys can have. */

export interface RoleName {
  api_name: string;
  name: string;
}

const BUILT_IN: RoleName[] = [
  { api_name: "admin", name: "Admin" },
  { api_name: "member", name: "Member" },
  { api_name: "read_only", name: "Read only" },
];

export const useRoles = (): RoleName[] => BUILT_IN;
