/** The head of a column that is being drawn: a field's name, the type that it suggests, and what the type asks. */

import { type KeyboardEvent, useLayoutEffect, useRef, useState } from "react";
import { type Language, nameOf } from "../api/model.ts";
import { useFieldContext } from "../fields/index.ts";
import { Icon } from "../ui/icon.tsx";
import { useWords } from "../words/index.ts";
import { type DraftField, type Drawn, type DrawnObject, hasOptions, optionsOf } from "./draft.ts";
import { Sentence } from "./sentence.tsx";
import { TypePicker, typeIcon } from "./type-picker.tsx";

const NARROWEST = 120;
const WIDEST = 264;

/** Wide enough for the name and the type beside it, in pixels. */
export function widthOf(name: string, drawn: Drawn | undefined, language: Language): number {
  const type = drawn ? (drawn.to ? drawn.type.title[language].split(" ")[0] ?? "" : drawn.type.title[language]) : "";
  return Math.round(Math.min(WIDEST, Math.max(NARROWEST, name.length * 7.5 + type.length * 6.5 + 76)));
}

interface Properties {
  field: DraftField;
  number: number;
  /** Undefined while it has no name. */
  drawn: Drawn | undefined;
  isTitle: boolean;
  isNow: boolean;
  /** The empty one at the end. */
  isLast: boolean;
  disabled: boolean;
  object: DrawnObject;
  fault: string | undefined;
  onFocus: () => void;
  onChange: (change: Partial<DraftField>) => void;
  onNext: () => void;
  onRemove: () => void;
  onOptions: () => void;
}

export function Header(properties: Properties) {
  const { field, number, drawn, isTitle, isNow, isLast, disabled, object, fault, onFocus, onChange, onNext, onRemove, onOptions } = properties;
  const t = useWords();
  const { language } = useFieldContext();
  const cell = useRef<HTMLDivElement>(null);
  const [picking, setPicking] = useState(false);
  const typeName = drawn ? (drawn.to ? `${t("model.relation")} → ${nameOf(drawn.to, language)}` : drawn.type.title[language]) : "";
  const short = drawn?.to ? t("model.relation") : typeName;

  const onKey = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.nativeEvent.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      if (field.name.trim() === "" && !isLast) return onRemove();
      if (drawn?.needsOptions) onOptions();
      else onNext();
    } else if (event.key === "ArrowDown" && drawn) {
      event.preventDefault();
      setPicking(true);
    } else if (event.key === "Backspace" && field.name === "") {
      event.preventDefault();
      onRemove();
    }
  };
  const describedBy = `type-of-${field.key}`;
  return (
    <div className={`cell ${isNow ? "now" : ""} ${isLast ? "new" : ""} ${fault ? "is-bad" : ""}`} ref={cell} style={{ width: widthOf(field.name, drawn, language) }} onFocus={onFocus}>
      <input
        data-part={field.key}
        value={field.name}
        placeholder={isLast ? t("model.addField") : undefined}
        aria-label={isLast ? t("model.addField") : t("model.fieldName", { number })}
        disabled={disabled}
        aria-describedby={describedBy}
        aria-invalid={fault !== undefined || undefined}
        autoComplete="off"
        size={Math.max(4, Math.min(24, field.name.length))}
        onChange={(event) => onChange({ name: event.currentTarget.value })}
        onKeyDown={onKey}
      />
      <span className="hidden" id={describedBy}>
        {drawn && t("model.fieldType", { name: drawn.field.name, type: typeName })}
      </span>
      {drawn && (
        <button type="button" className="kind" tabIndex={-1} aria-label={`${isTitle && !isNow ? t("model.title") : short} · ${t("model.chooseType", { name: drawn.field.name })}`} title={typeName} onClick={() => setPicking(true)}>
          {isTitle && !isNow ? (
            t("model.title")
          ) : (
            <>
              <Icon name={drawn.to ? "arrow-up-right" : typeIcon(drawn.type)} size={14} />
              <span className="cut">{short}</span>
              <Icon name="chevron-down" size={12} />
            </>
          )}
        </button>
      )}
      {picking && drawn && cell.current && (
        <TypePicker
          open
          anchor={cell.current}
          name={drawn.field.name}
          value={drawn.to ? { to: drawn.to.api_name } : { type: drawn.type.name }}
          onChange={(chosen) => {
            onChange({ chosen });
            setPicking(false);
          }}
          onClose={() => setPicking(false)}
        />
      )}
      {isNow && !picking && drawn && <Asked {...properties} drawn={drawn} cell={cell} object={object} fault={fault} onNext={onNext} />}
    </div>
  );
}

/** What the type asks of its field, below the head; it stands over the table, whose edges would cut it off. */
function Asked({ field, drawn, object, fault, cell, onChange, onNext }: Properties & { drawn: Drawn; cell: React.RefObject<HTMLDivElement | null> }) {
  const t = useWords();
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const [frame, head, panel] = [place.current?.closest(".draw"), cell.current, place.current];
    if (!frame || !head || !panel) return;
    const [outer, inner] = [frame.getBoundingClientRect(), head.getBoundingClientRect()];
    const most = outer.width - panel.offsetWidth - 16;
    panel.style.left = `${Math.max(0, Math.min(inner.right - outer.left - panel.offsetWidth, most, inner.left - outer.left))}px`;
    panel.style.top = `${inner.bottom - outer.top + frame.scrollTop + 6}px`;
  });
  const asksOptions = hasOptions(drawn.type);
  if (!drawn.to && !asksOptions && !fault) return null;
  return (
    <div className="asked" ref={place}>
      {drawn.to && (
        <Sentence
          one={object.name}
          many={object.plural}
          to={drawn.to}
          draft={drawn.draft}
          back={drawn.field.settings.inverse?.name ?? ""}
          found={drawn.found}
          onChange={onChange}
          onMakeText={() => onChange({ chosen: { type: "" } })}
        />
      )}
      {asksOptions && (
        <div className="float options-entry">
          <label className="field">
            <span>{t("model.optionsOf", { name: drawn.field.name })}</span>
            <input
              className="input"
              data-part={`options-${field.key}`}
              value={field.options}
              placeholder={t("model.optionsHint")}
              autoComplete="off"
              onChange={(event) => onChange({ options: event.currentTarget.value })}
              onKeyDown={(event) => {
                if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return;
                event.preventDefault();
                onNext();
              }}
            />
          </label>
          {field.options.trim() === "" ? (
            <p className="muted">{t("model.optionsExplain")}</p>
          ) : (
            <span className="chips">
              {optionsOf(field.options).map((option) => (
                <span key={option.value} className={`chip ${option.color}`}>
                  {option.label}
                </span>
              ))}
            </span>
          )}
        </div>
      )}
      {fault && (
        <p className="float fault bad-word" role="alert">
          {fault}
        </p>
      )}
    </div>
  );
}
