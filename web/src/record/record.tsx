/** A record: its fields in their sections, and what belongs to it. On a page of its own, or beside the list. */

import { useNavigate } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useEffect, useMemo, useState } from "react";
import { restore } from "../api/bin.ts";
import { beginAct, onOutdated } from "../api/changes.ts";
import { type Conflict, settleConflict, useConflicts } from "../api/conflicts.ts";
import { useMe } from "../api/me.ts";
import { type Field, nameOf, type ObjectType, pluralOf, type Values } from "../api/model.ts";
import { shown } from "../api/records.ts";
import { discard, draft, save } from "../api/save.ts";
import { useActions } from "../app/actions.ts";
import { useShortcut } from "../app/shortcuts.ts";
import { useTitle } from "../app/title.ts";
import { type Entry, isUnreadable, useFieldContext, widgetOf } from "../fields/index.ts";
import { showMomentInFull, showMomentInside } from "../lib/dates.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { Failed, Later } from "../ui/say.tsx";
import { reasonOf } from "../ui/reason.ts";
import { say } from "../ui/toast.tsx";
import { useWords } from "../words/index.ts";
import { titleOf } from "./acts.ts";
import { Conflicts } from "./conflicts.tsx";
import { Belongings } from "./belongings.tsx";
import { type Event, forgetHistory } from "./history.tsx";
import { useLoaded, whoIs } from "./load.ts";
import { type Editing, Fact, placeOf, Prop } from "./prop.tsx";
import { Skeleton } from "./skeleton.tsx";
import { factsOf, type Section, sectionsOf } from "./sections.ts";
import "./record.css";

/** Where a field stands: below its section's title, and perhaps in the head too. */
const PLACES = ["prop", "fact"] as const;

const GoBack = lazy(() => import("./go-back.tsx"));

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
  const [backTo, setBackTo] = useState<Event & { version: number }>();
  const [all, setAll] = useState<Record<string, Entry<unknown>>>();
  const conflicts = useConflicts().filter((conflict) => conflict.object.api_name === object.api_name && conflict.id === id);
  const values = record && shown(record);
  const title = values ? titleOf(model, object, values) : nameOf(object, language);
  const sections = useMemo(() => sectionsOf(object, model, language), [object, model, language]);
  const facts = useMemo(() => factsOf(object, model), [object, model]);
  useTitle(isPage ? title : pluralOf(object, language));
  useEffect(() => onOutdated(reload), [id]);

  const apply = async (changed: Values) => {
    const names = Object.keys(changed).map((key) => nameOf(object.fields.find((field) => field.value_key === key) ?? { name: key }, language));
    const outcome = await save([{ object, id, values: changed }], beginAct(t("record.edited", { name: title, fields: names.join(", ") })));
    const lost = outcome.refused.find(({ problem }) => problem.faults.length === 0 && !problem.isPassing);
    if (lost) say(reasonOf(lost.problem), { bad: true });
    if (outcome.saved.length > 0) void forgetHistory(object, id);
  };

  const drafted = record?.draft ?? {};
  // What is being typed is not waiting yet.
  const open = object.fields.find((field) => PLACES.some((place) => at === placeOf(place, field)))?.value_key;
  const waiting = record && !record.saving ? Object.keys(drafted).filter((key) => key !== open && !conflicts.some(({ mine }) => key in mine)) : [];
  const saveWaiting = () => void apply(Object.fromEntries(waiting.map((key) => [key, drafted[key]])));

  const settle = (conflict: Conflict, key: string, isMine: boolean) => {
    const mine = settleConflict(conflict, [key]);
    if (isMine) void apply(mine);
    else discard(object, id, [key]);
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
  const type = (key: string, entry: Entry<unknown>) => {
    setAll({ ...all, [key]: entry });
    if (!isUnreadable(entry)) draft(object, id, { [key]: entry });
  };
  const cancelAll = () => {
    discard(object, id, Object.keys(all ?? {}));
    setAll(undefined);
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

  const editing: Editing = { object, id, at, open: setAt, close: () => setAt(undefined), save: (changed) => void apply(changed) };
  const prop = (field: Field, place: (typeof PLACES)[number]) => ({ field, record: values, fault: record.faults[field.value_key], canEdit, editing, place });
  const isContested = (field: Field) => conflicts.some(({ mine }) => field.value_key in mine);
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
                <FormLine key={field.api_name} field={field} values={values} entry={all[field.value_key]} onChange={(entry) => type(field.value_key, entry)} />
              ) : (
                <Prop key={field.api_name} {...prop(field, "prop")} isContested={isContested(field)} />
              ),
            )}
          </dl>
        </section>
      ))}
      {createdAt !== undefined && (
        <p className="made" title={showMomentInFull(createdAt, context)}>
          {t("record.made", { when: showMomentInside(createdAt, context), who: whoIs(values["created_by"]) })}
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
              {record.saving ? t("record.saving") : savedAt !== undefined && t("record.savedAt", { when: showMomentInside(savedAt, context), version: record.version })}
            </span>
          </div>
        </header>
        {isBinned && <Binned object={object} id={id} values={values} title={title} reload={reload} />}
        <div className="record">
          <div className="left" {...(!canEdit && { tabIndex: 0 })}>
            {left}
          </div>
          <Belongings object={object} id={id} version={record.version} onRevert={canEdit ? setBackTo : undefined} isPage={isPage} />
        </div>
      </div>
      {all && (
        <div className="strip is-quiet">
          <span className="grow" />
          <Button small onClick={cancelAll}>
            {t("common.cancel")}
          </Button>
          <Button small primary onClick={saveAll}>
            {t("common.save")}
          </Button>
        </div>
      )}
      {waiting.length > 0 && !all && (
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
      {backTo && (
        <Suspense>
          <GoBack
            object={object}
            id={id}
            record={record}
            event={backTo}
            onClose={() => setBackTo(undefined)}
            onDone={() => {
              setBackTo(undefined);
              void forgetHistory(object, id);
            }}
          />
        </Suspense>
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
  const since = typeof values["deleted_at"] === "string" ? showMomentInside(values["deleted_at"], context) : "";
  const back = () =>
    void restore(object, id).then(() => {
      say(t("record.restored", { name: title }));
      reload();
    });
  useActions([object.permissions.restore && { id: "restore", icon: "undo-2", label: t("record.restore"), what: title, act: back }]);
  return (
    <div className="strip" role="status">
      <Icon name="trash-2" />
      <p>{t("record.inBin", { when: since })}</p>
      {object.permissions.restore && (
        <Button small className="push" onClick={back}>
          {t("record.restore")}
        </Button>
      )}
    </div>
  );
}

/** Opens another record's page. */
export function useOpen(): (object: ObjectType, id: string) => void {
  const navigate = useNavigate();
  return (object, id) => void navigate({ to: "/o/$plural/$id", params: { plural: object.plural_api_name, id } });
}
