/** Makes a list, a view or a record a favourite. */

import { useMe } from "../api/me.ts";
import { useModel } from "../api/model.ts";
import { IconButton } from "../ui/button.tsx";
import { useWords } from "../words/index.ts";
import { favouriteOf, type Place } from "./arrangement.ts";
import { toggleFavourite, useSidebar } from "./sidebar-items.ts";

export function Star({ place, label }: { place: Place; label: string | undefined }) {
  const t = useWords();
  const model = useModel();
  const { user } = useMe();
  const { favourites, mayKeepFavourites } = useSidebar();
  if (!mayKeepFavourites) return null;
  const had = favouriteOf(favourites, place) !== undefined;
  return (
    <IconButton
      icon="star"
      className={`off-phone ${had ? "is-lit" : ""}`}
      label={t(had ? "shell.removeFavourite" : "shell.addFavourite")}
      aria-pressed={had}
      onClick={() => void toggleFavourite(model, favourites, user.id, place, label)}
    />
  );
}
