/** Edits in the cells of a list: typed, filled, pasted, and new rows. */

import { type Act, beginAct } from "../api/changes.ts";
import { createMany, isUnmade, type New } from "../api/make.ts";
import { nameOf, type ObjectType, useModel, type Values } from "../api/model.ts";
import { Problem } from "../api/problem.ts";
import { queries } from "../api/query.ts";
import { type Change, draft, save } from "../api/save.ts";
import { sayDone } from "../app/done.ts";
import type { Edit, EditKind } from "../grid/table.ts";
import type { RowSource } from "../grid/source.ts";
import { reasonOf } from "../ui/reason.ts";
import { say } from "../ui/toast.tsx";
import { useLanguage, useWords, words } from "../words/index.ts";
import { endFresh } from "./fresh.ts";
import type { PastePlan } from "./paste.tsx";

export interface Edits {
  save: (changes: Change[], act: Act, quiet?: boolean) => Promise<void>;
  edit: (edits: Edit[], kind: EditKind) => void;
  leaveRow: (id: string) => void;
  /** Returns the reason if nothing was pasted. */
  paste: (plan: PastePlan) => Promise<string | undefined>;
}

export function useEdits(object: ObjectType, list: RowSource | undefined): Edits {
  const t = useWords();
  const language = useLanguage();
  const model = useModel();

  const apply = async (changes: Change[], act: Act, quiet = false) => {
    const { saved, refused } = await save(changes, act);
    // The bar above the list tells of changes that wait to be sent.
    const bad = refused.filter(({ problem }) => !problem.isPassing);
    if (bad[0] && bad.length === 1) say(reasonOf(bad[0].problem, object), { bad: true });
    else if (bad.length > 0) say(t("list.notSaved", { count: bad.length }), { bad: true });
    if (saved.length > 0) countAgain(object, list);
    if (saved.length > 0 && !quiet) sayDone(act);
  };

  const edit = (edits: Edit[], kind: EditKind) => {
    const byRecord = new Map<string, Values>();
    for (const { id, field, value } of edits) {
      if (isUnmade(object, id)) draft(object, id, { [field.value_key]: value });
      else byRecord.set(id, { ...byRecord.get(id), [field.value_key]: value });
    }
    if (byRecord.size === 0) return;
    const said = { cleared: t("list.cleared", { count: edits.length }), filled: t("list.filled", { count: edits.length }), edited: t("list.edited", { count: byRecord.size }) };
    const changes = [...byRecord].map(([id, values]) => ({ object, id, values }));
    void apply(changes, beginAct(said[kind]), kind === "edited");
  };

  const leaveRow = (id: string) => {
    if (!list || !isUnmade(object, id)) return;
    const nameFrom = (values: Values) => words("list.created", { name: String(values[model.labelField(object)?.value_key ?? ""] ?? nameOf(object, language)) });
    void endFresh(object, id, list, nameFrom).then((result) => {
      if (result instanceof Problem) {
        if (!result.isPassing) say(reasonOf(result, object), { bad: true });
      } else if (result) sayDone(result);
    });
  };

  const paste = async ({ rows, act }: PastePlan) => {
    const made = rows.filter((row) => row.isNew).map((row): New => ({ id: row.id, ...row.values }));
    if (made.length > 0) {
      try {
        await createMany(object, made, act, list?.query.fields);
      } catch (error) {
        return reasonOf(error, object);
      }
    }
    const there = rows.filter((row) => !row.isNew);
    for (const { id, values } of there) if (isUnmade(object, id)) draft(object, id, values);
    const changes = there.filter(({ id }) => !isUnmade(object, id)).map(({ id, values }) => ({ object, id, values }));
    if (made.length > 0) list?.reload();
    if (changes.length > 0) await apply(changes, act);
    else if (made.length > 0) sayDone(act);
    return undefined;
  };

  return { save: apply, edit, leaveRow, paste };
}

/** Edits in quick succession are counted once. */
const PAUSE = 400;
let counting = 0;

/** Totals and the counts of sections hold what has been written. */
export function countAgain(object: ObjectType, list: RowSource | undefined): void {
  clearTimeout(counting);
  counting = window.setTimeout(() => {
    void queries.invalidateQueries({ queryKey: ["totals", object.api_name] });
    list?.recount();
  }, PAUSE);
}
