/** What the palette can find: records by the server's search, and places and actions by their names. */

import { useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, useState } from "react";
import { mayShapeModel, useMe } from "../api/me.ts";
import { nameOf, pluralOf, useModel } from "../api/model.ts";
import { get } from "../api/rest.ts";
import { otherLayout } from "../lib/layout.ts";
import { useAllViews } from "../list/views.ts";
import { speak, useLanguage, useWords } from "../words/index.ts";
import { adminPlaces } from "./admin-places.ts";
import { actionsHere } from "./actions.ts";
import { actOf, SHORTCUTS, type Shortcut, type ShortcutId } from "./shortcuts.ts";
import { leave } from "./sidebar.tsx";
import { useSidebar } from "./sidebar-items.ts";
import { chooseTheme } from "./theme.ts";

export interface Entry {
  id: string;
  group: string;
  icon: string;
  label: string;
  what?: string;
  keys?: string[];
  act: () => void;
}

interface Hit {
  object: string;
  id: string;
  label: string;
}

const PAUSE = 120;
const RECENT = "tessera.recent";
const KEPT = 6;

/** Places that were opened from here, newest first. */
export function noteRecent(id: string): void {
  const before = recent().filter((each) => each !== id);
  localStorage.setItem(RECENT, JSON.stringify([id, ...before].slice(0, KEPT)));
}

function recent(): string[] {
  try {
    return JSON.parse(localStorage.getItem(RECENT) ?? "[]");
  } catch {
    return [];
  }
}

/** Places and actions. */
function useKnown(): Entry[] {
  const t = useWords();
  const language = useLanguage();
  const me = useMe();
  const model = useModel();
  const navigate = useNavigate();
  const { groups } = useSidebar();
  const saved = useAllViews();
  return useMemo(() => {
    const objects = groups.flatMap((group) => group.objects);
    const here = actionsHere().map((each): Entry => ({ ...each, id: `here/${each.id}`, group: t("palette.here") }));
    const views = saved.map(
      ({ id, name, object }): Entry => ({
        id: `view/${id}`,
        group: t("palette.views"),
        icon: "table-2",
        label: name,
        what: pluralOf(object, language),
        act: () => void navigate({ to: "/o/$plural", params: { plural: object.plural_api_name }, search: { view: id } }),
      }),
    );
    const lists = objects.map(
      (object): Entry => ({
        id: `list/${object.api_name}`,
        group: t("palette.lists"),
        icon: object.icon ?? "shapes",
        label: pluralOf(object, language),
        act: () => void navigate({ to: "/o/$plural", params: { plural: object.plural_api_name } }),
      }),
    );
    const shaping = mayShapeModel(me)
      ? objects.map(
          (object): Entry => ({
            id: `model/${object.api_name}`,
            group: t("palette.settings"),
            icon: "shapes",
            label: `${t("shell.model")}: ${nameOf(object, language)}`,
            act: () => void navigate({ to: "/model/$object", params: { object: object.api_name } }),
          }),
        )
      : [];
    const admin = adminPlaces(me, model).map(
      ({ to, icon, name }): Entry => ({
        id: `admin/${name}`,
        group: t("palette.settings"),
        icon,
        label: t(`shell.${name}`),
        act: () => void navigate({ to }),
      }),
    );
    const action = (id: string, icon: string, label: string, act: () => void): Entry => ({ id, group: t("palette.actions"), icon, label, act });
    const shortcuts = (Object.entries(SHORTCUTS) as [ShortcutId, Shortcut][])
      .filter(([id, shortcut]) => shortcut.codes && id !== "palette" && actOf(id))
      .map(([id, shortcut]): Entry => ({ ...action(`do/${id}`, "command", t(`keys.${id}`), () => actOf(id)?.()), ...(shortcut.keys[0] && { keys: [...shortcut.keys[0]] }) }));
    return [
      ...here,
      ...lists,
      ...views,
      ...shortcuts,
      ...(mayShapeModel(me) ? [action("new-object", "plus", t("shell.newObject"), () => void navigate({ to: "/model", search: { new: true } }))] : []),
      action("light", "sun", `${t("shell.theme")}: ${t("shell.themeLight")}`, () => chooseTheme("light")),
      action("dark", "moon", `${t("shell.theme")}: ${t("shell.themeDark")}`, () => chooseTheme("dark")),
      action("system", "monitor", `${t("shell.theme")}: ${t("shell.themeSystem")}`, () => chooseTheme("system")),
      action("language", "languages", language === "ru" ? "English" : "Русский", () => void speak(language === "ru" ? "en" : "ru")),
      action("api", "code", t("shell.api"), () => location.assign("/api/v1/docs")),
      action("graphiql", "braces", t("shell.graphiql"), () => location.assign("/graphiql")),
      action("leave", "log-out", t("shell.signOut"), () => void leave()),
      ...admin,
      ...shaping,
    ];
  }, [t, language, me, model, navigate, groups, saved]);
}

function fits(entry: Entry, words: string[]): boolean {
  const text = `${entry.label} ${entry.id.startsWith("here/") ? (entry.what ?? "") : ""}`.toLocaleLowerCase();
  return words.every((word) => text.includes(word));
}

export function useEntries(sought: string): { entries: Entry[]; busy: boolean } {
  const t = useWords();
  const model = useModel();
  const language = useLanguage();
  const navigate = useNavigate();
  const known = useKnown();
  const actions = sought.startsWith(">");
  const wanted = (actions ? sought.slice(1) : sought).trim().toLocaleLowerCase();
  const [found, setFound] = useState<{ for: string; hits: Hit[] }>({ for: "", hits: [] });

  useEffect(() => {
    if (actions || wanted.length < 2) return;
    const gone = new AbortController();
    const timer = setTimeout(() => {
      get<{ data: Hit[] }>("/search", { q: wanted, limit: 8 }, gone.signal)
        .catch(() => get<{ data: Hit[] }>("/search", { q: wanted }, gone.signal))
        .then(({ data }) => setFound({ for: wanted, hits: data.slice(0, 8) }))
        .catch(() => !gone.signal.aborted && setFound({ for: wanted, hits: [] }));
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      gone.abort();
    };
  }, [wanted, actions]);

  const entries = useMemo(() => {
    const named = (words: string) => known.filter((entry) => fits(entry, words.split(/\s+/)));
    const isAct = (entry: Entry) => entry.group === t("palette.actions") || entry.group === t("palette.here");
    if (wanted === "") {
      if (actions) return known.filter(isAct);
      const last = recent().flatMap((id) => known.filter((entry) => entry.id === id));
      const rest = known.filter((entry) => entry.group !== t("palette.settings"));
      return [...last.map((entry) => ({ ...entry, id: `recent/${entry.id}`, group: t("palette.recent") })), ...rest];
    }
    const here = named(wanted);
    // Typed on the other keyboard, as happens.
    const matched = here.length > 0 ? here : named(otherLayout(wanted));
    if (actions) return matched.filter(isAct);
    const hits = (wanted.length < 2 ? [] : found.hits).flatMap((hit): Entry[] => {
      const object = model.byName.get(hit.object);
      if (!object) return [];
      return [
        {
          id: `record/${hit.object}/${hit.id}`,
          group: t("palette.records"),
          icon: object.icon ?? "shapes",
          label: hit.label || t("common.untitled"),
          what: nameOf(object, language),
          act: () => void navigate({ to: "/o/$plural/$id", params: { plural: object.plural_api_name, id: hit.id } }),
        },
      ];
    });
    // A list or view whose name is the query comes before records that contain it.
    const first = matched.filter((entry) => /^(list|view)\//.test(entry.id) && entry.label.toLocaleLowerCase().startsWith(wanted));
    return [...first, ...hits, ...matched.filter((entry) => !first.includes(entry))];
  }, [known, wanted, actions, found, model, language, navigate, t]);

  return { entries, busy: !actions && wanted.length >= 2 && found.for !== wanted };
}
