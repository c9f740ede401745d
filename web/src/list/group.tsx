/** By what a list is grouped: a field of few values. */

import { useMemo } from "react";
import { type Field, fieldsOf, type Model, nameOf, type ObjectType } from "../api/model.ts";
import { readsOf, useFieldContext } from "../fields/index.ts";
import { isFlag } from "../fields/parts/schema-kind.ts";
import type { Grouping } from "../grid/grouped.ts";
import { Ghost } from "../ui/button.tsx";
import { Picker } from "../ui/picker.tsx";
import { useWords } from "../words/index.ts";
import type { Column } from "./view.ts";

/** Whether its values are few and each has a name: options, yes and no, a person, a record. */
function divides(model: Model, field: Field): boolean {
  const type = model.type(field);
  const [column, more] = type?.storage?.columns ?? [];
  if (!type || !column || more || !column.group_by.includes("value")) return false;
  const schema = type.value_schema ?? {};
  return type.storage?.kind === "to_one" || schema.enum !== undefined || isFlag(schema);
}

export const groupChoices = (model: Model, object: ObjectType): Field[] => fieldsOf(object).filter((field) => field.permissions.read && divides(model, field));

/** Undefined where the list is not grouped, or the field has gone. */
export function useGrouping(object: ObjectType, path: string | null | undefined, columns: Column[]): Grouping | undefined {
  const context = useFieldContext();
  const field = path == null ? undefined : groupChoices(context.model, object).find((each) => each.api_name === path);
  const totals = JSON.stringify(Object.fromEntries(columns.flatMap((column) => (column.total !== undefined && !column.path.includes(".") ? [[column.path, column.total]] : []))));
  return useMemo(() => field && { field, reads: readsOf(field, context), totals: JSON.parse(totals) }, [field, context, totals]);
}

interface Properties {
  object: ObjectType;
  path: string | null | undefined;
  /** Counts know no search, so it has no groups. */
  isSearching: boolean;
  open: boolean;
  onOpen: (open: boolean) => void;
  onChange: (path: string | null) => void;
}

const NONE = "";

export function GroupPicker({ object, path, isSearching, open, onOpen, onChange }: Properties) {
  const t = useWords();
  const context = useFieldContext();
  const choices = groupChoices(context.model, object).map((field) => ({ value: field.api_name, label: nameOf(field, context.language) }));
  const now = choices.find((choice) => choice.value === path);
  if (choices.length === 0) return null;
  return (
    <Picker
      label={t("list.group")}
      choices={now ? [{ value: NONE, label: t("list.noGroups") }, ...choices] : choices}
      chosen={now ? [now.value] : []}
      {...(open && { open })}
      onClose={() => onOpen(false)}
      onChange={([next = NONE]) => {
        onOpen(false);
        if (next !== path) onChange(next === NONE ? null : next);
      }}
      trigger={
        <Ghost icon="layers" className="off-phone" disabled={isSearching} title={isSearching ? t("list.groupNotInSearch") : undefined}>
          <span className={now && !isSearching ? "text-ink" : ""}>{now?.label ?? t("list.group")}</span>
        </Ghost>
      }
    />
  );
}
