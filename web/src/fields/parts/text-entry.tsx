/** A box whose text is read as a value while it is typed. A text that cannot be read stays, with its fault. */

import { type ComponentType, type HTMLAttributes, type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { type InputProps, isUnreadable, type Widget } from "../field.ts";

interface Options {
  inputMode?: HTMLAttributes<HTMLInputElement>["inputMode"];
  type?: string;
  end?: boolean;
  multiline?: boolean;
  spellCheck?: boolean;
  placeholder?: (properties: InputProps<unknown>) => string;
  /** Stands at the right end of the box. */
  aside?: (properties: InputProps<unknown>, write: (text: string) => void) => ReactNode;
}

type Reading<V> = Pick<Widget<V>, "toText"> & { fromText: (...given: Parameters<Widget<V>["fromText"]>) => unknown };

export function textEntry<V>(reading: Reading<V>, options: Options = {}): ComponentType<InputProps<V>> {
  return function TextEntry(properties: InputProps<V>) {
    const { field, value, record, context, onChange, typed, place, autoFocus, id, label, invalid, describedBy, disabled } = properties;
    const written = isUnreadable(value) ? value.unreadable : value === null ? "" : reading.toText(value, field, context, record);
    const [text, setText] = useState(typed ?? written);
    const box = useRef<HTMLInputElement & HTMLTextAreaElement>(null);
    const last = useRef(written);
    // A change from elsewhere replaces the text. The value's own form does not replace text that is being typed.
    if (written !== last.current) {
      last.current = written;
      if (document.activeElement !== box.current) setText(written);
    }
    const write = (next: string) => {
      setText(next);
      const entry = next.trim() === "" ? null : (reading.fromText(next, field, context) as V);
      last.current = isUnreadable(entry) ? entry.unreadable : entry === null ? "" : reading.toText(entry, field, context, record);
      onChange(entry);
    };
    useLayoutEffect(() => {
      if (!autoFocus || !box.current) return;
      box.current.focus({ preventScroll: true });
      if (typed === undefined) box.current.select();
      else write(typed);
    }, []);
    const shared = {
      ref: box,
      id,
      value: text,
      disabled,
      "aria-label": label,
      "aria-invalid": invalid || undefined,
      "aria-describedby": describedBy,
      spellCheck: options.spellCheck ?? false,
      autoComplete: "off",
      placeholder: options.placeholder?.(properties as InputProps<unknown>),
      onChange: (event: { currentTarget: { value: string } }) => write(event.currentTarget.value),
    };
    const look = place === "cell" ? "cell-input" : `input ${invalid ? "is-bad" : ""}`;
    if (options.multiline) {
      const rows = place === "cell" ? 4 : Math.min(12, Math.max(3, text.split("\n").length + 1));
      return <textarea {...shared} className={`${look} lines`} rows={rows} />;
    }
    const input = (
      <input
        {...shared}
        className={`${look} ${options.end ? "num text-right" : ""}`}
        type={options.type ?? "text"}
        inputMode={options.inputMode}
        onBlur={() => place !== "cell" && !isUnreadable(value) && setText(written)}
      />
    );
    if (!options.aside) return input;
    return (
      <span className="with-aside">
        {input}
        {options.aside(properties as InputProps<unknown>, write)}
      </span>
    );
  };
}
