/** One field with all that can be set of it. */

import { useState } from "react";
import { type Field, nameOf, type ObjectType, pluralOf, type Values } from "../api/model.ts";
import { type Entry, isUnreadable, useFieldContext, widgetOfType } from "../fields/index.ts";
import { apiName } from "../lib/naming.ts";
import { Ghost } from "../ui/button.tsx";
import { CheckLine } from "../ui/checkbox.tsx";
import { Icon } from "../ui/icon.tsx";
import { useWords } from "../words/index.ts";
import { type DraftField, type OnDelete, optionsOf } from "./draft.ts";
import type { Shown } from "./edits.ts";
import { ExamplePane } from "./example-pane.tsx";
import { Removal } from "./removal.tsx";
import { Sentence } from "./sentence.tsx";
import { Settings, SettingChecks } from "./settings.tsx";
import { leadsTo, TypePicker, typeIcon } from "./type-picker.tsx";
import { Usage } from "./usage.tsx";

interface Properties {
  object: ObjectType;
  shown: Shown;
  disabled: boolean;
  fault: (pointer: string) => string | undefined;
  onChange: (patch: Values) => void;
  /** Of a field that is new: its name, type, relation. */
  onDraft: (change: Partial<DraftField>) => void;
  onRemoved: () => void;
}

export function FieldPane({ object, shown, disabled, fault, onChange, onDraft, onRemoved }: Properties) {
  const t = useWords();
  const { model, language } = useFieldContext();
  const { field, draft } = shown;
  const type = model.types.get(field.type);
  const target = field.settings.to === undefined ? undefined : model.byName.get(field.settings.to);
  if (!type) return null;
  const setSettings = (change: Values) => onChange({ settings: change });
  return (
    <>
      <section className="pane">
        <header>
          <h2 className="cut">{field.name || t("common.untitled")}</h2>
          <span className="grow" />
          {draft && !disabled ? (
            <TypePicker
              name={field.name}
              value={target ? { to: target.api_name } : { type: field.type }}
              onChange={(chosen) => onDraft({ chosen })}
              trigger={
                <Ghost ink icon={target ? "arrow-up-right" : typeIcon(type)} end="chevron-down">
                  {type.title[language]}
                </Ghost>
              }
            />
          ) : (
            <span className="type-name">
              <Icon name={leadsTo(type) ? "arrow-up-right" : typeIcon(type)} />
              {type.title[language]}
            </span>
          )}
        </header>
        <div className="form">
          <Names names={field} disabled={disabled} fault={fault("/name")} onName={(name) => (draft ? onDraft({ name }) : onChange({ name }))} onTranslations={(translations) => onChange({ translations })} />
          {draft && target ? (
            <Sentence one={object.name} many={object.plural_name} to={target} draft={draft} back={field.settings.inverse?.name ?? ""} onChange={onDraft} />
          ) : target ? (
            <Made object={object} field={field} to={target} disabled={disabled} fault={fault("/settings/inverse/name") ?? fault("/settings/on_delete")} onSettings={setSettings} />
          ) : (
            <Settings
              type={type}
              settings={field.settings}
              disabled={disabled}
              fault={fault}
              onChange={setSettings}
            />
          )}
          {draft && "options" in (type.settings_schema.properties ?? {}) && (field.settings.options ?? []).length === 0 && (
            <label className="field">
              <span>{t("model.optionsOf", { name: field.name })}</span>
              <input className="input" placeholder={t("model.optionsHint")} onBlur={(event) => setSettings({ options: optionsOf(event.currentTarget.value) })} />
            </label>
          )}
          <div className="twocol">
            {type.allows.default_value && <Default shown={shown} disabled={disabled} onChange={(value) => onChange({ default_value: value })} fault={fault("/default_value")} />}
            <label className={`field ${type.allows.default_value ? "" : "is-wide"}`}>
              <span>{t("model.help")}</span>
              <input className="input" value={field.description ?? ""} disabled={disabled} onChange={(event) => onChange({ description: event.currentTarget.value || null })} />
            </label>
          </div>
          <div className="checks">
            {(["required", "unique", "indexed"] as const)
              .filter((each) => type.allows[each])
              .map((each) => (
                <CheckLine key={each} checked={field[each]} disabled={disabled} onChange={(checked) => onChange({ [each]: checked })}>
                  {t(`model.${each}`)}
                </CheckLine>
              ))}
            <SettingChecks type={type} settings={field.settings} disabled={disabled} onChange={setSettings} />
          </div>
          {!draft && !disabled && <p className="hint muted">{t("model.staysAsIs", { api_name: field.api_name })}</p>}
          {["/required", "/unique", "/indexed", "/type", "/api_name", "/settings"].map((pointer) => {
            const message = fault(pointer);
            return message && <FaultLine key={pointer} message={message} />;
          })}
        </div>
      </section>
      {!draft && !disabled && (
        <section className="pane">
          <header>
            <h2>{t("model.usedBy")}</h2>
          </header>
          <Usage object={object} field={field.api_name} />
        </section>
      )}
      <Example object={object} shown={shown} />
      {!disabled && <Remove object={object} shown={shown} onRemoved={onRemoved} />}
    </>
  );
}

/** A relation that is there: what the way back is called, and what a deletion does, can still be changed. */
function Made({ object, field, to, disabled, fault, onSettings }: { object: ObjectType; field: Field; to: ObjectType; disabled: boolean; fault: string | undefined; onSettings: (change: Values) => void }) {
  const { model, language } = useFieldContext();
  const { inverse } = field.settings;
  const isMany = model.isToMany({ kind: "field", field });
  const draft = { here: isMany ? "many" : "one", there: field.unique ? "one" : "many", onDelete: (field.settings["on_delete"] as OnDelete | undefined) ?? "set_null" } as const;
  return (
    <>
      <Sentence
        one={nameOf(object, language)}
        many={pluralOf(object, language)}
        to={to}
        draft={draft}
        back={inverse?.name ?? ""}
        isMade
        disabled={disabled}
        onChange={(change) => {
          if (change.onDelete) onSettings({ on_delete: change.onDelete });
          if (change.back !== undefined) onSettings({ inverse: { ...inverse, api_name: inverse?.api_name ?? apiName(change.back), name: change.back } });
        }}
      />
      {fault && <FaultLine message={fault} />}
    </>
  );
}

const FaultLine = ({ message }: { message: string }) => (
  <p className="bad-word" role="alert">
    {message}
  </p>
);

function Remove({ object, shown, onRemoved }: Pick<Properties, "object" | "shown" | "onRemoved">) {
  const t = useWords();
  const [isOpen, setOpen] = useState(false);
  const { field, draft } = shown;
  return (
    <section className="pane">
      <Ghost className="bad lead" onClick={() => (draft ? onRemoved() : setOpen(true))}>
        {t("model.removeFieldLong", { name: field.name })}
      </Ghost>
      {isOpen && (
        <Removal
          name={field.name}
          path={`${object.api_name}/fields/${field.api_name}`}
          confirm={field.api_name}
          detail={t("model.removeDetail")}
          onClose={() => setOpen(false)}
          onRemoved={() => {
            setOpen(false);
            onRemoved();
          }}
        >
          <Usage object={object} field={field.api_name} />
        </Removal>
      )}
    </section>
  );
}

function Default({ shown, disabled, fault, onChange }: { shown: Shown; disabled: boolean; fault: string | undefined; onChange: (value: unknown) => void }) {
  const t = useWords();
  const context = useFieldContext();
  const { field } = shown;
  const { Input } = widgetOfType(context.model.types.get(field.type));
  const [entry, setEntry] = useState<Entry<unknown>>((field.default_value ?? null) as Entry<unknown>);
  const problem = isUnreadable(entry) ? entry.problem : fault;
  return (
    <div className="field">
      <span>{t("model.default")}</span>
      <Input
        key={field.type}
        field={field}
        value={entry}
        record={{}}
        context={context}
        place="form"
        label={t("model.default")}
        disabled={disabled}
        invalid={problem !== undefined}
        onChange={(next) => {
          setEntry(next);
          if (!isUnreadable(next)) onChange(next);
        }}
      />
      {problem && <FaultLine message={problem} />}
    </div>
  );
}

function Example({ object, shown }: { object: ObjectType; shown: Shown }) {
  const t = useWords();
  const { model, language } = useFieldContext();
  const label = model.labelField(object);
  const parts = [...(label && label.api_name !== shown.field.api_name ? [label] : []), shown.field].flatMap((field) => {
    const type = model.types.get(field.type);
    return type ? [{ field, type }] : [];
  });
  const names = { apiName: object.api_name, pluralApiName: object.plural_api_name };
  const title = t("model.sample", { name: object.translations?.[language]?.["name"] ?? object.name });
  return <ExamplePane title={t("model.preview")} first="graphql" example={[names, parts, label?.api_name, title, model]} />;
}

interface NamesProperties {
  names: { name: string; translations?: Record<string, Record<string, string>> };
  disabled: boolean;
  fault?: string | undefined;
  onName: (name: string) => void;
  onTranslations: (translations: Record<string, Record<string, string>>) => void;
}

/** A name, and what it is in the other language. */
export function Names({ names, disabled, fault, onName, onTranslations }: NamesProperties) {
  const t = useWords();
  const other = /[а-яё]/i.test(names.name) ? "en" : "ru";
  const set = (name: string) => {
    const { [other]: had, ...rest } = names.translations ?? {};
    const { name: _, ...kept } = had ?? {};
    const words = name === "" ? kept : { ...kept, name };
    onTranslations(Object.keys(words).length === 0 ? rest : { ...rest, [other]: words });
  };
  return (
    <div className="twocol">
      <label className="field">
        <span>{t("model.name")}</span>
        <input className={`input ${fault ? "is-bad" : ""}`} value={names.name} disabled={disabled} onChange={(event) => onName(event.currentTarget.value)} />
        {fault && <FaultLine message={fault} />}
      </label>
      <label className="field">
        <span>{t(other === "ru" ? "model.inRussian" : "model.inEnglish")}</span>
        <input className="input" value={names.translations?.[other]?.["name"] ?? ""} disabled={disabled} onChange={(event) => set(event.currentTarget.value)} />
      </label>
    </div>
  );
}
