/** The right side of a record: lists of the records that point at it, and its history. On a page they are in tabs. */

import { lazy, Suspense, useMemo, useRef, useState } from "react";
import { beginRecord } from "../api/make.ts";
import { nameOf, type ObjectType } from "../api/model.ts";
import { useActions } from "../app/actions.ts";
import { useFieldContext } from "../fields/index.ts";
import { Ghost } from "../ui/button.tsx";
import { useWords } from "../words/index.ts";
import { type Event, History, useHistory } from "./history.tsx";
import { forgetRelated, presetOf, RelatedFailed, RelatedList, type Relation, relationsOf, useRelated } from "./related.tsx";

const NewRecord = lazy(() => import("../fields/parts/new-record.tsx"));

interface Properties {
  object: ObjectType;
  id: string;
  version: number;
  onRevert: ((event: Event & { version: number }) => void) | undefined;
  isPage: boolean;
}

export function Belongings({ object, id, version, onRevert, isPage }: Properties) {
  const t = useWords();
  const context = useFieldContext();
  const relations = useMemo(() => relationsOf(object, context), [object, context]);
  const { rows, error, again } = useRelated(object, id, relations);
  const events = useHistory(object, id, version);
  const [tab, setTab] = useState("overview");
  const past = useRef<HTMLElement>(null);
  const [adding, setAdding] = useState<{ relation: Relation; id: string }>();
  const adderOf = (relation: Relation) =>
    relation.object.permissions.create && !relation.object.read_only ? () => setAdding({ relation, id: beginRecord(relation.object) }) : undefined;
  useActions([
    ...relations.map((relation) => {
      const act = adderOf(relation);
      return act !== undefined && { id: `add-${relation.inverse.api_name}`, icon: "plus", label: `${t("record.add")}: ${nameOf(relation.inverse, context.language)}`, act };
    }),
    events !== undefined && { id: "history", icon: "history", label: t("record.history"), act: () => (isPage ? setTab("history") : past.current?.scrollIntoView()) },
  ]);
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
          <RelatedList id={id} relation={open} rows={rows.get(open.inverse.api_name)} onAdd={adderOf(open)} whole />
        ) : now === "history" ? (
          <section className="section">{history()}</section>
        ) : (
          <>
            {[...filled, ...blank].map((relation) => (
              <RelatedList
                key={relation.inverse.api_name}
                id={id}
                relation={relation}
                onAdd={adderOf(relation)}
                rows={rows.get(relation.inverse.api_name)}
                {...(isPage && { onMore: () => setTab(relation.inverse.api_name) })}
              />
            ))}
            {events && events.length > 0 && (
              <section ref={past} className="section">
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
      {adding && (
        <Suspense>
          <NewRecord
            object={adding.relation.object}
            id={adding.id}
            preset={presetOf(adding.relation, id, context)}
            onClose={() => setAdding(undefined)}
            onMade={() => {
              setAdding(undefined);
              void forgetRelated(object, id);
            }}
          />
        </Suspense>
      )}
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
