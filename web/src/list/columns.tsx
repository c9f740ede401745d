/** Which fields are shown, and in what order. */

import { useState } from "react";
import { nameOf, type ObjectType } from "../api/model.ts";
import { useFieldContext } from "../fields/index.ts";
import { IconButton } from "../ui/button.tsx";
import { Check } from "../ui/checkbox.tsx";
import { Icon } from "../ui/icon.tsx";
import { useWords } from "../words/index.ts";
import { type Column, columnChoices, type ViewColumn } from "./view.ts";

interface Properties {
  object: ObjectType;
  columns: Column[];
  onChange: (columns: ViewColumn[]) => void;
}

export const plainColumns = (columns: Column[]): ViewColumn[] =>
  columns.map(({ path, width, pinned, total }) => ({ path, width, ...(pinned && { pinned }), ...(total !== undefined && { total }) }));

export function moved<T extends { path: string }>(columns: T[], path: string, before: string): T[] {
  const one = columns.find((column) => column.path === path);
  if (!one || path === before) return columns;
  const rest = columns.filter((column) => column !== one);
  const from = columns.indexOf(one);
  const to = columns.findIndex((column) => column.path === before);
  const at = rest.findIndex((column) => column.path === before) + (to > from ? 1 : 0);
  return [...rest.slice(0, at), one, ...rest.slice(at)];
}

export default function ColumnList({ object, columns, onChange }: Properties) {
  const t = useWords();
  const context = useFieldContext();
  const [sought, setSought] = useState("");
  const [dragged, setDragged] = useState<string>();
  const shown = new Set(columns.map((column) => column.path));
  const choices = columnChoices(context.model, object);
  const titleOf = (path: string) => {
    const choice = choices.find((each) => each.path === path);
    return choice ? [...choice.through, choice.field].map((field) => nameOf(field, context.language)).join(" · ") : path;
  };
  const wanted = sought.trim().toLocaleLowerCase();
  const fits = (path: string) => wanted.split(/\s+/).every((word) => titleOf(path).toLocaleLowerCase().includes(word));
  const rest = choices.filter(
    (choice) => !shown.has(choice.path) && (wanted === "" ? choice.through.length === 0 : fits(choice.path)),
  );
  const plain = plainColumns(columns);
  const shift = (path: string, by: -1 | 1) => {
    const at = plain.findIndex((column) => column.path === path);
    const other = plain[at + by];
    if (other) onChange(moved(plain, path, other.path));
  };
  return (
    <div className="column-list">
      <div className="ask">
        <Icon name="search" size={14} />
        <input value={sought} placeholder={t("filter.findField")} aria-label={t("filter.findField")} onChange={(event) => setSought(event.currentTarget.value)} />
      </div>
      <ul>
        {columns
          .filter((column) => fits(column.path))
          .map((column) => (
            <li
              key={column.path}
              draggable
              onDragStart={() => setDragged(column.path)}
              onDragOver={(event) => dragged !== undefined && event.preventDefault()}
              onDrop={() => dragged !== undefined && onChange(moved(plain, dragged, column.path))}
              onKeyDown={(event) => {
                if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
                event.preventDefault();
                shift(column.path, event.key === "ArrowUp" ? -1 : 1);
              }}
            >
              <span className="grip" aria-hidden>
                <Icon name="grip-vertical" size={14} />
              </span>
              <label className="checkline grow">
                <Check checked onChange={() => onChange(plain.filter((each) => each.path !== column.path))} />
                <span className="cut">{titleOf(column.path)}</span>
              </label>
              <IconButton icon="arrow-up" small label={t("list.moveUp")} onClick={() => shift(column.path, -1)} />
              <IconButton icon="arrow-down" small label={t("list.moveDown")} onClick={() => shift(column.path, 1)} />
            </li>
          ))}
        {rest.map((choice) => (
          <li key={choice.path}>
            <span className="grip" aria-hidden />
            <label className="checkline grow">
              <Check checked={false} onChange={() => onChange([...plain, { path: choice.path }])} />
              <span className="cut">{titleOf(choice.path)}</span>
            </label>
          </li>
        ))}
        {wanted !== "" && rest.length === 0 && !columns.some((column) => fits(column.path)) && (
          <li className="none">{t("filter.noField")}</li>
        )}
      </ul>
    </div>
  );
}
