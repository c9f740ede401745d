/** What stands beside an operator: one value, two, several, or nothing. The input comes from the field's type. */

import { useState } from "react";
import type { Field } from "../api/model.ts";
import { type Entry, isUnreadable, useFieldContext, type Widget, widgetOf } from "../fields/index.ts";
import { Value } from "../fields/parts/value.tsx";
import { widgetOfSchema } from "../fields/schema.tsx";
import { Icon } from "../ui/icon.tsx";
import { useWords } from "../words/index.ts";
import type { Subject } from "./paths.ts";
import { type Json, OPERANDS } from "./tree.ts";

const PATTERNS = new Set(["like", "ilike", "starts_with", "ends_with", "contains"]);
const TEXT = widgetOfSchema({ type: "string" }, []);

/** Parts of a text are texts, whatever the value is. */
export function useOperandWidget(subject: Subject, operator: string): Widget {
  const { model } = useFieldContext();
  if (PATTERNS.has(operator)) return TEXT;
  if (subject.part) return widgetOfSchema(subject.part.openapi, []);
  return subject.field ? widgetOf(model, subject.field) : TEXT;
}

interface Properties {
  subject: Subject;
  operator: string;
  operand: Json;
  onChange: (operand: Json) => void;
  autoFocus: boolean;
}

export function Operand({ subject, operator, operand, onChange, autoFocus }: Properties) {
  const t = useWords();
  const widget = useOperandWidget(subject, operator);
  const { field } = subject;
  if (!field) return null;
  switch (OPERANDS[operator]) {
    case "flag":
      return null;
    case "pair": {
      const [from = null, to = null] = Array.isArray(operand) ? operand : [];
      return (
        <div className="pair">
          <One {...{ widget, field, autoFocus }} label={t("filter.from")} value={from} onChange={(next) => onChange([next, to])} />
          <One {...{ widget, field }} label={t("filter.to")} value={to} onChange={(next) => onChange([from, next])} autoFocus={false} />
        </div>
      );
    }
    case "many":
      // A value that is a list itself.
      if (operator === "contains_any" || operator === "contains_all") {
        return <One {...{ widget, field, autoFocus }} label={t("filter.value")} value={operand} onChange={(next) => onChange(next ?? [])} />;
      }
      return <Several {...{ widget, field, autoFocus }} values={Array.isArray(operand) ? operand : []} onChange={onChange} />;
    default:
      return <One {...{ widget, field, autoFocus }} label={t("filter.value")} value={operand} onChange={onChange} />;
  }
}

interface OneProperties {
  widget: Widget;
  field: Field;
  label: string;
  value: Json;
  autoFocus: boolean;
  onChange: (value: Json) => void;
}

function One({ widget: { Input }, field, label, value, autoFocus, onChange }: OneProperties) {
  const context = useFieldContext();
  const [unread, setUnread] = useState<Entry<unknown>>();
  const entry = isUnreadable(unread) ? unread : (value as Entry<unknown>);
  return (
    <div className="one" title={isUnreadable(entry) ? entry.problem : undefined}>
      <Input
        field={field}
        value={entry}
        record={{}}
        context={context}
        place="filter"
        label={label}
        autoFocus={autoFocus}
        invalid={isUnreadable(entry)}
        onChange={(next) => {
          setUnread(isUnreadable(next) ? next : undefined);
          onChange(isUnreadable(next) ? null : (next as Json));
        }}
      />
    </div>
  );
}

function Several({ widget, field, values, autoFocus, onChange }: { widget: Widget; field: Field; values: Json[]; autoFocus: boolean; onChange: (values: Json) => void }) {
  const t = useWords();
  const context = useFieldContext();
  const [next, setNext] = useState<Entry<unknown>>(null);
  const [token, setToken] = useState(0);
  const add = (entry: Entry<unknown>) => {
    if (entry === null || isUnreadable(entry)) return;
    if (!values.some((value) => JSON.stringify(value) === JSON.stringify(entry))) onChange([...values, entry as Json]);
    setNext(null);
    setToken(token + 1);
  };
  return (
    <div
      className="several"
      onKeyDown={(event) => {
        if (event.key !== "Enter" || event.defaultPrevented) return;
        event.preventDefault();
        add(next);
      }}
    >
      {values.map((value) => (
        <span key={JSON.stringify(value)} className="condition">
          <Value value={value} field={field} record={{}} context={context} />
          <button type="button" aria-label={t("common.remove")} onClick={() => onChange(values.filter((each) => each !== value))}>
            <Icon name="x" size={14} />
          </button>
        </span>
      ))}
      <div className="one" key={token} onBlur={() => add(next)}>
        <widget.Input
          field={field}
          value={next}
          record={{}}
          context={context}
          place="filter"
          label={t("filter.value")}
          autoFocus={autoFocus || token > 0}
          invalid={isUnreadable(next)}
          onChange={setNext}
          onCommit={add}
        />
      </div>
    </div>
  );
}
