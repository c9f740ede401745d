/** One's own places in the sidebar: lists and views, kept as records of `sidebar_item`. */

import { useQuery } from "@tanstack/react-query";
import { useMe } from "../api/me.ts";
import { type Model, type ObjectType, pluralOf, useModel, type Values } from "../api/model.ts";
import { queries } from "../api/query.ts";
import { call, get } from "../api/rest.ts";
import { IconButton } from "../ui/button.tsx";
import { useLanguage, useWords } from "../words/index.ts";

export interface Favourite {
  id: string;
  object: ObjectType;
  /** The saved view; absent for the list itself. */
  view: string | undefined;
  label: string;
}

const KEY = ["favourites"];

const placeOf = (model: Model): ObjectType | undefined => model.byName.get("sidebar_item");

export function useFavourites(): Favourite[] {
  const model = useModel();
  const language = useLanguage();
  const { user } = useMe();
  const place = placeOf(model);
  const { data } = useQuery({
    queryKey: KEY,
    enabled: place !== undefined,
    queryFn: async ({ signal }) => {
      const filter = JSON.stringify({ owner_id: { eq: user.id } });
      const query = { filter, fields: "id,kind,target,label", sort: "rank,id", limit: 100 };
      return (await get<{ data: Values[] }>(`/${place?.plural_api_name}`, query, signal)).data;
    },
  });
  return (data ?? []).flatMap((values): Favourite[] => {
    // A view is named with its object, so that nothing has to be read to draw it.
    const [name = "", view] = String(values["target"]).split("/");
    const object = model.byName.get(name);
    return object ? [{ id: String(values["id"]), object, view, label: String(values["label"] || pluralOf(object, language)) }] : [];
  });
}

/** The star of a list or of a view. */
export function Star({ object, view, label }: { object: ObjectType; view: string | undefined; label: string | undefined }) {
  const t = useWords();
  const model = useModel();
  const { user } = useMe();
  const favourites = useFavourites();
  const place = placeOf(model);
  if (!place?.permissions.create) return null;
  const had = favourites.find((each) => each.object === object && each.view === view);
  const act = async () => {
    if (had) await call("DELETE", `/${place.plural_api_name}/${had.id}`);
    else {
      const target = view === undefined ? object.api_name : `${object.api_name}/${view}`;
      await call("POST", `/${place.plural_api_name}`, { body: { kind: view === undefined ? "object" : "view", target, label: label ?? null, owner_id: user.id } });
    }
    await queries.invalidateQueries({ queryKey: KEY });
  };
  return (
    <IconButton
      icon="star"
      className={`off-phone ${had ? "is-lit" : ""}`}
      label={t(had ? "shell.removeFavourite" : "shell.addFavourite")}
      aria-pressed={had !== undefined}
      onClick={() => void act()}
    />
  );
}
