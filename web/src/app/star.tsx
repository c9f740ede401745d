/** Makes a list or a view a favourite. */

import { useMe } from "../api/me.ts";
import { type ObjectType, useModel } from "../api/model.ts";
import { IconButton } from "../ui/button.tsx";
import { useWords } from "../words/index.ts";
import { toggleFavourite, useSidebar } from "./sidebar-items.ts";

export function Star({ object, view, label }: { object: ObjectType; view: string | undefined; label: string | undefined }) {
  const t = useWords();
  const model = useModel();
  const { user } = useMe();
  const { favourites, mayKeepFavourites } = useSidebar();
  if (!mayKeepFavourites) return null;
  const had = favourites.some((each) => each.object === object && each.view === view);
  return (
    <IconButton
      icon="star"
      className={`off-phone ${had ? "is-lit" : ""}`}
      label={t(had ? "shell.removeFavourite" : "shell.addFavourite")}
      aria-pressed={had}
      onClick={() => void toggleFavourite(model, favourites, user.id, object, view, label)}
    />
  );
}
