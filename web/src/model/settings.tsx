/** The settings of a field, drawn from the JSON Schema that its type gives. */

import type { ReactNode } from "react";
import { type FieldSettings, type FieldType, type JsonSchema, type Language, nameOf, type Option, type Values } from "../api/model.ts";
import { useFieldContext } from "../fields/index.ts";
import { isFlag, isNumber, isWide } from "../fields/parts/schema-kind.ts";
import { apiName, freeName } from "../lib/naming.ts";
import { Ghost, IconButton } from "../ui/button.tsx";
import { CheckLine } from "../ui/checkbox.tsx";
import { useWords, words } from "../words/index.ts";

interface Properties {
  type: FieldType;
  settings: FieldSettings;
  disabled: boolean;
  /** Null empties a setting. */
  onChange: (change: Values) => void;
  fault: (name: string) => string | undefined;
}

const titleOf = (name: string, schema: JsonSchema, language: Language): string =>
  typeof schema.title === "object" ? schema.title[language] : (schema.title ?? name.replaceAll("_", " "));

/** Settings that are ticked. */
export function SettingChecks({ type, settings, disabled, onChange }: Omit<Properties, "fault">) {
  const { language } = useFieldContext();
  return Object.entries(type.settings_schema.properties ?? {})
    .filter(([, schema]) => isFlag(schema))
    .map(([name, schema]) => (
      <CheckLine key={name} checked={settings[name] === true} disabled={disabled} onChange={(checked) => onChange({ [name]: checked })}>
        {titleOf(name, schema, language)}
      </CheckLine>
    ));
}

export function Settings({ type, settings, disabled, onChange, fault }: Properties) {
  const { language } = useFieldContext();
  const entries = Object.entries(type.settings_schema.properties ?? {}).filter(([, schema]) => !isFlag(schema));
  const line = ([name, schema]: [string, JsonSchema]) => {
    const problem = fault(`/settings/${name}`);
    return (
      <div key={name} className={`field ${isWide(schema) ? "is-wide" : ""}`}>
        <Setting name={name} schema={schema} title={titleOf(name, schema, language)} value={settings[name]} disabled={disabled} onChange={(value) => onChange({ [name]: value })} />
        {problem && (
          <span className="bad-word" role="alert">
            {problem}
          </span>
        )}
      </div>
    );
  };
  if (entries.length === 0) return null;
  return <div className="twocol">{entries.map(line)}</div>;
}

interface SettingProperties {
  name: string;
  schema: JsonSchema;
  title: string;
  value: unknown;
  disabled: boolean;
  onChange: (value: unknown) => void;
}

function Setting({ name, schema, title, value, disabled, onChange }: SettingProperties): ReactNode {
  const { model, language } = useFieldContext();
  const t = useWords();
  const id = `setting-${name}`;
  const label = <label htmlFor={id}>{title}</label>;
  if (schema.enum) {
    return (
      <>
        {label}
        <select id={id} className="input" value={String(value ?? "")} disabled={disabled} onChange={(event) => onChange(event.currentTarget.value || null)}>
          <option value="">{t("model.automatic")}</option>
          {schema.enum.map((each) => (
            <option key={String(each)} value={String(each)}>
              {spoken(String(each))}
            </option>
          ))}
        </select>
      </>
    );
  }
  if (schema.items?.properties?.["value"]) {
    return <Options title={title} options={(value as Option[] | undefined) ?? []} disabled={disabled} onChange={onChange} />;
  }
  if (isNumber(schema)) {
    return (
      <>
        {label}
        <input
          id={id}
          className="input num"
          inputMode="decimal"
          value={value === undefined || value === null ? "" : String(value)}
          disabled={disabled}
          onChange={(event) => onChange(numberOf(event.currentTarget.value))}
        />
      </>
    );
  }
  if (schema.properties?.["api_name"]) {
    const way = (value ?? {}) as { api_name?: string; name?: string };
    return (
      <>
        {label}
        <input
          id={id}
          className="input"
          value={way.name ?? way.api_name ?? ""}
          disabled={disabled}
          onChange={(event) => onChange({ ...way, api_name: way.api_name ?? apiName(event.currentTarget.value), name: event.currentTarget.value })}
        />
      </>
    );
  }
  if (isWide(schema)) {
    return (
      <>
        {label}
        <textarea
          id={id}
          className="input mono"
          rows={4}
          defaultValue={value === undefined ? "" : JSON.stringify(value, null, 2)}
          disabled={disabled}
          onChange={(event) => {
            try {
              onChange(event.currentTarget.value.trim() === "" ? null : (JSON.parse(event.currentTarget.value) as unknown));
              event.currentTarget.removeAttribute("aria-invalid");
            } catch {
              event.currentTarget.setAttribute("aria-invalid", "true");
            }
          }}
        />
      </>
    );
  }
  const target = typeof value === "string" ? model.byName.get(value) : undefined;
  return (
    <>
      {label}
      <input
        id={id}
        className={`input ${target ? "" : "mono"}`}
        value={target ? nameOf(target, language) : typeof value === "string" ? value : ""}
        readOnly={target !== undefined}
        disabled={disabled}
        spellCheck={false}
        onChange={(event) => onChange(event.currentTarget.value === "" ? null : event.currentTarget.value)}
      />
    </>
  );
}

/** A number as it is typed; what is none goes to the server as it is, which says so. */
function numberOf(text: string): unknown {
  if (text.trim() === "") return null;
  const number = Number(text);
  return Number.isNaN(number) ? text : number;
}

const SPOKEN = ["words", "natural", "set_null", "cascade", "restrict"] as const;

function spoken(value: string): string {
  const known = SPOKEN.find((each) => each === value);
  return known ? words(`model.settingValues.${known}`) : value;
}

const COLOURS = ["gray", "red", "orange", "yellow", "green", "teal", "blue", "purple", "pink"] as const;

function Options({ title, options, disabled, onChange }: { title: string; options: Option[]; disabled: boolean; onChange: (options: Option[]) => void }) {
  const t = useWords();
  const other = options.some((option) => /[а-яё]/i.test(option.label ?? "")) ? "en" : "ru";
  const set = (index: number, change: Partial<Option>) => onChange(options.map((option, at) => (at === index ? { ...option, ...change } : option)));
  return (
    <>
      <span>{title}</span>
      <ul className="options">
        {options.map((option, index) => {
          const label = option.label ?? option.value;
          return (
            <li key={index}>
              <select
                className={`chip ${option.color ?? "gray"}`}
                aria-label={`${t("model.optionColour")}: ${label}`}
                value={COLOURS.find((each) => each === option.color) ?? "gray"}
                disabled={disabled}
                onChange={(event) => set(index, { color: event.currentTarget.value })}
              >
                {COLOURS.map((each) => (
                  <option key={each} value={each}>
                    {t(`model.colours.${each}`)}
                  </option>
                ))}
              </select>
              <input className="input" aria-label={`${t("model.optionLabel")} ${index + 1}`} value={label} disabled={disabled} onChange={(event) => set(index, { label: event.currentTarget.value })} />
              <input
                className="input"
                aria-label={`${t(other === "ru" ? "model.inRussian" : "model.inEnglish")}: ${label}`}
                placeholder={t(other === "ru" ? "model.inRussian" : "model.inEnglish")}
                value={option.translations?.[other]?.label ?? ""}
                disabled={disabled}
                onChange={(event) => set(index, { translations: { ...option.translations, [other]: { label: event.currentTarget.value } } })}
              />
              <IconButton icon="x" small label={t("model.removeOption", { name: label })} disabled={disabled} onClick={() => onChange(options.filter((_, at) => at !== index))} />
            </li>
          );
        })}
      </ul>
      <Ghost
        icon="plus"
        className="lead"
        disabled={disabled}
        onClick={() => {
          const label = t("model.option");
          const value = freeName(apiName(label) || "option", (each) => options.some((option) => option.value === each));
          onChange([...options, { value, label: `${label} ${options.length + 1}`, color: COLOURS[(options.length + 1) % COLOURS.length] ?? "gray" }]);
        }}
      >
        {t("model.addOption")}
      </Ghost>
    </>
  );
}
