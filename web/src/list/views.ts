/** Saved views: records of the object `view`, the user's own and shared ones. */

import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { remove } from "../api/bulk.ts";
import { type Act, noteAct } from "../api/changes.ts";
import { useMe } from "../api/me.ts";
import { type Model, type ObjectType, useModel, type Values } from "../api/model.ts";
import { queries } from "../api/query.ts";
import { call, get } from "../api/rest.ts";
import type { ViewDefinition } from "./view.ts";

export interface SavedView {
  id: string;
  name: string;
  definition: ViewDefinition;
  shared: boolean;
  locked: boolean;
  isMine: boolean;
  version: number;
}

const FIELDS = "id,version,name,definition,shared,locked,owner_id";

/** Absent where the tenant has no place for views yet. */
const placeOf = (model: Model): ObjectType | undefined => model.byName.get("view");

const keyOf = (object: ObjectType) => ["views", object.api_name];

const visibleTo = (user: string) => [{ shared: { eq: true } }, { owner_id: { eq: user } }];

export function useViews(object: ObjectType): SavedView[] {
  const place = placeOf(useModel());
  const { user } = useMe();
  const { data } = useQuery({
    queryKey: keyOf(object),
    enabled: place !== undefined,
    queryFn: async ({ signal }) => {
      const filter = JSON.stringify({ object: { eq: object.api_name }, or: visibleTo(user.id) });
      const query = { filter, fields: FIELDS, limit: 200, sort: "rank,name" };
      return (await get<{ data: Values[] }>(`/${place?.plural_api_name}`, query, signal)).data;
    },
  });
  return (data ?? []).map((values) => read(values, user.id));
}

export interface NamedView {
  id: string;
  name: string;
  object: ObjectType;
}

/** The views of all objects that the caller sees, by name. */
export function useAllViews(): NamedView[] {
  const model = useModel();
  const place = placeOf(model);
  const { user } = useMe();
  const { data } = useQuery({
    queryKey: ["views"],
    enabled: place !== undefined,
    staleTime: 0,
    queryFn: async ({ signal }) => {
      const query = { filter: JSON.stringify({ or: visibleTo(user.id) }), fields: "id,name,object", limit: 1_000, sort: "name" };
      return (await get<{ data: Values[] }>(`/${place?.plural_api_name}`, query, signal)).data;
    },
  });
  return useMemo(
    () =>
      (data ?? []).flatMap((values): NamedView[] => {
        const object = model.byName.get(String(values["object"]));
        return object?.permissions.read ? [{ id: String(values["id"]), name: String(values["name"]), object }] : [];
      }),
    [data, model],
  );
}

export const useCanSaveViews = (): boolean => placeOf(useModel())?.permissions.create ?? false;

const read = (values: Values, me: string): SavedView => ({
  id: String(values["id"]),
  name: String(values["name"]),
  definition: values["definition"] as ViewDefinition,
  shared: values["shared"] === true,
  locked: values["locked"] === true,
  isMine: values["owner_id"] === me,
  version: Number(values["version"]),
});

const again = (object: ObjectType) => queries.invalidateQueries({ queryKey: keyOf(object) });

export async function addView(model: Model, object: ObjectType, view: Pick<SavedView, "name" | "definition" | "shared">, owner: string, act: Act): Promise<string> {
  const place = placeOf(model);
  const body = { ...view, object: object.api_name, layout: "table", owner_id: owner };
  const { data } = await call<Values>("POST", `/${place?.plural_api_name}`, { body, headers: { "x-change-id": act.id } });
  noteAct(act);
  await again(object);
  return String(data["id"]);
}

export async function changeView(model: Model, object: ObjectType, view: SavedView, change: Partial<Pick<SavedView, "name" | "definition" | "shared">>, act: Act): Promise<void> {
  const headers = { "if-match": `"${view.version}"`, "x-change-id": act.id };
  await call("PATCH", `/${placeOf(model)?.plural_api_name}/${view.id}`, { body: change, headers });
  noteAct(act);
  await again(object);
}

export async function removeView(model: Model, object: ObjectType, view: SavedView, act: Act): Promise<void> {
  const place = placeOf(model);
  if (place) await remove(place, { ids: [view.id] }, act);
  await again(object);
}
