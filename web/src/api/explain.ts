/** Why somebody may do something with a record, or not. */

import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { get } from "./rest.ts";
import type { Action } from "./role.ts";

export interface Reason {
  /** The api name of the role. */
  role: string;
  action: Action;
  /** In the filter language; null where the role grants the action on every record, or on none. */
  condition: unknown;
  /** What the record has. */
  value: unknown;
}

export interface Explanation {
  allowed: boolean;
  because: Reason[];
  missing: Reason[];
}

export const useExplanation = (object: string, action: Action, user: string | undefined, id: string | undefined): UseQueryResult<Explanation> =>
  useQuery({
    queryKey: ["explain", object, action, user, id],
    enabled: user !== undefined,
    staleTime: 0,
    queryFn: ({ signal }) => get<Explanation>("/access/explain", { object, action, user, id }, signal),
  });
