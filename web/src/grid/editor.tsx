/** The one editor that is mounted: the input of the cell's widget, in the cell. Text stands where it stood. */

import { type RefObject, useEffect, useImperativeHandle, useRef, useState } from "react";
import { type Entry, type FieldContext, isUnreadable, widgetOf } from "../fields/index.ts";
import type { Field, ObjectType, Values } from "../api/model.ts";
import { beginTyping, type Typing } from "../api/typing.ts";

export interface EditorHandle {
  /** The value as it stands; nothing where it cannot be read, which is then shown. */
  take: () => { entry: unknown } | undefined;
  /** Leaves the value as it was. */
  giveUp: () => void;
}

interface Properties {
  object: ObjectType;
  id: string;
  field: Field;
  value: unknown;
  record: Values;
  context: FieldContext;
  typed: string | undefined;
  label: string;
  /** A form has room for texts of many lines. */
  place?: "cell" | "form";
  handle: RefObject<EditorHandle | null>;
  /** The widget says that its value is final. */
  onCommit: (entry: unknown) => void;
  onCancel: () => void;
}

export function CellEditor({ object, id, field, value, record, context, typed, label, place = "cell", handle, onCommit, onCancel }: Properties) {
  const widget = widgetOf(context.model, field);
  const [entry, setEntry] = useState<Entry<unknown>>((value ?? null) as Entry<unknown>);
  const [shown, setShown] = useState(false);
  const latest = useRef(entry);
  const done = useRef(false);
  const box = useRef<HTMLDivElement>(null);
  const typing = useRef<Typing>(undefined);
  typing.current ??= beginTyping(object, id, field.value_key);
  const giveUp = () => typing.current?.giveUp();
  const problem = shown && isUnreadable(entry) ? entry.problem : undefined;

  useImperativeHandle(handle, () => ({
    take: () => {
      if (isUnreadable(latest.current)) {
        setShown(true);
        return undefined;
      }
      return { entry: latest.current };
    },
    giveUp,
  }));

  // A widget without a box of its own to type into still takes the keys.
  useEffect(() => {
    if (!box.current?.contains(document.activeElement)) box.current?.focus({ preventScroll: true });
  }, []);

  const once = (act: () => void) => {
    if (done.current) return;
    done.current = true;
    act();
  };
  return (
    <div ref={box} className="editor" tabIndex={-1}>
      <widget.Input
        field={field}
        value={entry}
        record={record}
        context={context}
        place={place}
        autoFocus
        typed={typed}
        label={label}
        invalid={problem !== undefined}
        onChange={(next) => {
          latest.current = next;
          setEntry(next);
          setShown(false);
          if (isUnreadable(next)) giveUp();
          else typing.current?.write(next);
        }}
        onCommit={(final) => once(() => onCommit(final))}
        // A choice that closes after it was made has been committed by then.
        onCancel={() =>
          setTimeout(
            () =>
              once(() => {
                giveUp();
                onCancel();
              }),
            0,
          )
        }
      />
      {problem && (
        <span className="editor-problem" role="alert">
          {problem}
        </span>
      )}
    </div>
  );
}
