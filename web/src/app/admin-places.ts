/** The places of administration, each with the area that it needs. */

import { type Area, administers, type Me } from "../api/me.ts";
import { mayOpenBin, type Model } from "../api/model.ts";

export interface AdminPlace {
  to: "/admin/members" | "/admin/teams" | "/admin/roles" | "/admin/keys" | "/admin/bin";
  icon: string;
  /** Its name, in the words of the shell. */
  name: "members" | "teams" | "roles" | "keys" | "bin";
  /** Absent for the bin: it is for those who may restore or destroy records of some object. */
  area?: Area;
}

const PLACES: AdminPlace[] = [
  { to: "/admin/members", icon: "users", name: "members", area: "members" },
  { to: "/admin/teams", icon: "network", name: "teams", area: "members" },
  { to: "/admin/roles", icon: "lock", name: "roles", area: "roles" },
  { to: "/admin/keys", icon: "code", name: "keys", area: "keys" },
  { to: "/admin/bin", icon: "trash-2", name: "bin" },
];

/** The places that the caller may open. */
export const adminPlaces = (me: Me, model: Model): AdminPlace[] =>
  PLACES.filter(({ area }) => (area === undefined ? model.objects.some(mayOpenBin) : administers(me, area)));

/** Whether the caller administers anything besides the model, which has a place of its own. */
export const mayAdminister = (me: Me): boolean => PLACES.some(({ area }) => area !== undefined && administers(me, area));
