/** What an object is called, how it looks in lists, and its removal. */

import { useState } from "react";
import { useNavigate } from "@tanstack/react-router";
import { type ObjectType, type Values } from "../api/model.ts";
import { useFieldContext } from "../fields/index.ts";
import { Ghost } from "../ui/button.tsx";
import { useWords } from "../words/index.ts";
import type { Shown } from "./edits.ts";
import { Names } from "./field-pane.tsx";
import { Removal } from "./removal.tsx";

interface Properties {
  object: ObjectType;
  head: Values;
  fields: Shown[];
  disabled: boolean;
  onChange: (patch: Values) => void;
}

export function ObjectPane({ object, head, fields, disabled, onChange }: Properties) {
  const t = useWords();
  const navigate = useNavigate();
  const { model } = useFieldContext();
  const [isOpen, setOpen] = useState(false);
  const shown = { ...object, ...head } as ObjectType;
  const titles = fields.filter(({ field, draft }) => !draft && model.types.get(field.type)?.titles);
  return (
    <>
      <section className="pane">
        <header>
          <h2>{t("model.theObject")}</h2>
        </header>
        <div className="form">
          <Names names={shown} disabled={disabled} onName={(name) => onChange({ name })} onTranslations={(translations) => onChange({ translations })} />
          <div className="twocol">
            <label className="field">
              <span>{t("model.pluralShort")}</span>
              <input className="input" value={shown.plural_name} disabled={disabled} onChange={(event) => onChange({ plural_name: event.currentTarget.value })} />
            </label>
            <label className="field">
              <span>{t("model.titleField")}</span>
              <select className="input" value={shown.label_field ?? ""} disabled={disabled} onChange={(event) => onChange({ label_field: event.currentTarget.value || null })}>
                <option value="">{t("model.none")}</option>
                {titles.map(({ field }) => (
                  <option key={field.api_name} value={field.api_name}>
                    {field.name}
                  </option>
                ))}
              </select>
            </label>
          </div>
          <label className="field">
            <span>{t("model.description")}</span>
            <textarea className="input" rows={3} value={shown.description ?? ""} disabled={disabled} onChange={(event) => onChange({ description: event.currentTarget.value || null })} />
          </label>
        </div>
      </section>
      {!disabled && object.module === null && (
        <section className="pane">
          <Ghost className="bad lead" onClick={() => setOpen(true)}>
            {t("model.removeObjectLong", { name: object.name })}
          </Ghost>
          {isOpen && (
            <Removal
              name={object.name}
              path={object.api_name}
              confirm={object.api_name}
              detail={t("model.removeObjectDetail")}
              onClose={() => setOpen(false)}
              onRemoved={() => void navigate({ to: "/model" })}
            />
          )}
        </section>
      )}
    </>
  );
}
