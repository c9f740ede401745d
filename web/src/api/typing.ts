/** What is being typed into a field. It is a draft from the first key on, so it survives a reload; it is sent once it is final. */

import type { ObjectType } from "./model.ts";
import { changeRecord, recordOf } from "./records.ts";
import { discard, draft } from "./save.ts";

export interface Typing {
  write: (value: unknown) => void;
  /** Puts back what was there before. */
  giveUp: () => void;
}

export function beginTyping(object: ObjectType, id: string, key: string): Typing {
  const before = recordOf(object.api_name, id);
  const write = (value: unknown) => {
    draft(object, id, { [key]: value });
    changeRecord(object.api_name, id, (record) => ({ ...record, typing: [...record.typing, key] }));
  };
  const giveUp = () => {
    if (!recordOf(object.api_name, id)?.typing.includes(key)) return;
    if (!before || !(key in before.draft)) return discard(object, id, [key]);
    draft(object, id, { [key]: before.draft[key] });
    const fault = before.faults[key];
    if (fault !== undefined) changeRecord(object.api_name, id, (record) => ({ ...record, faults: { ...record.faults, [key]: fault } }));
  };
  return { write, giveUp };
}
