/** Gives a record back the values of one of its versions. */

import { type Act, noteAct } from "./changes.ts";
import type { ObjectType, Values } from "./model.ts";
import { takeIn } from "./records.ts";
import { call, TRIAL } from "./rest.ts";

interface Target {
  object: ObjectType;
  id: string;
  /** The version that the record has now; refused with 412 if it has another. */
  now: number;
  /** The version whose values it gets. */
  version: number;
  fields: string[];
}

/** Returns the record as it is afterwards. Without an act it is only tried. */
export async function revertRecord({ object, id, now, version, fields }: Target, act: Act | undefined): Promise<Values> {
  const { data } = await call<Values>("POST", `/${object.plural_api_name}/${id}/revert`, {
    body: { version },
    query: { fields: fields.join(",") },
    headers: { "if-match": `"${now}"`, ...(act ? { "x-change-id": act.id } : TRIAL) },
  });
  if (act) {
    takeIn(object.api_name, data);
    noteAct(act);
  }
  return data;
}
