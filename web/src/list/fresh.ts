/** Rows that are being made: typed into like any other, and sent once they are left. */

import { type Act, beginAct } from "../api/changes.ts";
import { beginRecord, dropUnmade, isUnmade, makeBegun } from "../api/make.ts";
import type { ObjectType, Values } from "../api/model.ts";
import { Problem } from "../api/problem.ts";
import { recordOf } from "../api/records.ts";
import type { RowSource } from "../grid/source.ts";

export function beginFresh(object: ObjectType, list: RowSource): void {
  list.addFront(beginRecord(object));
}

/** Sends a row that was left; one that nothing was typed into goes again. */
export async function endFresh(object: ObjectType, id: string, list: RowSource, words: (values: Values) => string): Promise<Act | Problem | undefined> {
  if (!isUnmade(object, id)) return undefined;
  const values = recordOf(object.api_name, id)?.draft ?? {};
  if (Object.values(values).every((value) => value === null)) {
    dropUnmade(object, id);
    list.drop(new Set([id]));
    return undefined;
  }
  const made = await makeBegun(object, id, beginAct(words(values)), list.query.fields);
  return made instanceof Problem ? made : made?.act;
}
