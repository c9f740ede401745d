/** By what a list is sorted: several keys, the first above all. */

import { nameOf, type ObjectType } from "../api/model.ts";
import { useFieldContext } from "../fields/index.ts";
import { Picker } from "../ui/picker.tsx";
import { Ghost, IconButton } from "../ui/button.tsx";
import { useWords } from "../words/index.ts";
import { columnChoices, sortPath, type SortKey } from "./view.ts";

/** What can be sorted by, under the path that `sort=` takes. */
export function useSortChoices(object: ObjectType): { value: string; label: string }[] {
  const context = useFieldContext();
  return columnChoices(context.model, object).flatMap(({ path, field, through }) => {
    const value = sortPath(context.model, { path, field });
    return value === undefined ? [] : [{ value, label: [...through, field].map((each) => nameOf(each, context.language)).join(" · ") }];
  });
}

export default function SortList({ object, keys, onChange }: { object: ObjectType; keys: SortKey[]; onChange: (keys: SortKey[]) => void }) {
  const t = useWords();
  const choices = useSortChoices(object);
  const labelOf = (path: string) => choices.find((choice) => choice.value === path)?.label ?? path;
  const set = (at: number, key: SortKey | undefined) => onChange(keys.flatMap((each, index) => (index === at ? (key ? [key] : []) : [each])));
  const free = choices.filter((choice) => !keys.some((key) => key.path === choice.value));
  return (
    <div className="sort-list">
      {keys.map((key, at) => (
        <div key={key.path} className="line">
          <Picker
            label={t("list.sortBy")}
            choices={[{ value: key.path, label: labelOf(key.path) }, ...free]}
            chosen={[key.path]}
            onChange={([path]) => path !== undefined && set(at, { ...key, path })}
            trigger={
              <button type="button" className="input">
                <span className="cut grow">{labelOf(key.path)}</span>
              </button>
            }
          />
          <Ghost icon={key.descending ? "arrow-down" : "arrow-up"} onClick={() => set(at, { ...key, descending: !key.descending })}>
            {t(key.descending ? "list.descending" : "list.ascending")}
          </Ghost>
          <IconButton icon="x" small label={t("common.remove")} onClick={() => set(at, undefined)} />
        </div>
      ))}
      <Picker
        label={t("list.addSort")}
        choices={free}
        chosen={[]}
        onChange={([path]) => path !== undefined && onChange([...keys, { path, descending: false }])}
        trigger={<Ghost icon="plus">{t("list.addSort")}</Ghost>}
      />
    </div>
  );
}
