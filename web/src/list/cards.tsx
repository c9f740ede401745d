/** On a phone a list is cards: the record's name and what else the view shows first. */

import { memo, useCallback, useLayoutEffect, useRef, useState, useSyncExternalStore } from "react";
import type { Field } from "../api/model.ts";
import { shown, useRecord } from "../api/records.ts";
import { type FieldContext, textOf } from "../fields/index.ts";
import { Value } from "../fields/parts/value.tsx";
import { recordAt, valueAt } from "../grid/row.tsx";
import { SectionName } from "../grid/section-row.tsx";
import type { RowSource } from "../grid/source.ts";
import { showNumber } from "../lib/numbers.ts";
import { Icon } from "../ui/icon.tsx";
import { useWords } from "../words/index.ts";
import type { Column } from "./view.ts";

const HEIGHT = 72;
const SPARE = 6;
const SHOWN = 4;

interface Properties {
  list: RowSource;
  columns: Column[];
  groupedBy: Field | undefined;
  context: FieldContext;
  label: string;
  onOpen: (id: string) => void;
}

export function Cards({ list, columns, groupedBy, context, label, onOpen }: Properties) {
  const revision = useSyncExternalStore(list.subscribe, list.snapshot);
  const box = useRef<HTMLDivElement>(null);
  const [view, setView] = useState({ first: 0, last: 20 });
  const look = useCallback(() => {
    const at = box.current;
    if (!at) return;
    const first = Math.max(0, Math.floor(at.scrollTop / HEIGHT) - SPARE);
    const last = Math.min(list.rows - 1, Math.ceil((at.scrollTop + at.clientHeight) / HEIGHT) + SPARE);
    setView((now) => (now.first === first && now.last === last ? now : { first, last }));
    list.show(first, last);
  }, [list]);
  useLayoutEffect(look, [look, revision]);
  useLayoutEffect(() => {
    box.current?.scrollTo({ top: 0 });
  }, [list.identity]);
  const drawn = [];
  for (let row = view.first; row <= Math.min(view.last, list.rows - 1); row += 1) drawn.push(row);
  return (
    <div ref={box} className="cards-list" role="list" aria-label={label} onScroll={look} tabIndex={0}>
      <div className="relative" role="presentation" style={{ height: list.rows * HEIGHT }}>
        {drawn.map((row) => {
          const section = list.sectionAt(row);
          if (!section || !groupedBy) return <Card key={row} top={row * HEIGHT} id={list.idAt(row)} object={list.query.object.api_name} {...{ columns, context, onOpen }} />;
          return (
            <div key={section.key} role="listitem" className="card-section" style={{ transform: `translateY(${row * HEIGHT}px)` }}>
              <button type="button" className="section-name" aria-expanded={section.isOpen} onClick={() => list.toggle(section.key)}>
                <Icon name={section.isOpen ? "chevron-down" : "chevron-right"} />
                <SectionName section={section} field={groupedBy} context={context} />
                <span className="section-count">{showNumber(section.count, context.locale)}</span>
              </button>
            </div>
          );
        })}
      </div>
    </div>
  );
}

interface CardProperties {
  id: string | undefined;
  object: string;
  top: number;
  columns: Column[];
  context: FieldContext;
  onOpen: (id: string) => void;
}

const Card = memo(function Card({ id, object, top, columns, context, onOpen }: CardProperties) {
  const record = useRecord(object, id);
  const values = record && shown(record);
  const t = useWords();
  const isKept = record !== undefined && !record.saving && Object.keys(record.draft).length > 0;
  const [first] = columns;
  const name = first && values ? textOf(first.field, recordAt(values, first.path), context) : "";
  return (
    <div role="listitem" className="card-row" style={{ transform: `translateY(${top}px)` }}>
        {columns.slice(0, isKept ? SHOWN - 1 : SHOWN).map((column) => {
          const value = values && valueAt(values, column.path, column.field.value_key);
          return (
            <span key={column.path}>
              {values === undefined ? (
                <span className="bone grow" />
              ) : value === null || value === undefined ? null : (
                <Value value={value} field={column.field} record={recordAt(values, column.path)} context={context} />
              )}
            </span>
          );
        })}
        {isKept && <span className="not-saved">{t("list.notSent")}</span>}
      {values && <button type="button" className="card-open" aria-label={name || t("common.untitled")} onClick={() => id !== undefined && onOpen(id)} />}
    </div>
  );
});
