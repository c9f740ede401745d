/** A value of several parts: a row for each in a form, a panel on a cell. */

import { useEffect, useId, useState } from "react";
import type { Column, Field, Language } from "../../api/model.ts";
import { Popover } from "../../ui/popover.tsx";
import { type Entry, type FieldContext, type InputProps, isUnreadable } from "../field.ts";
import { readNumber } from "../../lib/numbers.ts";
import { compact } from "../number.tsx";

export type Parts = Record<string, string | number | boolean | null>;

export const columnsOf = (field: Field, { model }: FieldContext): Column[] => model.type(field)?.storage?.columns ?? [];

const titleOf = (column: Column, language: Language) => column.title?.[language] ?? column.component ?? "";

const isNumber = (column: Column) => {
  const kinds = [column.openapi.type ?? "string"].flat();
  return kinds.includes("number") || kinds.includes("integer");
};

function asParts(entry: Entry<Parts>): Parts {
  return entry === null || isUnreadable(entry) ? {} : entry;
}

/** Nothing where all parts are empty. */
function whole(parts: Parts): Parts | null {
  return Object.values(parts).every((part) => part === null || part === "") ? null : parts;
}

export function CompositeInput(properties: InputProps<Parts>) {
  const { field, context, value, onChange, onCommit, place, label, disabled, invalid, autoFocus, typed } = properties;
  const [anchor, setAnchor] = useState<Element | null>(null);
  const start = useId();
  const columns = columnsOf(field, context);
  const parts = asParts(value);
  const rows = (
    <div className={place === "cell" ? "parts p-3" : "parts"} role="group" aria-label={label ?? field.name}>
      {columns.map((column, index) => {
        const name = column.component ?? "";
        return (
          <div key={name} className="part">
            <label htmlFor={`${start}-${name}`}>{titleOf(column, context.language)}</label>
            <PartInput
              id={`${start}-${name}`}
              number={isNumber(column)}
              value={parts[name] ?? null}
              locale={context.locale}
              disabled={disabled}
              invalid={invalid}
              first={(autoFocus ?? false) && index === 0 ? (typed ?? "") : undefined}
              onChange={(part) => onChange(whole({ ...parts, [name]: part }))}
            />
          </div>
        );
      })}
    </div>
  );
  if (place !== "cell") return rows;
  return (
    <span ref={setAnchor} className="cell-input">
      {anchor && (
        <Popover open anchor={anchor} label={label ?? field.name} className="w-80" onOpen={(open) => !open && onCommit?.(value)}>
          {rows}
        </Popover>
      )}
    </span>
  );
}

interface PartProperties {
  id: string;
  number: boolean;
  value: Parts[string];
  locale: string;
  disabled: boolean | undefined;
  invalid: boolean | undefined;
  /** The text that opened the editor, for the first part. */
  first: string | undefined;
  onChange: (value: string | number | null) => void;
}

function PartInput({ id, number, value, locale, disabled, invalid, first, onChange }: PartProperties) {
  const written = value === null || value === undefined ? "" : String(value);
  const [text, setText] = useState(written);
  useEffect(() => {
    if (!number || readNumber(text, locale) !== written) setText(written);
  }, [written]);
  const write = (next: string) => {
    setText(next);
    const digits = number ? readNumber(next, locale) : undefined;
    onChange(next.trim() === "" ? null : digits === undefined ? next : compact(digits));
  };
  return (
    <input
      id={id}
      className={`input ${invalid ? "is-bad" : ""}`}
      value={text}
      disabled={disabled}
      inputMode={number ? "decimal" : undefined}
      autoComplete="off"
      ref={(element) => {
        if (!element || first === undefined || element.dataset["begun"]) return;
        element.dataset["begun"] = "1";
        element.focus({ preventScroll: true });
        if (first) write(first);
      }}
      onChange={(event) => write(event.currentTarget.value)}
    />
  );
}

export const joined = (value: Parts, separator: string): string =>
  Object.values(value)
    .filter((part) => part !== null && part !== undefined && part !== "")
    .join(separator);
