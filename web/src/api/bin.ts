/** The bin: records that were deleted and can be restored, or destroyed for good. */

import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { camel } from "../lib/naming.ts";
import { graphql } from "./graphql.ts";
import { findPeople, labelOf } from "./lookups.ts";
import type { Model, ObjectType, Values } from "./model.ts";
import { queries } from "./query.ts";
import { takeIn } from "./records.ts";
import { call, get } from "./rest.ts";

export interface Binned {
  id: string;
  /** Empty where it has none. */
  label: string;
  deleted_at: string;
  /** The user who deleted it. */
  deleted_by: string | null;
}

const PAGE = 50;
const COUNTS = ["bin", "counts"];
const binOf = (object: ObjectType) => ["bin", "of", object.api_name];

/** How many records of each object are in the bin, by its api name. */
export const useBinCounts = (objects: ObjectType[]) =>
  useQuery({
    queryKey: [...COUNTS, ...objects.map(({ api_name }) => api_name)],
    enabled: objects.length > 0,
    queryFn: async ({ signal }) => {
      const lists = objects.map((object, at) => `o${at}: ${camel(object.plural_api_name)}(deleted: ONLY, first: 1) { totalCount }`);
      const data = await graphql<Record<string, { totalCount: number }>>(`{ ${lists.join(" ")} }`, {}, signal);
      return new Map(objects.map((object, at) => [object.api_name, data[`o${at}`]?.totalCount ?? 0]));
    },
  });

/** An object's records in the bin, the latest first. */
export const useBinned = (object: ObjectType, model: Model) =>
  useInfiniteQuery({
    queryKey: binOf(object),
    initialPageParam: undefined as string | undefined,
    queryFn: async ({ pageParam, signal }) => {
      const label = model.labelField(object);
      const fields = ["id", "deleted_at", "updated_by", ...(label ? [label.value_key] : [])].join(",");
      const query = { deleted: "only", sort: "-deleted_at", fields, limit: PAGE, after: pageParam };
      const [{ data, page }] = await Promise.all([get<{ data: Values[]; page: { next: string | null } }>(`/${object.plural_api_name}`, query, signal), findPeople()]);
      const records = data.map((values): Binned => ({
        id: String(values["id"]),
        label: labelOf(values, label),
        deleted_at: String(values["deleted_at"]),
        // Deleting is the last change of a record in the bin.
        deleted_by: typeof values["updated_by"] === "string" ? values["updated_by"] : null,
      }));
      return { records, next: page.next };
    },
    getNextPageParam: ({ next }) => next ?? undefined,
    staleTime: 0,
  });

const readAgain = (object: ObjectType) => Promise.all([queries.invalidateQueries({ queryKey: COUNTS }), queries.invalidateQueries({ queryKey: binOf(object) })]);

export async function restore(object: ObjectType, id: string): Promise<void> {
  const { data } = await call<Values | undefined>("POST", `/${object.plural_api_name}/${id}/restore`, { body: {} });
  if (data) takeIn(object.api_name, data);
  await readAgain(object);
}

/** Removes a record for good. */
export async function destroy(object: ObjectType, id: string): Promise<void> {
  await call("DELETE", `/${object.plural_api_name}/${id}`, { query: { permanent: true } });
  await readAgain(object);
}
