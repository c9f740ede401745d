/** Moves of the sidebar's places: by one step, to another group, and by dropping one on another. */

import { useEffect, useRef, useState } from "react";
import { useMe } from "../api/me.ts";
import { type ObjectType, useModel } from "../api/model.ts";
import { newId } from "../lib/ids.ts";
import { useWords } from "../words/index.ts";
import { type Favourite, favouriteOf, folderNamed, type Item, placeFavourite, placeGroup, placeObject } from "./arrangement.ts";
import type { Group } from "./groups.ts";
import { type Sidebar, toggleFavourite, writeItems } from "./sidebar-items.ts";

/** One of the places, and where it stands among its like. */
export type Spot = { key: string; name: string; at: number } & (
  | { kind: "object"; object: ObjectType; group: Group }
  | { kind: "favourite"; favourite: Favourite }
  | { kind: "group"; group: Group }
);

export interface Moves {
  /** Moves a place by one; undefined where there is nowhere to go. */
  step: (spot: Spot, by: -1 | 1) => (() => void) | undefined;
  toGroup: (spot: Spot & { kind: "object" }, group: Group) => void;
  toNewGroup: (object: ObjectType, name: string) => void;
  rename: (group: Group, name: string) => void;
  takes: (dragged: Spot, target: Spot) => boolean;
  drop: (dragged: Spot, target: Spot) => void;
  isFavourite: (object: ObjectType) => boolean;
  toggle: (object: ObjectType) => void;
  /** Where the last one went, for readers. */
  said: string;
}

const elementOf = (key: string) => document.querySelector<HTMLElement>(`[data-place="${CSS.escape(key)}"]`);

export function useMoves({ items, groups, favourites, mayArrange }: Sidebar): Moves {
  const t = useWords();
  const model = useModel();
  const { user } = useMe();
  const [said, setSaid] = useState("");
  const moved = useRef<string>(undefined);

  // A place that went to another group is another element: the focus goes with it.
  useEffect(() => {
    const key = moved.current;
    moved.current = undefined;
    if (key !== undefined) elementOf(key)?.focus();
  }, [groups, favourites]);

  const write = (spot: Spot, written: Item[], words: string) => {
    if (written.length === 0) return;
    if (document.activeElement === elementOf(spot.key)) moved.current = spot.key;
    void writeItems(model, written);
    setSaid(words);
  };
  const placed = (spot: Spot, at: number, of: number) => t("shell.placed", { name: spot.name, at: at + 1, of });

  const objectTo = (spot: Spot & { kind: "object" }, group: Group, at: number) => {
    const rest = group.objects.filter((each) => each !== spot.object);
    const title = group.title ?? t("shell.other");
    const words = t("shell.placedIn", { name: spot.name, at: at + 1, of: rest.length + 1, group: title });
    write(spot, placeObject(groups, items, spot.object, group.key, rest[at]?.api_name), words);
  };
  const favouriteTo = (spot: Spot & { kind: "favourite" }, at: number) => {
    const rest = favourites.filter((each) => each !== spot.favourite);
    write(spot, placeFavourite(favourites, items, spot.favourite.id, rest[at]?.id), placed(spot, at, favourites.length));
  };
  const groupTo = (spot: Spot & { kind: "group" }, at: number) => {
    const rest = groups.filter((each) => each !== spot.group);
    write(spot, placeGroup(groups, items, spot.group.key, rest[at]?.key), placed(spot, at, groups.length));
  };

  const step: Moves["step"] = (spot, by) => {
    const at = spot.at + by;
    const within = (count: number) => at >= 0 && at < count;
    if (spot.kind === "favourite") return within(favourites.length) ? () => favouriteTo(spot, at) : undefined;
    if (!mayArrange) return undefined;
    if (spot.kind === "group") return within(groups.length) ? () => groupTo(spot, at) : undefined;
    if (within(spot.group.objects.length)) return () => objectTo(spot, spot.group, at);
    const next = groups[groups.indexOf(spot.group) + by];
    return next && (() => objectTo(spot, next, by > 0 ? 0 : next.objects.length));
  };

  const isFavourite = (object: ObjectType) => favouriteOf(favourites, { object }) !== undefined;
  const toggle = (object: ObjectType) => void toggleFavourite(model, favourites, user.id, { object });

  const takes: Moves["takes"] = (dragged, target) => {
    if (dragged.key === target.key) return false;
    if (dragged.kind === "favourite") return target.kind === "favourite";
    if (dragged.kind === "object" && target.kind === "favourite") return !isFavourite(dragged.object);
    return dragged.kind === "object" && mayArrange;
  };
  const drop: Moves["drop"] = (dragged, target) => {
    if (!takes(dragged, target)) return;
    if (dragged.kind === "favourite") return favouriteTo(dragged, target.at);
    if (dragged.kind !== "object") return;
    if (target.kind === "favourite") return toggle(dragged.object);
    // Dropped on the head of a group it is the first, on an object it takes its place.
    objectTo(dragged, target.group, target.kind === "group" ? 0 : target.at);
  };

  return {
    step,
    takes,
    drop,
    toggle,
    isFavourite,
    said,
    toGroup: (spot, group) => objectTo(spot, group, group.objects.length),
    toNewGroup: (object, name) => {
      const folder: Item = { id: newId(), kind: "folder", target: null, label: name, parent_id: null, rank: null, owner_id: null };
      const group: Group = { key: folder.id, title: name, objects: [], isAdded: true };
      void writeItems(model, [folder, ...placeObject([...groups, group], [...items, folder], object, group.key, undefined)]);
    },
    rename: (group, name) => {
      const folder = folderNamed(items, group.key);
      if (folder) void writeItems(model, [{ ...folder, label: name }]);
    },
  };
}
