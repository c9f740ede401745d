/** One cell of the matrix: which records and fields a right is for, and what is set on a write. */

import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { type Field, nameOf, type ObjectType } from "../api/model.ts";
import { get } from "../api/rest.ts";
import type { Action, Grant, Permission, Role } from "../api/role.ts";
import { type Entry, isUnreadable, useFieldContext, widgetOf } from "../fields/index.ts";
import { Builder } from "../filter/builder.tsx";
import type { Json } from "../filter/tree.ts";
import { useTree } from "../filter/use-tree.ts";
import { showNumber } from "../lib/numbers.ts";
import { Ghost, IconButton } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { Picker } from "../ui/picker.tsx";
import { Segment } from "../ui/segment.tsx";
import { useWords } from "../words/index.ts";
import { EVERYTHING_NEW, type FieldMode, fieldList, grantOf, isNamed, type Level, levelOf, levelOfAll, modeOf, namesIn, partsOf } from "./grants.ts";
import { namesOf, type Spot } from "./matrix.tsx";

const AsJson = lazy(() => import("../filter/as-json.tsx"));

interface Properties {
  role: Role;
  spot: Spot;
  isFixed: boolean;
  /** Gives the same to every object of the row. */
  onGrant: (grant: Grant) => void;
  onUnname: (object: string) => void;
}

export function GrantPane({ role, spot: { line, action }, isFixed, onGrant, onUnname }: Properties) {
  const t = useWords();
  const [object, ...others] = line.objects;
  const isOne = !line.isGroup && object !== undefined && others.length === 0;
  const grant = grantOf(role, line.key, action);
  const level = levelOfAll(namesOf(line).map((name) => levelOf(grantOf(role, name, action))));
  const parts = isOne ? partsOf(grant) : undefined;
  const choose = (next: Level) => {
    const { presets } = parts ?? {};
    if (next === "none") onGrant(false);
    else if (next === "all") onGrant(presets ? { presets } : true);
    else onGrant({ filter: {}, ...(presets && { presets }) });
  };
  const levels: Level[] = isOne || level === "some" ? ["all", "some", "none"] : ["all", "none"];
  const subject = line.key === EVERYTHING_NEW ? t("admin.everythingNewDetail") : t("admin.mayDo", { name: role.name, action: t(`admin.doing.${action}`), what: line.name });
  return (
    <>
      <section className="pane">
        <header>
          <h2 className="cut">
            {line.name} <span className="muted">{`· ${t(`admin.actions.${action}`)}`}</span>
          </h2>
          {!isFixed && (
            <span className="push">
              <Segment<Level>
                bare
                label={`${line.name}, ${t(`admin.actions.${action}`)}`}
                value={level}
                onChange={(next) => (isOne || next !== "some") && choose(next)}
                options={levels.map((each) => ({ value: each, label: t(`admin.levels.${each}`) }))}
              />
            </span>
          )}
        </header>
        <p className="muted">{subject}</p>
        {parts && object && level === "some" && <Rows key={`${object.api_name}/${action}`} {...{ object, parts, isFixed }} onFilter={(filter) => onGrant({ ...parts, filter: filter ?? {} })} />}
        {isOne && !isFixed && (
          <p className="muted follows">
            {isNamed(role, line.key) ? (
              <Ghost className="lead" onClick={() => onUnname(line.key)}>
                {t("admin.makeLikeNew")}
              </Ghost>
            ) : (
              t("admin.likeNew")
            )}
          </p>
        )}
      </section>
      {parts && object && isWithFields(action) && (
        <>
          <Fields {...{ object, action, parts, isFixed }} onParts={onGrant} />
          {action !== "read" && <Presets {...{ object, action, parts, isFixed }} onParts={onGrant} />}
        </>
      )}
    </>
  );
}

type WithFields = "read" | "create" | "update";

const isWithFields = (action: Action): action is WithFields => action === "read" || action === "create" || action === "update";

/** Which records, in the filter of lists, and how many those are now. */
function Rows({ object, parts, isFixed, onFilter }: { object: ObjectType; parts: Permission; isFixed: boolean; onFilter: (filter: Json | undefined) => void }) {
  const t = useWords();
  const { locale, timeZone } = useFieldContext();
  const filter = parts.filter as Json | undefined;
  const { tree, setTree } = useTree(isNothing(filter) ? undefined : filter, onFilter);
  const [asJson, setAsJson] = useState(false);
  const said = isNothing(filter) ? undefined : JSON.stringify(filter);
  const { data } = useQuery({
    queryKey: ["rows", object.api_name, said],
    enabled: said !== undefined && object.permissions.read,
    retry: false,
    queryFn: async ({ signal }) => {
      const count = async (given: { filter?: string }) =>
        (await get<{ total?: number }>(`/${object.plural_api_name}`, { ...given, time_zone: timeZone, limit: 1, fields: "id", count: "exact" }, signal)).total ?? 0;
      const [some, all] = await Promise.all([count(said === undefined ? {} : { filter: said }), count({})]);
      return { some, all };
    },
  });
  return (
    <div className="which-rows" inert={isFixed}>
      <h3>{t("admin.whichRows")}</h3>
      <Suspense>
        {asJson ? (
          <AsJson key={said} object={object} filter={filter} onChange={(json) => onFilter(json)} />
        ) : (
          <Builder object={object} tree={tree} onChange={setTree} />
        )}
      </Suspense>
      <div className="foot">
        <span className="muted num" role="status">
          {said === undefined
            ? t("admin.allRows")
            : data && t("admin.aboutRows", { some: showNumber(data.some, locale), all: showNumber(data.all, locale) })}
          {said?.includes("$user") && data && ` ${t("admin.asYou")}`}
        </span>
        <Ghost icon={asJson ? "list-filter" : "code"} onClick={() => setAsJson(!asJson)}>
          {t(asJson ? "filter.asRows" : "filter.asJson")}
        </Ghost>
      </div>
    </div>
  );
}

const isNothing = (filter: Json | undefined): boolean => filter === undefined || JSON.stringify(filter) === "{}";

interface PartProperties {
  object: ObjectType;
  action: WithFields;
  parts: Permission;
  isFixed: boolean;
  onParts: (parts: Permission) => void;
}

const MODES: FieldMode[] = ["all", "except", "only"];

function Fields({ object, action, parts, isFixed, onParts }: PartProperties) {
  const t = useWords();
  const { model, language } = useFieldContext();
  const mode = modeOf(parts.fields);
  const names = namesIn(parts.fields);
  const offered = object.fields.filter((field) => (action === "read" ? field.permissions.read : field.permissions[action] && !widgetOf(model, field).readOnly));
  const labelOf = (name: string) => {
    const field = object.fields.find(({ api_name, value_key }) => api_name === name || value_key === name);
    return field ? nameOf(field, language) : name;
  };
  const set = (nextMode: FieldMode, next: string[]) => onParts({ ...parts, fields: fieldList(nextMode, next) });
  return (
    <section className="pane" inert={isFixed}>
      <header>
        <h2>{t("list.fields")}</h2>
        {!isFixed && (
          <span className="push">
            <Segment<FieldMode> bare label={t("list.fields")} value={mode} onChange={(next) => set(next, names)} options={MODES.map((each) => ({ value: each, label: t(`admin.fieldModes.${each}`) }))} />
          </span>
        )}
      </header>
      {mode === "all" ? (
        <p className="muted">{t("admin.allFields")}</p>
      ) : (
        <>
          <p className="muted">{t(action === "read" ? `admin.readFields.${mode}` : `admin.writeFields.${mode}`)}</p>
          <div className="chosen-fields">
            {names.map((name) => (
              <span key={name} className="condition">
                <b>{labelOf(name)}</b>
                <button type="button" aria-label={t("fields.removeOne", { name: labelOf(name) })} onClick={() => set(mode, names.filter((each) => each !== name))}>
                  <Icon name="x" size={14} />
                </button>
              </span>
            ))}
            <Picker
              several
              label={t("admin.chooseFields")}
              said=""
              choices={offered.map((field) => ({ value: field.api_name, label: nameOf(field, language) }))}
              chosen={names}
              onChange={(next) => set(mode, next)}
              trigger={<Ghost icon="plus">{t("admin.chooseFields")}</Ghost>}
            />
          </div>
        </>
      )}
    </section>
  );
}

function Presets({ object, action, parts, isFixed, onParts }: PartProperties) {
  const t = useWords();
  const { model, language } = useFieldContext();
  const presets = parts.presets ?? {};
  const fieldOf = (key: string) => object.fields.find(({ value_key }) => value_key === key);
  const set = (next: Record<string, unknown>) => onParts({ ...parts, presets: next });
  const offered = object.fields.filter((field) => field.permissions.update && !widgetOf(model, field).readOnly && !(field.value_key in presets));
  return (
    <section className="pane" inert={isFixed}>
      <header>
        <h2>{t(action === "create" ? "admin.setOnCreate" : "admin.setOnUpdate")}</h2>
        {!isFixed && (
          <span className="push">
            <Picker
              label={t("admin.addPreset")}
              choices={offered.map((field) => ({ value: field.value_key, label: nameOf(field, language) }))}
              chosen={[]}
              onChange={([key]) => key !== undefined && set({ ...presets, [key]: null })}
              trigger={<Ghost icon="plus">{t("common.add")}</Ghost>}
            />
          </span>
        )}
      </header>
      <p className="muted">{t(Object.keys(presets).length === 0 ? "admin.noPresets" : "admin.presets")}</p>
      {Object.entries(presets).map(([key, value]) => {
        const field = fieldOf(key);
        const { [key]: _, ...rest } = presets;
        return (
          <div key={key} className="preset">
            <span className="cut">{field ? nameOf(field, language) : key}</span>
            {field ? <Preset field={field} value={value} onChange={(next) => set({ ...presets, [key]: next })} /> : <span className="mono cut">{JSON.stringify(value)}</span>}
            <IconButton icon="x" small label={t("fields.removeOne", { name: field ? nameOf(field, language) : key })} onClick={() => set(rest)} />
          </div>
        );
      })}
    </section>
  );
}

/** Offers what a filter does, so also the person who writes. */
function Preset({ field, value, onChange }: { field: Field; value: unknown; onChange: (value: unknown) => void }) {
  const context = useFieldContext();
  const [unread, setUnread] = useState<Entry<unknown>>();
  const { Input } = widgetOf(context.model, field);
  const entry = isUnreadable(unread) ? unread : (value as Entry<unknown>);
  return (
    <Input
      field={field}
      value={entry}
      record={{}}
      context={context}
      place="filter"
      label={nameOf(field, context.language)}
      invalid={isUnreadable(entry)}
      onChange={(next) => {
        setUnread(isUnreadable(next) ? next : undefined);
        if (!isUnreadable(next)) onChange(next);
      }}
    />
  );
}
