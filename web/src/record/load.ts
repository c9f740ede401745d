/** A record that is kept up to date, and its unsaved edits. */

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { findPeople, knownLabel } from "../api/lookups.ts";
import { useMe } from "../api/me.ts";
import { fieldsOf, nameOf, type ObjectType, type Values } from "../api/model.ts";
import { recordOf, type RecordState, takeIn, useRecord } from "../api/records.ts";
import { get } from "../api/rest.ts";
import { same } from "../api/save.ts";
import { readsOf, useFieldContext } from "../fields/index.ts";
import { say } from "../ui/toast.tsx";
import { words } from "../words/index.ts";

export interface Loaded {
  record: RecordState | undefined;
  error: unknown;
  isLoading: boolean;
  reload: () => void;
}

export const whoIs = (id: unknown): string => (typeof id === "string" && knownLabel(id)) || words("record.somebody");

export function useLoaded(object: ObjectType, id: string): Loaded {
  const context = useFieldContext();
  const { user } = useMe();
  const fields = useMemo(() => {
    const wanted = fieldsOf(object).filter((field) => field.permissions.read);
    return [...new Set(["id", "version", ...wanted.flatMap((field) => readsOf(field, context))])].join(",");
  }, [object, context]);
  const record = useRecord(object.api_name, id);
  const query = useQuery({
    queryKey: ["record", object.api_name, id, fields],
    queryFn: async ({ signal }) => {
      const [values] = await Promise.all([get<Values>(`/${object.plural_api_name}/${id}`, { fields, deleted: "include" }, signal), findPeople()]);
      const before = recordOf(object.api_name, id);
      takeIn(object.api_name, values);
      if (before && before.version > 0 && Number(values["version"]) > before.version && values["updated_by"] !== user.id) {
        const changed = object.fields.filter((field) => field.value_key in before.values && !same(before.values[field.value_key], values[field.value_key]));
        const names = changed.map((field) => nameOf(field, context.language)).join(", ");
        if (names) say(words("record.changedBy", { who: whoIs(values["updated_by"]), fields: names }));
      }
      return Number(values["version"]);
    },
    refetchOnWindowFocus: "always",
    staleTime: 0,
  });
  const isKnown = record !== undefined && query.data !== undefined;
  return { record: isKnown ? record : undefined, error: query.error ?? undefined, isLoading: !isKnown && !query.error, reload: () => void query.refetch() };
}
