/** What became of a record: who changed which fields, from what to what, and the way back. */

import { useQuery } from "@tanstack/react-query";
import { type Field, fieldsOf, nameOf, type ObjectType, type Values } from "../api/model.ts";
import { Problem } from "../api/problem.ts";
import { get } from "../api/rest.ts";
import { queries } from "../api/query.ts";
import { same } from "../api/save.ts";
import { useFieldContext } from "../fields/index.ts";
import { Value } from "../fields/parts/value.tsx";
import { initials } from "../fields/parts/reference.tsx";
import { showMoment, showMomentInFull } from "../lib/dates.ts";
import { Ghost } from "../ui/button.tsx";
import { useWords } from "../words/index.ts";

export interface Event {
  at: string;
  by: { id: string; name: string | null; email: string | null };
  action: string;
  change_id: string | null;
  version: number | null;
  before: Values | null;
  after: Values | null;
}

const keyOf = (object: ObjectType, id: string) => ["history", object.api_name, id];

export const forgetHistory = (object: ObjectType, id: string) => queries.invalidateQueries({ queryKey: keyOf(object, id) });

/** Undefined where the server keeps none. */
export function useHistory(object: ObjectType, id: string, version: number): Event[] | undefined {
  const { data } = useQuery<Event[] | null>({
    queryKey: [...keyOf(object, id), version],
    enabled: version > 0,
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
  events: Event[];
  most?: number;
  /** Takes the record back to what it was after an event; undefined where that is not allowed. */
  onRevert: ((event: Event & { version: number }) => void) | undefined;
}

const hasVersion = (event: Event): event is Event & { version: number } => event.version !== null;

export function History({ object, events, most, onRevert }: Properties) {
  const t = useWords();
  const context = useFieldContext();
  const latest = events.reduce((most, event) => Math.max(most, event.version ?? 0), 0);
  return (
    <ul className="past">
      {events.slice(0, most).map((event) => {
        const who = event.by.name ?? event.by.email ?? t("record.somebody");
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
              {onRevert && hasVersion(event) && event.after && event.version < latest && (
                <Ghost className="revert" onClick={() => onRevert(event)}>
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

function saidOf({ action }: Event, t: ReturnType<typeof useWords>): string {
  if (/delete|bin|remove/.test(action)) return t("record.deletedIt");
  if (/restore/.test(action)) return t("record.restoredIt");
  if (/create|insert/.test(action)) return t("record.createdIt");
  return action;
}

export function Look({ field, values }: { field: Field; values: Values }) {
  const t = useWords();
  const context = useFieldContext();
  const value = values[field.value_key];
  if (value === null || value === undefined) return <span className="faint">{t("record.nothing")}</span>;
  return <Value value={value} field={field} record={values} context={context} />;
}
