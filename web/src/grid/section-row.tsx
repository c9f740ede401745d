/** The title of a section: its value, how many records have it, and the totals of its columns. Opened and closed by a press. */

import { memo, type ReactNode } from "react";
import { nameOf, type Field } from "../api/model.ts";
import { type FieldContext, widgetOf } from "../fields/index.ts";
import { showNumber } from "../lib/numbers.ts";
import { Icon } from "../ui/icon.tsx";
import { words } from "../words/index.ts";
import { drawnColumns, placeOf } from "./row.tsx";
import type { Section } from "./source.ts";
import { type GridColumn, TICK_WIDTH } from "./table.ts";

interface Properties {
  grid: string;
  row: number;
  section: Section;
  isOpen: boolean;
  count: number;
  totals: Section["totals"];
  field: Field;
  columns: GridColumn[];
  from: number;
  to: number;
  pinned: number;
  before: number;
  top: number;
  /** The cursor's column; -1 where it is in another row. */
  cursor: number;
  context: FieldContext;
  drawTotal: (column: GridColumn, value: unknown) => ReactNode;
}

export const SectionRow = memo(function SectionRow(properties: Properties) {
  const { grid, row, section, isOpen, count, totals, field, columns, from, to, pinned, before, top, cursor, context, drawTotal } = properties;
  const idOf = (at: number) => (cursor === at ? `${grid}-${row}-${at}` : undefined);
  // The title stays at the left edge, also where its column has been scrolled away.
  const skipped = pinned === 0 && from > 0 ? before - (columns[0]?.width ?? 0) : before;
  return (
    <div className="row section-row" role="row" aria-rowindex={row + 2} aria-level={1} aria-expanded={isOpen} data-row={row} style={{ transform: `translateY(${top}px)` }}>
      <div
        id={idOf(0)}
        className={`cell section-title ${pinned === 1 ? "edge" : ""} ${cursor === 0 ? "is-cursor" : ""}`}
        role="rowheader"
        aria-colindex={1}
        aria-colspan={2}
        data-col={0}
        style={{ width: `calc(${TICK_WIDTH}px + var(--w-0))` }}
      >
        <button type="button" className="section-name" tabIndex={-1} data-toggle>
          <Icon name={isOpen ? "chevron-down" : "chevron-right"} size={14} />
          <SectionName section={section} field={field} context={context} />
          <span className="section-count">{showNumber(count, context.locale)}</span>
        </button>
      </div>
      {drawnColumns(pinned, from, to).map((at) => {
        const column = columns[at];
        if (!column || at === 0) return null;
        const look = ["cell", at < pinned && "pinned", at === pinned - 1 && "edge", widgetOf(context.model, column.field).align === "end" && "end", cursor === at && "is-cursor"];
        return (
          <div key={column.path} id={idOf(at)} className={look.filter(Boolean).join(" ")} role="gridcell" aria-colindex={at + 2} data-col={at} style={placeOf(at, from, pinned, skipped)}>
            {totals[column.path] !== undefined && drawTotal(column, totals[column.path])}
          </div>
        );
      })}
    </div>
  );
});

export function SectionName({ section, field, context }: { section: Section; field: Field; context: FieldContext }) {
  const name = nameOf(field, context.language);
  if (section.value === null) return <span className="muted cut">{words("list.noGroup", { field: context.language === "en" ? name.toLocaleLowerCase() : name })}</span>;
  const widget = widgetOf(context.model, field);
  const shown = widget.Display({ value: section.value, field, record: section.record, context });
  return (
    <>
      {typeof shown === "string" ? <span className="cut">{shown}</span> : shown}
      {widget.toggled && <span>{widget.toText(section.value, field, context, section.record)}</span>}
    </>
  );
}
