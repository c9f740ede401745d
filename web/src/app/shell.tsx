/** What stands round every place: the sidebar, or on a phone the bar below; toasts, the palette, shortcuts. */

import { Link, Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { useMe } from "../api/me.ts";
import { loadModel, useModel, useModelState } from "../api/model.ts";
import { FieldContextProvider } from "../fields/index.ts";
import { browserZone } from "../lib/dates.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { useNarrow } from "../ui/narrow.ts";
import { Failed, Say } from "../ui/say.tsx";
import { Toasts } from "../ui/toast.tsx";
import { localeOf, useLanguage, useWords } from "../words/index.ts";
import { mayAdminister } from "./admin-places.ts";
import { redoLast, undoLast } from "./done.ts";
import { useShortcut } from "./shortcuts.ts";
import { Sidebar } from "./sidebar.tsx";
import { Waiting } from "./waiting.tsx";

const Help = lazy(() => import("./help.tsx"));
const loadPalette = () => import("./palette.tsx");
const Palette = lazy(loadPalette);
const HIDDEN = "tessera.sidebar";

export function Shell() {
  const t = useWords();
  const language = useLanguage();
  const state = useModelState();
  const me = useMe();
  const { tenant, user } = me;
  const [sidebar, setSidebar] = useState(localStorage.getItem(HIDDEN) === null);
  const [help, setHelp] = useState(false);
  const [palette, setPalette] = useState(false);
  const navigate = useNavigate();
  const narrow = useNarrow();
  const model = state && "model" in state ? state.model : undefined;

  // Loaded before it is wanted: who opens it types at once. Without a connection it is loaded when it is opened.
  useEffect(() => {
    if (model) (window.requestIdleCallback ?? setTimeout)(() => void loadPalette().catch(() => undefined));
  }, [model === undefined]);
  useShortcut("help", () => setHelp(true));
  useShortcut("palette", () => setPalette((open) => !open));
  useShortcut("undo", () => void undoLast());
  useShortcut("redo", () => void redoLast());
  useShortcut("goModel", () => void navigate({ to: "/model" }));
  useShortcut("goAdmin", () => void navigate({ to: "/admin" }), mayAdminister(me));
  useShortcut("goMe", () => void navigate({ to: "/me" }));
  useShortcut("sidebar", () => {
    if (sidebar) localStorage.setItem(HIDDEN, "hidden");
    else localStorage.removeItem(HIDDEN);
    setSidebar(!sidebar);
  });

  const context = useMemo(
    () => model && { model, language, locale: localeOf(language), timeZone: user.time_zone ?? browserZone() },
    [model, language, user.time_zone],
  );

  if (!context) {
    return (
      <div className="shell">
        <div className="sidebar" />
        <main className="main">
          {state && "error" in state && <Failed error={state.error} what={t("shell.model")} tenant={tenant.name} onRetry={() => void loadModel()} />}
        </main>
      </div>
    );
  }
  return (
    <FieldContextProvider value={context}>
      <a className="skip" href="#content">
        {t("shell.skip")}
      </a>
      <div className={`shell ${sidebar ? "" : "is-wide"}`}>
        {sidebar && !narrow && <Sidebar />}
        <main className="main" id="content" tabIndex={-1}>
          <Waiting />
          <Outlet />
        </main>
        {narrow && <PhoneBar />}
      </div>
      <Suspense>
        {help && <Help open onClose={() => setHelp(false)} />}
        {palette && <Palette open onClose={() => setPalette(false)} />}
      </Suspense>
      <Toasts />
    </FieldContextProvider>
  );
}

function PhoneBar() {
  const t = useWords();
  const path = useRouterState({ select: (state) => state.location.pathname });
  const make = useMake(path);
  const entries = [
    { to: "/lists", icon: "table-2", words: t("shell.lists"), on: path.startsWith("/o/") || path === "/lists" },
    { to: "/find", icon: "search", words: t("common.search"), on: path === "/find" },
    { to: "/me", icon: "user-round", words: t("shell.meShort"), on: path === "/me" },
  ];
  const [lists, find, me] = entries.map((entry) => (
    <Link key={entry.to} to={entry.to as "/"} className={entry.on ? "on" : ""} aria-current={entry.on ? "page" : undefined}>
      <Icon name={entry.icon} size={20} />
      {entry.words}
    </Link>
  ));
  return (
    <nav className="tabbar" aria-label={t("shell.places")}>
      {lists}
      {find}
      {make && (
        <button type="button" onClick={make}>
          <Icon name="plus" size={20} />
          {t("shell.new")}
        </button>
      )}
      {me}
    </nav>
  );
}

/** Makes a record of the list that is open, or that was open last. */
function useMake(path: string): (() => void) | undefined {
  const model = useModel();
  const navigate = useNavigate();
  const plural = /^\/o\/([^/]+)/.exec(path)?.[1] ?? localStorage.getItem("tessera.last");
  const object = plural === null ? undefined : model.byPlural.get(plural);
  if (!object?.permissions.create || object.read_only) return undefined;
  return () => void navigate({ to: "/o/$plural", params: { plural: object.plural_api_name }, search: (had) => ({ ...(path === `/o/${plural}` ? had : {}), new: true }) });
}

export function NotFound() {
  const t = useWords();
  const navigate = useNavigate();
  return (
    <Say
      icon="circle-alert"
      title={t("states.notFound")}
      detail={t("states.notFoundDetail")}
      acts={<Button onClick={() => void navigate({ to: "/" })}>{t("states.goHome")}</Button>}
    />
  );
}
