/** A record: its fields in their sections, and what belongs to it. On a page of its own, or beside the list. */

import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { onReverted } from "../api/changes.ts";
import { useMe } from "../api/me.ts";
import { type Field, nameOf, type ObjectType, pluralOf, type Values } from "../api/model.ts";
import { Problem } from "../api/problem.ts";
import { shown } from "../api/records.ts";
import { get } from "../api/rest.ts";
import { type Conflict, discard, save } from "../api/save.ts";
import { useShortcut } from "../app/shortcuts.ts";
import { useTitle } from "../app/title.ts";
import { type Entry, isUnreadable, useFieldContext, widgetOf } from "../fields/index.ts";
import { showMoment, showMomentInFull } from "../lib/dates.ts";
import { Button, Ghost } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { Failed, Later } from "../ui/say.tsx";
import { say } from "../ui/toast.tsx";
import { useWords } from "../words/index.ts";
import { restore, titleOf } from "./acts.ts";
import { clashing, Conflicts } from "./conflicts.tsx";
import { type Event, forgetHistory, History, useHistory } from "./history.tsx";
import { useLoaded, whoIs } from "./load.ts";
import { type Editing, Fact, Prop } from "./prop.tsx";
import { RelatedFailed, RelatedList, relationsOf, useRelated } from "./related.tsx";
import { factsOf, type Section, sectionsOf } from "./sections.ts";
import "./record.css";

const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

export interface Shown {
  object: ObjectType;
  id: string;
  title: string;
  values: Values;
  isBinned: boolean;
  reload: () => void;
  editAll: () => void;
}

interface Properties {
  object: ObjectType;
  id: string;
  /** The bar above it, once the record is known. */
  bar: (record: Shown | undefined) => ReactNode;
  isPage: boolean;
}

export function RecordView({ object, id, bar, isPage }: Properties) {
  const t = useWords();
  const context = useFieldContext();
  const { model, language } = context;
  const { tenant } = useMe();
  const { record, error, isLoading, reload } = useLoaded(object, id);
  const [at, setAt] = useState<string>();
  const [all, setAll] = useState<Record<string, Entry<unknown>>>();
  const [conflicts, setConflicts] = useState<Conflict[]>([]);
  const values = record && shown(record);
  const title = values ? titleOf(model, object, values) : nameOf(object, language);
  const sections = useMemo(() => sectionsOf(object, model, language), [object, model, language]);
  const facts = useMemo(() => factsOf(object, model), [object, model]);
  useTitle(isPage ? title : pluralOf(object, language));
  useEffect(() => setConflicts([]), [id]);
  useEffect(() => onReverted((records) => records.some(([, each]) => each === id) && reload()), [id]);

  const apply = async (changed: Values) => {
    const names = Object.keys(changed).map((key) => nameOf(object.fields.find((field) => field.value_key === key) ?? { name: key }, language));
    const outcome = await save([{ object, id, values: changed }], t("record.edited", { name: title, fields: names.join(", ") }));
    setConflicts((now) => [...now, ...outcome.conflicts]);
    const lost = outcome.refused.find(({ problem }) => problem.faults.length === 0 && !problem.isOffline);
    if (lost) say(lost.problem.message, { bad: true });
    if (outcome.saved.length > 0) void forgetHistory(object, id);
  };

  const draft = record?.draft ?? {};
  const waiting = record && !record.saving ? Object.keys(draft).filter((key) => !conflicts.some((conflict) => clashing(conflict).includes(key))) : [];
  const saveWaiting = () => void apply(Object.fromEntries(waiting.map((key) => [key, draft[key]])));

  // What could not be sent is sent once the way is free again.
  useEffect(() => {
    if (waiting.length === 0) return;
    addEventListener("online", saveWaiting);
    return () => removeEventListener("online", saveWaiting);
  }, [waiting.join()]);

  const settle = (conflict: Conflict, key: string, isMine: boolean) => {
    setConflicts((now) =>
      now.flatMap((each) => {
        if (each !== conflict) return [each];
        const { [key]: _, ...rest } = each.change.values;
        return Object.keys(rest).length === 0 ? [] : [{ ...each, change: { ...each.change, values: rest } }];
      }),
    );
    if (isMine) void apply({ [key]: conflict.change.values[key] });
    else discard(object, id, [key]);
  };

  /** Its fields as they were after an event, saved as any other change. */
  const goBack = async (event: Event) => {
    try {
      const fields = object.fields.filter((field) => field.permissions.update && !widgetOf(model, field).readOnly);
      const was = await get<Values>(`/${object.plural_api_name}/${id}`, { as_of: event.at, fields: ["id", ...fields.map((field) => field.value_key)].join(",") });
      const different = fields.filter((field) => !same(was[field.value_key], values?.[field.value_key]));
      if (different.length > 0) await apply(Object.fromEntries(different.map((field) => [field.value_key, was[field.value_key] ?? null])));
      say(t("record.reverted", { version: event.version ?? "" }));
    } catch (error) {
      say(error instanceof Problem ? error.message : String(error), { bad: true });
    }
  };

  const isBinned = record?.gone === true;
  const canEdit = object.permissions.update && !object.read_only && !isBinned;
  const editAll = () => canEdit && values && setAll({});
  const saveAll = () => {
    const entries = all ?? {};
    if (Object.values(entries).some(isUnreadable)) return;
    setAll(undefined);
    if (Object.keys(entries).length > 0) void apply(entries);
  };
  useShortcut("editAll", () => void editAll(), canEdit && !all);
  useShortcut("save", saveAll, all !== undefined);

  if (error !== undefined) {
    return (
      <>
        {bar(undefined)}
        <h1 className="sr-only">{title}</h1>
        <Failed error={error} title={t("record.failed")} what={pluralOf(object, language)} tenant={tenant.name} onRetry={reload} />
      </>
    );
  }
  if (isLoading || !values || !record) {
    return (
      <>
        {bar(undefined)}
        <Later>
          <Skeleton sections={sections} isPage={isPage} />
        </Later>
      </>
    );
  }

  const editing: Editing = { at, open: setAt, close: () => setAt(undefined), save: (changed) => void apply(changed) };
  const prop = (field: Field, place: string) => ({ field, record: values, fault: record.faults[field.value_key], canEdit, editing, place });
  const isContested = (field: Field) => conflicts.some((conflict) => clashing(conflict).includes(field.value_key));
  const savedAt = typeof values["updated_at"] === "string" ? values["updated_at"] : undefined;
  const createdAt = typeof values["created_at"] === "string" ? values["created_at"] : undefined;

  const left = (
    <>
      {sections.map((section) => (
        <section key={section.key} className="section">
          <header>
            <h2>{section.title}</h2>
          </header>
          <dl className={`props ${isAlone(section, language) ? "is-alone" : ""}`}>
            {section.fields.map((field) =>
              all && canEdit && field.permissions.update && !widgetOf(model, field).readOnly ? (
                <FormLine key={field.api_name} field={field} values={values} entry={all[field.value_key]} onChange={(entry) => setAll({ ...all, [field.value_key]: entry })} />
              ) : (
                <Prop key={field.api_name} {...prop(field, "prop")} isContested={isContested(field)} />
              ),
            )}
          </dl>
        </section>
      ))}
      {createdAt !== undefined && (
        <p className="made" title={showMomentInFull(createdAt, context)}>
          {t("record.made", { when: showMoment(createdAt, context), who: whoIs(values["created_by"]) })}
        </p>
      )}
    </>
  );

  return (
    <>
      {bar({ object, id, title, values, isBinned, reload, editAll: () => void editAll() })}
      <div className={isPage ? "record-scroll" : "record-scroll is-narrow"}>
        <header className="record-head">
          <h1>{title}</h1>
          <div className="facts">
            {facts.map((field) => (
              <Fact key={field.api_name} {...prop(field, "fact")} />
            ))}
            <span className="muted push num saved" role="status">
              {record.saving ? t("record.saving") : savedAt !== undefined && t("record.savedAt", { when: showMoment(savedAt, context), version: record.version })}
            </span>
          </div>
        </header>
        {isBinned && <Binned object={object} id={id} values={values} title={title} reload={reload} />}
        <div className="record">
          <div className="left" {...(!canEdit && { tabIndex: 0 })}>
            {left}
          </div>
          <Right object={object} id={id} version={record.version} onRevert={canEdit ? (event) => void goBack(event) : undefined} isPage={isPage} />
        </div>
      </div>
      {all && (
        <div className="strip is-quiet">
          <span className="grow" />
          <Button small onClick={() => setAll(undefined)}>
            {t("common.cancel")}
          </Button>
          <Button small primary onClick={saveAll}>
            {t("common.save")}
          </Button>
        </div>
      )}
      {waiting.length > 0 && (
        <div className="strip" role="status">
          <Icon name="circle-alert" />
          <p>{t("record.unsaved", { count: waiting.length })}</p>
          <Button small className="push" onClick={() => discard(object, id, waiting)}>
            {t("record.discard")}
          </Button>
          <Button small onClick={saveWaiting}>
            {t("record.saveNow")}
          </Button>
        </div>
      )}
      <Conflicts conflicts={conflicts} onTheirs={(conflict, key) => settle(conflict, key, false)} onMine={(conflict, key) => settle(conflict, key, true)} />
    </>
  );
}

/** A section that is one field needs its name only once. */
const isAlone = (section: Section, language: "en" | "ru"): boolean => {
  const [only, more] = section.fields;
  return only !== undefined && more === undefined && nameOf(only, language) === section.title;
};

function FormLine({ field, values, entry, onChange }: { field: Field; values: Values; entry: Entry<unknown> | undefined; onChange: (entry: Entry<unknown>) => void }) {
  const context = useFieldContext();
  const { Input } = widgetOf(context.model, field);
  const name = nameOf(field, context.language);
  const value = entry === undefined ? ((values[field.value_key] ?? null) as Entry<unknown>) : entry;
  return (
    <div className="prop is-form">
      <dt>{name}</dt>
      <dd>
        <Input field={field} value={value} record={values} context={context} place="form" label={name} invalid={isUnreadable(value)} onChange={onChange} />
        {isUnreadable(value) && (
          <span className="prop-fault" role="alert">
            {value.problem}
          </span>
        )}
      </dd>
    </div>
  );
}

function Binned({ object, id, values, title, reload }: { object: ObjectType; id: string; values: Values; title: string; reload: () => void }) {
  const t = useWords();
  const context = useFieldContext();
  const since = typeof values["deleted_at"] === "string" ? showMoment(values["deleted_at"], context) : "";
  return (
    <div className="strip" role="status">
      <Icon name="trash-2" />
      <p>{t("record.inBin", { when: since })}</p>
      {object.permissions.restore && (
        <Button
          small
          className="push"
          onClick={() =>
            void restore(object, id).then(() => {
              say(t("record.restored", { name: title }));
              reload();
            })
          }
        >
          {t("record.restore")}
        </Button>
      )}
    </div>
  );
}

interface RightProperties {
  object: ObjectType;
  id: string;
  version: number;
  onRevert: ((event: Event) => void) | undefined;
  isPage: boolean;
}

function Right({ object, id, version, onRevert, isPage }: RightProperties) {
  const t = useWords();
  const context = useFieldContext();
  const relations = useMemo(() => relationsOf(object, context), [object, context]);
  const { rows, error, again } = useRelated(object, id, relations);
  const events = useHistory(object, id, version);
  const [tab, setTab] = useState("overview");
  if (relations.length === 0 && !events) return null;
  const tabs = [
    { key: "overview", label: t("record.overview"), count: undefined },
    ...relations.map(({ inverse }) => ({ key: inverse.api_name, label: nameOf(inverse, context.language), count: rows.get(inverse.api_name)?.total })),
    ...(events ? [{ key: "history", label: t("record.history"), count: undefined }] : []),
  ];
  const now = tabs.some(({ key }) => key === tab) ? tab : "overview";
  const open = relations.find(({ inverse }) => inverse.api_name === now);
  const history = (most?: number) => events && <History object={object} events={events} onRevert={onRevert} {...(most !== undefined && { most })} />;
  const filled = relations.filter(({ inverse }) => (rows.get(inverse.api_name)?.total ?? 0) > 0);
  const blank = relations.filter((relation) => !filled.includes(relation));
  return (
    <div className="right">
      {isPage && (
        <div className="tabs" role="tablist" aria-label={t("record.tabs")} onKeyDown={(event) => stepTabs(event, tabs.map(({ key }) => key), now, setTab)}>
          {tabs.map(({ key, label, count }) => (
            <button
              key={key}
              type="button"
              role="tab"
              id={`tab-${key}`}
              className={`tab ${key === now ? "on" : ""}`}
              aria-selected={key === now}
              aria-controls="tab-panel"
              tabIndex={key === now ? 0 : -1}
              onClick={() => setTab(key)}
            >
              {label}
              {count !== undefined && <span className="count">{count}</span>}
            </button>
          ))}
        </div>
      )}
      <div className="panel" {...(isPage && { role: "tabpanel", id: "tab-panel", "aria-labelledby": `tab-${now}` })}>
        {error !== undefined && now !== "history" ? (
          <RelatedFailed error={error} onRetry={again} />
        ) : open ? (
          <RelatedList object={object} id={id} relation={open} rows={rows.get(open.inverse.api_name)} whole />
        ) : now === "history" ? (
          <section className="section">{history()}</section>
        ) : (
          <>
            {[...filled, ...blank].map((relation) => (
              <RelatedList
                key={relation.inverse.api_name}
                object={object}
                id={id}
                relation={relation}
                rows={rows.get(relation.inverse.api_name)}
                {...(isPage && { onMore: () => setTab(relation.inverse.api_name) })}
              />
            ))}
            {events && events.length > 0 && (
              <section className="section">
                <header>
                  <h2>{t("record.history")}</h2>
                  <span className="grow" />
                  {isPage && <Ghost onClick={() => setTab("history")}>{t("record.showAll")}</Ghost>}
                </header>
                {history(5)}
              </section>
            )}
          </>
        )}
      </div>
    </div>
  );
}

function stepTabs(event: React.KeyboardEvent, keys: string[], now: string, set: (key: string) => void): void {
  const by = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  const next = keys[(keys.indexOf(now) + by + keys.length) % keys.length];
  if (by === 0 || next === undefined) return;
  event.preventDefault();
  set(next);
  document.getElementById(`tab-${next}`)?.focus();
}

/** The layout that the record will have. */
function Skeleton({ sections, isPage }: { sections: Section[]; isPage: boolean }) {
  const t = useWords();
  return (
    <div className={isPage ? "record-scroll" : "record-scroll is-narrow"} role="status" aria-label={t("common.loading")}>
      <header className="record-head">
        <span className="bone bone-title" />
        <div className="facts">
          <span className="bone bone-fact" />
        </div>
      </header>
      <div className="record">
        <div className="left">
          {sections.slice(0, 2).map((section) => (
            <section key={section.key} className="section">
              <header>
                <span className="bone bone-word" />
              </header>
              {section.fields.slice(0, 10).map((field, index) => (
                <div key={field.api_name} className="prop">
                  <span className="bone bone-word" />
                  <span className={`bone bone-${(index % 4) + 1}`} />
                </div>
              ))}
            </section>
          ))}
        </div>
        <div className="right" />
      </div>
    </div>
  );
}

/** Opens another record's page. */
export function useOpen(): (object: ObjectType, id: string) => void {
  const navigate = useNavigate();
  return (object, id) => void navigate({ to: "/o/$plural/$id", params: { plural: object.plural_api_name, id } });
}
