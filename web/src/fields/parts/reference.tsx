/** Records and people that a value names, as they are shown and chosen. */

import { useEffect, useMemo, useState } from "react";
import { findPeople, findRecords, type Found, knownLabel, labelOf, noteLabel } from "../../api/lookups.ts";
import type { Field, ObjectType, Values } from "../../api/model.ts";
import type { Choice } from "../../ui/picker.tsx";
import type { FieldContext } from "../field.ts";

const PAUSE = 120;

export const targetOf = (field: Field, { model }: FieldContext): ObjectType | undefined =>
  field.settings.to === undefined ? undefined : model.byName.get(field.settings.to);

export function initials(name: string): string {
  const [first = "", second = ""] = name.trim().split(/\s+/);
  return (first.slice(0, 1) + second.slice(0, 1)).toLocaleUpperCase();
}

/** A person, with the initials as a mark before the name. */
export const Face = ({ name }: { name: string }) => (
  <span className="ref" data-mark={initials(name)}>
    {name}
  </span>
);

/** A record, with its first letter as a mark before the name. */
export const Tile = ({ name }: { name: string }) => (
  <span className="ref is-record" data-mark={name.trim().slice(0, 1).toLocaleUpperCase()}>
    {name}
  </span>
);

/** The name of a record that a value names: as it came with the record, or as it was chosen here. */
export function nameOfRecord(id: string, expanded: unknown, field: Field, context: FieldContext): string {
  const target = targetOf(field, context);
  const label = target && context.model.labelField(target);
  const came = (Array.isArray(expanded) ? expanded : [expanded]).find((each): each is Values => (each as Values | null)?.["id"] === id);
  if (came) {
    const name = labelOf(came, label);
    if (name) noteLabel(id, name);
    if (name) return name;
  }
  return knownLabel(id) ?? id.slice(-8);
}

export function nameOfPerson(id: string, expanded: unknown): string {
  const came = expanded as { id?: string; name?: string } | null | undefined;
  if (came?.id === id && came.name) {
    noteLabel(id, came.name);
    return came.name;
  }
  return knownLabel(id) ?? id.slice(-8);
}

/** Records to choose from, as the server finds them while one types. */
export const useRecordChoices = (field: Field, context: FieldContext, typed: string): RecordChoices => useRecordsOf(targetOf(field, context), context, typed);

interface RecordChoices {
  choices: Choice[];
  search: (text: string) => void;
  busy: boolean;
}

export function useRecordsOf(target: ObjectType | undefined, context: FieldContext, typed: string): RecordChoices {
  const [text, setText] = useState(typed);
  const [found, setFound] = useState<Found[]>();
  useEffect(() => {
    if (!target) return;
    const gone = new AbortController();
    const timer = setTimeout(
      () => {
        findRecords(context.model, target, text, gone.signal)
          .then(setFound)
          .catch(() => !gone.signal.aborted && setFound([]));
      },
      found ? PAUSE : 0,
    );
    return () => {
      clearTimeout(timer);
      gone.abort();
    };
  }, [target, text]);
  const choices = useMemo(() => (found ?? []).map(({ id, label }) => ({ value: id, label, look: <Tile name={label} /> })), [found]);
  return { choices, search: setText, busy: found === undefined };
}

export function usePeopleChoices(): Choice[] {
  const [found, setFound] = useState<Found[]>([]);
  useEffect(() => {
    let here = true;
    void findPeople().then((people) => here && setFound(people));
    return () => {
      here = false;
    };
  }, []);
  return useMemo(
    () => found.map(({ id, label, hint }) => ({ value: id, label, look: <Face name={label} />, ...(hint !== undefined && { hint }) })),
    [found],
  );
}
