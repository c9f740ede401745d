/** What can be done with one of the sidebar's places. */

import { useNavigate } from "@tanstack/react-router";
import { mayShapeModel, useMe } from "../api/me.ts";
import { type ObjectType, useModel } from "../api/model.ts";
import { Kbd } from "../ui/kbd.tsx";
import { MenuAt, MenuItem, MenuRule, MenuTitle } from "../ui/menu.tsx";
import { useWords } from "../words/index.ts";
import type { Group } from "./groups.ts";
import type { Moves, Spot } from "./moves.ts";
import { SHORTCUTS } from "./shortcuts.ts";
import { removeItem, type Sidebar } from "./sidebar-items.ts";

interface Properties {
  spot: Spot;
  anchor: Element;
  sidebar: Sidebar;
  moves: Moves;
  onClose: () => void;
  /** Asks for a name: of a new group that the object goes to, or of a group that is there. */
  onName: (named: { object: ObjectType } | { group: Group }) => void;
}

export default function PlaceMenu({ spot, anchor, sidebar, moves, onClose, onName }: Properties) {
  const t = useWords();
  const model = useModel();
  const me = useMe();
  const navigate = useNavigate();
  const shapes = mayShapeModel(me);
  const [up, down] = [moves.step(spot, -1), moves.step(spot, 1)];
  const isGroup = spot.kind === "group";
  return (
    <MenuAt anchor={anchor} onClose={onClose}>
      {spot.kind === "object" && sidebar.mayKeepFavourites && (
        <MenuItem icon="star" onClick={() => moves.toggle(spot.object)}>
          {t(moves.isFavourite(spot.object) ? "shell.removeFavourite" : "shell.addFavourite")}
        </MenuItem>
      )}
      {spot.kind === "favourite" && (
        <MenuItem icon="star" onClick={() => void removeItem(model, spot.favourite.id)}>
          {t("shell.removeFavourite")}
        </MenuItem>
      )}
      {(up || down) && (
        <>
          <MenuItem icon="arrow-up" disabled={!up} end={!isGroup && <Caps keys={SHORTCUTS.placeUp.keys[0]} />} {...(up && { onClick: up })}>
            {t("shell.moveUp")}
          </MenuItem>
          <MenuItem icon="arrow-down" disabled={!down} end={!isGroup && <Caps keys={SHORTCUTS.placeDown.keys[0]} />} {...(down && { onClick: down })}>
            {t("shell.moveDown")}
          </MenuItem>
        </>
      )}
      {spot.kind === "object" && sidebar.mayArrange && (
        <>
          <MenuRule />
          <MenuTitle>{t("shell.moveTo")}</MenuTitle>
          {sidebar.groups
            .filter((group) => group !== spot.group)
            .map((group) => (
              <MenuItem key={group.key} icon="layers" onClick={() => moves.toGroup(spot, group)}>
                {group.title ?? t("shell.other")}
              </MenuItem>
            ))}
          <MenuItem icon="plus" onClick={() => onName({ object: spot.object })}>
            {t("shell.newGroup")}
          </MenuItem>
        </>
      )}
      {spot.kind === "group" && spot.group.isAdded && (
        <>
          <MenuRule />
          <MenuItem icon="pencil" onClick={() => onName({ group: spot.group })}>
            {t("shell.renameGroup")}
          </MenuItem>
          <MenuItem icon="trash-2" bad onClick={() => void removeItem(model, spot.group.key)}>
            {t("shell.removeGroup")}
          </MenuItem>
        </>
      )}
      {spot.kind === "object" && shapes && (
        <>
          <MenuRule />
          <MenuItem icon="shapes" onClick={() => void navigate({ to: "/model/$object", params: { object: spot.object.api_name } })}>
            {t("shell.editInModel")}
          </MenuItem>
        </>
      )}
    </MenuAt>
  );
}

function Caps({ keys }: { keys: readonly string[] }) {
  return (
    <span className="caps off-phone">
      {keys.map((key) => (
        <Kbd key={key}>{key}</Kbd>
      ))}
    </span>
  );
}
