/** Toasts after an act, with Undo, and after an undo: what was taken back, and which fields were left alone because they have changed since. */

import { type Act, type Kept, redo, undo, type Undone } from "../api/changes.ts";
import { labelOf } from "../api/lookups.ts";
import { currentModel, fieldsOf, nameOf } from "../api/model.ts";
import { recordOf } from "../api/records.ts";
import { reasonOf } from "../ui/reason.ts";
import { say } from "../ui/toast.tsx";
import { currentLanguage, localeOf, words } from "../words/index.ts";

const UNDO = { whole: "shell.undone", part: "shell.undoneBut", none: "shell.notUndone", failed: "shell.undoFailed" } as const;
const REDO = { whole: "shell.redone", part: "shell.redoneBut", none: "shell.notRedone", failed: "shell.redoFailed" } as const;

async function takeBack(act: () => Promise<Undone | undefined>, said: typeof UNDO | typeof REDO): Promise<void> {
  try {
    const result = await act();
    if (!result) say(words("shell.nothingToUndo"));
    else if (result.kept.length === 0) say(words(said.whole, { words: result.act.words }));
    else say(words(result.reverted > 0 ? said.part : said.none, { what: keptWords(result.kept) }), { bad: true });
  } catch (error) {
    say(words(said.failed, { reason: reasonOf(error) }), { bad: true });
  }
}

/** "City and Stage of Acme", "City of 3 records". */
function keptWords(kept: Kept[]): string {
  const [first] = kept;
  const names = [...new Set(kept.flatMap(fieldNames))];
  const fields = new Intl.ListFormat(localeOf(currentLanguage()), { type: "conjunction" }).format(names);
  if (first && kept.length === 1) return names.length > 0 ? words("shell.fieldsOfOne", { fields, name: labelOfRecord(first) }) : labelOfRecord(first);
  return names.length > 0 ? words("shell.fieldsOfMany", { fields, count: kept.length }) : words("shell.manyRecords", { count: kept.length });
}

function fieldNames({ object, fields }: Kept): string[] {
  const type = currentModel()?.byName.get(object);
  return fields.map((name) => {
    const field = type && fieldsOf(type).find((each) => each.api_name === name || each.value_key === name);
    return field ? nameOf(field, currentLanguage()) : name;
  });
}

function labelOfRecord({ object, id }: Kept): string {
  const model = currentModel();
  const type = model?.byName.get(object);
  return (model && type && labelOf(recordOf(object, id)?.values, model.labelField(type))) || words("common.untitled");
}

export const undoLast = (): Promise<void> => takeBack(undo, UNDO);
export const redoLast = (): Promise<void> => takeBack(redo, REDO);

/** Says what an act has done, with the way back. */
export function sayDone(act: Act, what = act.words): void {
  say(what, { act: { label: words("common.undo"), onClick: () => void takeBack(() => undo(act.id), UNDO) } });
}
