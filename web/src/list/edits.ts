/** What is done in the cells of a list: edits, fills, new rows and pastes. */

import { type Act, beginAct } from "../api/changes.ts";
import { createMany, type New } from "../api/make.ts";
import { nameOf, type ObjectType, useModel, type Values } from "../api/model.ts";
import { Problem } from "../api/problem.ts";
import { type Change, save } from "../api/save.ts";
import { sayDone } from "../app/done.ts";
import type { Edit, EditKind } from "../grid/grid.tsx";
import type { ListWindow } from "../grid/window.ts";
import { say } from "../ui/toast.tsx";
import { useLanguage, useWords, words } from "../words/index.ts";
import { draftFresh, endFresh, isFresh } from "./fresh.ts";
import type { PastePlan } from "./paste.tsx";

export interface Edits {
  save: (changes: Change[], act: Act, quiet?: boolean) => Promise<void>;
  edit: (edits: Edit[], kind: EditKind) => void;
  leaveRow: (id: string) => void;
  /** Answers why nothing was pasted. */
  paste: (plan: PastePlan) => Promise<string | undefined>;
}

export function useEdits(object: ObjectType, list: ListWindow | undefined): Edits {
  const t = useWords();
  const language = useLanguage();
  const model = useModel();

  /** The first fault, with the name of the field that it is about. */
  const reasonOf = (problem: Problem): string => {
    const [fault] = problem.faults;
    const key = fault?.pointer.split("/").find((part) => part !== "" && !/^\d+$/.test(part));
    const field = object.fields.find((each) => each.value_key === key);
    if (!fault || !field) return fault?.message ?? problem.message;
    return t("list.refused", { field: nameOf(field, language), reason: fault.message });
  };

  const apply = async (changes: Change[], act: Act, quiet = false) => {
    const { saved, refused } = await save(changes, act);
    const [first] = refused;
    if (first && refused.length === 1) say(reasonOf(first.problem), { bad: true });
    else if (first) say(t("list.notSaved", { count: refused.length }), { bad: true });
    if (saved.length > 0 && !quiet) sayDone(act);
  };

  const edit = (edits: Edit[], kind: EditKind) => {
    const byRecord = new Map<string, Values>();
    for (const { id, field, value } of edits) {
      if (isFresh(id)) draftFresh(object, id, { [field.value_key]: value });
      else byRecord.set(id, { ...byRecord.get(id), [field.value_key]: value });
    }
    if (byRecord.size === 0) return;
    const said = { cleared: t("list.cleared", { count: edits.length }), filled: t("list.filled", { count: edits.length }), edited: t("list.edited", { count: byRecord.size }) };
    const changes = [...byRecord].map(([id, values]) => ({ object, id, values }));
    void apply(changes, beginAct(said[kind]), kind === "edited");
  };

  const leaveRow = (id: string) => {
    if (!list || !isFresh(id)) return;
    const nameFrom = (values: Values) => words("list.created", { name: String(values[model.labelField(object)?.value_key ?? ""] ?? nameOf(object, language)) });
    void endFresh(object, id, list, nameFrom).then((result) => {
      if (result instanceof Problem) say(reasonOf(result), { bad: true });
      else if (result) sayDone(result);
    });
  };

  const paste = async ({ rows, act }: PastePlan) => {
    const made = rows.filter((row) => row.isNew).map((row): New => ({ id: row.id, ...row.values }));
    if (made.length > 0) {
      try {
        await createMany(object, made, act, list?.query.fields);
      } catch (error) {
        return error instanceof Problem ? reasonOf(error) : String(error);
      }
    }
    const there = rows.filter((row) => !row.isNew);
    for (const { id, values } of there) if (isFresh(id)) draftFresh(object, id, values);
    const changes = there.filter(({ id }) => !isFresh(id)).map(({ id, values }) => ({ object, id, values }));
    if (made.length > 0) list?.reload();
    if (changes.length > 0) await apply(changes, act);
    else if (made.length > 0) sayDone(act);
    return undefined;
  };

  return { save: apply, edit, leaveRow, paste };
}
