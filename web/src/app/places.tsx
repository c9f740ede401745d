/** The lists that a tenant has, favourites first. They are arranged by dragging, by Alt with an arrow, and in the menu of each. */

import { Link, useRouterState } from "@tanstack/react-router";
import { type DragEvent, type KeyboardEvent, lazy, type ReactNode, Suspense, useState } from "react";
import { mayShapeModel, useMe } from "../api/me.ts";
import { type ObjectType, pluralOf } from "../api/model.ts";
import { IconButton } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { useLanguage, useWords } from "../words/index.ts";
import type { Place } from "./arrangement.ts";
import type { Group } from "./groups.ts";
import { type Spot, useMoves } from "./moves.ts";
import { useSidebar } from "./sidebar-items.ts";

const NameGroup = lazy(() => import("./name-group.tsx"));
const PlaceMenu = lazy(() => import("./place-menu.tsx"));

/** `touch`: each place has the button of its menu; elsewhere the one under the pointer, or with the focus, has it. */
export function Places({ touch = false }: { touch?: boolean }) {
  const t = useWords();
  const language = useLanguage();
  const me = useMe();
  const sidebar = useSidebar();
  const moves = useMoves(sidebar);
  const path = useRouterState({ select: (state) => state.location.pathname });
  const view = useRouterState({ select: (state) => (state.location.search as { view?: string }).view });
  const [hot, setHot] = useState<string>();
  const [menu, setMenu] = useState<{ spot: Spot; anchor: Element }>();
  const [naming, setNaming] = useState<{ object: ObjectType } | { group: Group }>();
  const [dragged, setDragged] = useState<Spot>();
  const [over, setOver] = useState<string>();

  const dropsOn = (spot: Spot) => ({
    onDragOver: (event: DragEvent) => {
      if (!dragged || !moves.takes(dragged, spot)) return;
      event.preventDefault();
      setOver(spot.key);
    },
    onDragLeave: () => setOver(undefined),
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      setOver(undefined);
      if (dragged) moves.drop(dragged, spot);
    },
  });
  const openMenu = (spot: Spot) => (event: { preventDefault: () => void; currentTarget: Element }) => {
    event.preventDefault();
    setMenu({ spot, anchor: event.currentTarget });
  };
  const place = (spot: Spot, { object, view: saved, record }: Place, icon: string): ReactNode => {
    const to = `/o/${object.plural_api_name}`;
    const isHere = record === undefined ? path === to && view === saved : path === `${to}/${record}`;
    const on = spot.kind === "favourite" ? isHere : path === to || path.startsWith(`${to}/`);
    const goesDown = dragged !== undefined && "group" in dragged && "group" in spot ? dragged.group === spot.group && dragged.at < spot.at : dragged?.kind === spot.kind && dragged.at < spot.at;
    const look = ["place", on && "on", over === spot.key && (goesDown ? "is-over-below" : "is-over"), dragged?.key === spot.key && "is-dragged"];
    return [
      <Link
        key={spot.key}
        {...(record === undefined
          ? { to: "/o/$plural", params: { plural: object.plural_api_name }, search: saved === undefined ? {} : { view: saved } }
          : { to: "/o/$plural/$id", params: { plural: object.plural_api_name, id: record } })}
        className={look.filter(Boolean).join(" ")}
        aria-current={on ? "page" : undefined}
        data-place={spot.key}
        draggable={!touch}
        onDragStart={(event) => {
          event.dataTransfer.effectAllowed = "move";
          setDragged(spot);
        }}
        onDragEnd={() => {
          setDragged(undefined);
          setOver(undefined);
        }}
        {...dropsOn(spot)}
        onPointerEnter={() => setHot(spot.key)}
        onFocus={() => setHot(spot.key)}
        onContextMenu={openMenu(spot)}
        onKeyDown={(event: KeyboardEvent) => {
          if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
          event.preventDefault();
          moves.step(spot, event.key === "ArrowUp" ? -1 : 1)?.();
        }}
      >
        <Icon name={icon} />
        <span className="cut">{spot.name}</span>
      </Link>,
      (touch || hot === spot.key || menu?.spot.key === spot.key) && (
        <IconButton key={`${spot.key}/menu`} icon="ellipsis" small={!touch} className="place-more" label={t("shell.placeMenu", { name: spot.name })} onClick={openMenu(spot)} />
      ),
    ];
  };

  return (
    <div className={`places ${touch ? "on-page" : ""}`} onPointerLeave={() => setHot(undefined)}>
      {sidebar.favourites.length > 0 && (
        <section aria-label={t("shell.favourites")}>
          <h2>{t("shell.favourites")}</h2>
          {sidebar.favourites.map((favourite, at) => {
            const { id, object } = favourite;
            const name = favourite.label ?? pluralOf(object, language);
            const icon = favourite.view !== undefined ? "table-2" : favourite.record !== undefined ? "star" : (object.icon ?? "shapes");
            return place({ kind: "favourite", key: `favourite/${id}`, name, favourite, at }, favourite, icon);
          })}
        </section>
      )}
      {sidebar.groups.map((group, index) => {
        const spot: Spot = { kind: "group", key: `group/${group.key}`, name: group.title ?? t("shell.other"), group, at: index };
        return (
          <section key={group.key} aria-label={spot.name}>
            <h2 className={over === spot.key ? "is-over-below" : ""} {...dropsOn(spot)}>
              <span className="cut grow">{spot.name}</span>
              {sidebar.mayArrange && <IconButton icon="ellipsis" small={!touch} label={t("shell.placeMenu", { name: spot.name })} onClick={openMenu(spot)} />}
              {mayShapeModel(me) && !touch && (
                <Link to="/model" search={{ new: true }} className="ghost square" aria-label={t("shell.newObject")} title={t("shell.newObject")}>
                  <Icon name="plus" size={14} />
                </Link>
              )}
            </h2>
            {group.objects.map((object, at) => {
              const name = pluralOf(object, language);
              return place({ kind: "object", key: `object/${object.api_name}`, name, object, group, at }, { object }, object.icon ?? "shapes");
            })}
            {group.objects.length === 0 && <p className="place-none">{t("shell.emptyGroup")}</p>}
          </section>
        );
      })}
      <p className="hidden" role="status">
        {moves.said}
      </p>
      <Suspense>
        {menu && <PlaceMenu {...menu} {...{ sidebar, moves }} onClose={() => setMenu(undefined)} onName={setNaming} />}
        {naming && (
          <NameGroup
            name={"group" in naming ? (naming.group.title ?? "") : ""}
            onClose={() => setNaming(undefined)}
            onName={(name) => {
              if ("group" in naming) moves.rename(naming.group, name);
              else moves.toNewGroup(naming.object, name);
              setNaming(undefined);
            }}
          />
        )}
      </Suspense>
    </div>
  );
}
