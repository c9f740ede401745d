/** One field of a record: shown, and edited where it stands. */

import { type FocusEvent, type KeyboardEvent, type ReactNode, useRef } from "react";
import { flushSync } from "react-dom";
import { type Field, nameOf, type ObjectType, type Values } from "../api/model.ts";
import { differs } from "../api/save.ts";
import { textOf, useFieldContext, widgetOf } from "../fields/index.ts";
import { Value } from "../fields/parts/value.tsx";
import { CellEditor, type EditorHandle } from "../grid/editor.tsx";
import { IconButton } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { say } from "../ui/toast.tsx";
import { useWords } from "../words/index.ts";
import { hasParts } from "./sections.ts";

export interface Editing {
  object: ObjectType;
  id: string;
  /** The field whose editor is open; in one of its two places. */
  at: string | undefined;
  open: (at: string) => void;
  close: () => void;
  save: (values: Values) => void;
}

interface Properties {
  field: Field;
  record: Values;
  fault: string | undefined;
  canEdit: boolean;
  editing: Editing;
  place: string;
}

const isBlank = (value: unknown) => value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);

/** How a field's place is called: one of its places is edited at a time. */
export const placeOf = (place: string, field: Field): string => `${place}-${field.api_name}`;

/** The editor of a field, opened from a button that lies over its value. */
export function useProp({ field, record, canEdit, editing, place }: Properties) {
  const t = useWords();
  const context = useFieldContext();
  const widget = widgetOf(context.model, field);
  const handle = useRef<EditorHandle>(null);
  const cover = useRef<HTMLButtonElement>(null);
  const value = record[field.value_key];
  const at = placeOf(place, field);
  const isOpen = editing.at === at;
  const may = canEdit && field.permissions.update && !widget.readOnly;
  const name = nameOf(field, context.language);
  const isText = widget.tall === true && !hasParts(context.model.type(field));

  const end = (focus: boolean) => {
    // The button stands again before the next key comes.
    flushSync(() => editing.close());
    if (focus) cover.current?.focus();
  };
  const commit = (entry: unknown, focus = true) => {
    if (differs(editing.object, editing.id, field.value_key, entry)) editing.save({ [field.value_key]: entry });
    else handle.current?.giveUp();
    end(focus);
  };
  const take = (focus: boolean): boolean => {
    const taken = handle.current?.take();
    if (!taken) return false;
    commit(taken.entry, focus);
    return true;
  };
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (!isOpen || event.nativeEvent.isComposing) return;
    const mod = event.ctrlKey || event.metaKey;
    if (event.key === "Escape") {
      handle.current?.giveUp();
      end(true);
    } else if (event.key === "Enter" && (mod || !isText) && !event.altKey) {
      if (event.defaultPrevented) return;
      take(true);
    } else if (event.key === "s" && mod) take(true);
    else if (event.key === "Tab" && !(event.target as HTMLElement).closest(".placed")) {
      const all = [...document.querySelectorAll<HTMLElement>("[data-prop]")];
      const here = all.findIndex((each) => each.dataset["prop"] === at);
      if (!take(false)) return event.preventDefault();
      const next = all[here + (event.shiftKey ? -1 : 1)]?.dataset["prop"];
      if (next) document.querySelector<HTMLElement>(`[data-prop="${next}"] .cover`)?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onBlur = (event: FocusEvent<HTMLElement>) => {
    const to = event.relatedTarget as HTMLElement | null;
    if (!isOpen || event.currentTarget.contains(to) || to?.closest(".placed") || (event.target as HTMLElement).closest(".placed")) return;
    take(false);
  };
  const start = () => {
    if (!widget.toggled) return editing.open(at);
    editing.save({ [field.value_key]: widget.toggled(value ?? null) });
  };
  const editor: ReactNode = isOpen && (
    <CellEditor
      object={editing.object}
      id={editing.id}
      field={field}
      value={value}
      record={record}
      context={context}
      typed={undefined}
      label={name}
      place={isText ? "form" : "cell"}
      handle={handle}
      onCommit={(entry) => commit(entry)}
      onCancel={() => end(true)}
    />
  );
  const button: ReactNode = may && !isOpen && <button ref={cover} type="button" className="cover" aria-label={t("record.edit", { name })} onClick={start} />;
  const look = isBlank(value) ? null : <Value value={value} field={field} record={record} context={context} />;
  return { at, name, value, isOpen, may, isText, editor, button, look, onKeyDown, onBlur, text: () => textOf(field, record, context) };
}

/** `isContested`: another has changed it too. */
export function Prop({ isContested, ...properties }: Properties & { isContested: boolean }) {
  const { field, fault } = properties;
  const t = useWords();
  const context = useFieldContext();
  const prop = useProp(properties);
  const copy = () => void navigator.clipboard.writeText(prop.text()).then(() => say(t("common.copied")));
  const acts = prop.look && !prop.isOpen && (
    <span className="acts">
      <IconButton icon="copy" small label={t("record.copyValue", { name: prop.name })} tabIndex={-1} onClick={copy} />
    </span>
  );
  const empty = prop.may ? <span className="empty-value">{t("record.add")}</span> : null;
  const parts = hasParts(context.model.type(field)) && !prop.isOpen ? partsOf(field, prop.value, context) : undefined;
  return (
    <div className={isContested ? "prop conflict" : "prop"} data-prop={prop.at}>
      <dt>{prop.name}</dt>
      <dd className={`${prop.isOpen ? "editing" : ""} ${prop.isText ? "is-text" : ""} ${fault ? "is-bad" : ""}`} onKeyDown={prop.onKeyDown} onBlur={prop.onBlur}>
        {prop.button}
        {prop.editor ||
          (parts && parts.length > 1 ? (
            <span className="part-lines">
              {parts.map((part) => (
                <span key={part.name}>
                  <span className="muted">{part.title}</span> {part.text}
                </span>
              ))}
            </span>
          ) : prop.isText && typeof prop.value === "string" && prop.value !== "" ? (
            <span className="long">{prop.value}</span>
          ) : (
            (prop.look ?? empty)
          ))}
        {acts}
        {fault && !prop.isOpen && (
          <span className="prop-fault" role="alert">
            {fault}
          </span>
        )}
      </dd>
    </div>
  );
}

/** The parts of a value that are filled in. */
function partsOf(field: Field, value: unknown, { model, language }: ReturnType<typeof useFieldContext>): { name: string; title: string; text: string }[] {
  const columns = model.type(field)?.storage?.columns ?? [];
  if (!widgetOf(model, field).tall || typeof value !== "object" || value === null) return [];
  return columns.flatMap(({ component = "", title }) => {
    const part = (value as Values)[component];
    return isBlank(part) ? [] : [{ name: component, title: title?.[language] ?? component, text: String(part) }];
  });
}

/** A field in the head of a record: without its name, which its look says. */
export function Fact(properties: Properties) {
  const prop = useProp(properties);
  if (!prop.look && !prop.isOpen) return null;
  return (
    <span className={`fact ${prop.isOpen ? "editing" : ""}`} title={prop.name} data-prop={prop.at} onKeyDown={prop.onKeyDown} onBlur={prop.onBlur}>
      {prop.button}
      {prop.editor || prop.look}
      {prop.may && !prop.isOpen && <Icon name="chevron-down" size={14} />}
    </span>
  );
}
