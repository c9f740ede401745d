/** What became of a record: who changed which fields, from what to what, and the way back. */

import { useQuery } from "@tanstack/react-query";
import { Fragment } from "react";
import { knownLabel } from "../api/lookups.ts";
import { type Field, fieldsOf, nameOf, type ObjectType, type Values } from "../api/model.ts";
import { Problem } from "../api/problem.ts";
import { call, get } from "../api/rest.ts";
import { queries } from "../api/query.ts";
import { useFieldContext, widgetOf } from "../fields/index.ts";
import { initials } from "../fields/parts/reference.tsx";
import { showMoment, showMomentInFull } from "../lib/dates.ts";
import { Ghost } from "../ui/button.tsx";
import { say } from "../ui/toast.tsx";
import { useWords } from "../words/index.ts";

export interface Event {
  at: string;
  by: string | { id: string; name: string } | null;
  action: string;
  change_id: string | null;
  version: number;
  before: Values | null;
  after: Values | null;
}

/** Whether the server tells what became of a record. */
const IS_TOLD = false;

const keyOf = (object: ObjectType, id: string) => ["history", object.api_name, id];

export const forgetHistory = (object: ObjectType, id: string) => queries.invalidateQueries({ queryKey: keyOf(object, id) });

/** Undefined where the server keeps none. */
export function useHistory(object: ObjectType, id: string, version: number): Event[] | undefined {
  const { data } = useQuery<Event[] | null>({
    queryKey: [...keyOf(object, id), version],
    enabled: IS_TOLD && version > 0,
    retry: false,
    placeholderData: (before) => before,
    queryFn: async ({ signal }) => {
      try {
        return (await get<{ data: Event[] }>(`/${object.plural_api_name}/${id}/history`, {}, signal)).data;
      } catch (error) {
        if (error instanceof Problem && (error.status === 404 || error.status === 403)) return null;
        throw error;
      }
    },
  });
  return data ?? undefined;
}

interface Properties {
  object: ObjectType;
  id: string;
  events: Event[];
  most?: number;
  canRevert: boolean;
  onReverted: () => void;
}

const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

export function History({ object, id, events, most, canRevert, onReverted }: Properties) {
  const t = useWords();
  const context = useFieldContext();
  const revert = async (version: number) => {
    try {
      await call("POST", `/${object.plural_api_name}/${id}/revert`, { body: { version } });
      say(t("record.reverted", { version }));
      onReverted();
    } catch (error) {
      say(error instanceof Problem ? error.message : String(error), { bad: true });
    }
  };
  const latest = events.reduce((most, event) => Math.max(most, event.version), 0);
  return (
    <ul className="past">
      {events.slice(0, most).map((event) => {
        const who = nameOfPerson(event.by) ?? t("record.somebody");
        const changed = fieldsOf(object).filter(
          (field) => event.before && event.after && (field.value_key in event.before || field.value_key in event.after) && !same(event.before[field.value_key], event.after[field.value_key]),
        );
        const own = changed.filter((field) => object.fields.includes(field));
        return (
          <li key={`${event.version}-${event.at}`}>
            <span className="face" aria-hidden>
              {initials(who)}
            </span>
            <span className="changes">
              {own.length === 0 ? (
                <span className="change">
                  <b className="medium">{who}</b> <span className="muted">{saidOf(event, t)}</span>
                </span>
              ) : (
                own.map((field, index) => (
                  <span key={field.api_name} className="change">
                    {index === 0 && <b className="medium">{who}</b>} <span className="muted">{t("record.changed", { field: nameOf(field, context.language) })}</span>
                    <Look field={field} values={event.before ?? {}} />
                    <span className="arrow">→</span>
                    <Look field={field} values={event.after ?? {}} />
                  </span>
                ))
              )}
            </span>
            <span className="when">
              {canRevert && event.version < latest && (
                <Ghost className="revert" onClick={() => void revert(event.version)}>
                  {t("record.revert")}
                </Ghost>
              )}
              <time dateTime={event.at} title={showMomentInFull(event.at, context)}>
                {showMoment(event.at, context)}
              </time>
            </span>
          </li>
        );
      })}
    </ul>
  );
}

const nameOfPerson = (by: Event["by"]): string | undefined => (by === null ? undefined : typeof by === "string" ? knownLabel(by) : by.name);

function saidOf({ action }: Event, t: ReturnType<typeof useWords>): string {
  if (/delete|bin|remove/.test(action)) return t("record.deletedIt");
  if (/restore/.test(action)) return t("record.restoredIt");
  if (/create|insert/.test(action)) return t("record.createdIt");
  return action;
}

function Look({ field, values }: { field: Field; values: Values }) {
  const t = useWords();
  const context = useFieldContext();
  const { Display } = widgetOf(context.model, field);
  const value = values[field.value_key];
  if (value === null || value === undefined) return <span className="faint">{t("record.nothing")}</span>;
  return (
    <Fragment>
      <Display value={value} field={field} record={values} context={context} />
    </Fragment>
  );
}
