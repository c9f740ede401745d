/** The tabs of a list: the object's own view and saved views. Saves or resets a draft. */

import { useState } from "react";
import { type Act, beginAct } from "../api/changes.ts";
import { useMe } from "../api/me.ts";
import { type ObjectType, pluralOf, useModel } from "../api/model.ts";
import { type Action, useActions } from "../app/actions.ts";
import { sayDone } from "../app/done.ts";
import { useShortcut } from "../app/shortcuts.ts";
import { Button, Ghost, IconButton } from "../ui/button.tsx";
import { CheckLine } from "../ui/checkbox.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Icon } from "../ui/icon.tsx";
import { Menu, MenuItem } from "../ui/menu.tsx";
import { reasonOf } from "../ui/reason.ts";
import { say } from "../ui/toast.tsx";
import { useLanguage, useWords } from "../words/index.ts";
import type { ListState } from "./state.ts";
import { addView, changeView, removeView, type SavedView, useCanSaveViews } from "./views.ts";

type Trying = (work: (change: Act) => Promise<unknown>, said: string) => Promise<void>;

export function ViewTabs({ object, state }: { object: ObjectType; state: ListState }) {
  const t = useWords();
  const language = useLanguage();
  const model = useModel();
  const { user } = useMe();
  const canSave = useCanSaveViews();
  const [naming, setNaming] = useState<{ view?: SavedView }>();
  const mayChange = state.view?.isMine === true || (state.view?.shared === true && !state.view.locked);

  const trying: Trying = async (work, said) => {
    const act = beginAct(said);
    try {
      await work(act);
      sayDone(act);
    } catch (error) {
      say(reasonOf(error), { bad: true });
    }
  };
  const store = () => {
    const { view } = state;
    if (!view) return setNaming({});
    void trying(async (act) => {
      await changeView(model, object, view, { definition: state.definition }, act);
      state.open(view.id);
    }, t("list.viewSaved", { name: view.name }));
  };
  const acts = [
    state.isDraft && canSave && mayChange && state.view !== undefined && { id: "save-view", icon: "save", label: t("list.saveView", { name: state.view.name }), act: store },
    canSave && { id: "new-view", icon: "plus", label: t(state.isDraft ? "list.saveNew" : "list.newView"), act: () => setNaming({}) },
    state.isDraft && { id: "reset-view", icon: "undo-2", label: t("list.resetView"), act: state.reset },
  ].filter((act) => act !== false);
  useActions(acts);
  useShortcut("views", () => document.querySelector<HTMLElement>(".views [aria-selected=true]")?.focus());

  return (
    <div className="bar views">
      <div className="tabs" role="tablist" aria-label={t("list.views")}>
        <Tab on={state.view === undefined} draft={state.isDraft && state.view === undefined} onClick={() => state.open(undefined)}>
          {t("list.all", { objects: language === "ru" ? pluralOf(object, language) : pluralOf(object, language).toLocaleLowerCase(language) })}
        </Tab>
        {state.views.map((view) => (
          <Tab key={view.id} on={view.id === state.view?.id} draft={state.isDraft && view.id === state.view?.id} onClick={() => state.open(view.id)} shared={view.shared}>
            {view.name}
          </Tab>
        ))}
      </div>
      {canSave && <IconButton icon="plus" label={t("list.newView")} className="off-phone" onClick={() => setNaming({})} />}
      <span className="grow" />
      {state.isDraft && (
        <>
          <Ghost className="off-phone" onClick={state.reset}>
            {t("list.reset")}
          </Ghost>
          {canSave && mayChange && (
            <Ghost ink className="off-phone" onClick={store}>
              {t("list.save")}
            </Ghost>
          )}
          {canSave && (
            <Ghost ink className="off-phone" onClick={() => setNaming({})}>
              {t("list.saveAsMine")}
            </Ghost>
          )}
        </>
      )}
      <PhoneMenu acts={acts} />
      {state.view && mayChange && <ViewMenu view={state.view} object={object} onGone={() => state.open(undefined)} onRename={(view) => setNaming({ view })} trying={trying} />}
      {naming && (
        <NameView
          view={naming.view}
          onClose={() => setNaming(undefined)}
          onName={(name, shared) => {
            setNaming(undefined);
            void trying(async (act) => {
              if (naming.view) return changeView(model, object, naming.view, { name, shared }, act);
              const id = await addView(model, object, { name, definition: state.definition, shared }, user.id, act);
              state.open(id);
              return undefined;
            }, t("list.viewSaved", { name }));
          }}
        />
      )}
    </div>
  );
}

/** On a phone: what can be done with the view, in one menu. */
function PhoneMenu({ acts }: { acts: Action[] }) {
  const t = useWords();
  if (acts.length === 0) return null;
  return (
    <Menu
      align="end"
      trigger={
        <Ghost icon="table-2" className="on-phone">
          {t("list.view")}
        </Ghost>
      }
    >
      {acts.map(({ id, icon, label, act }) => (
        <MenuItem key={id} icon={icon} onClick={act}>
          {label}
        </MenuItem>
      ))}
    </Menu>
  );
}

function Tab({ on, draft, shared = false, onClick, children }: { on: boolean; draft: boolean; shared?: boolean; onClick: () => void; children: string }) {
  const t = useWords();
  return (
    <button type="button" className={`tab ${on ? "on" : ""}`} role="tab" aria-selected={on} onClick={onClick}>
      {shared && <Icon name="users" size={14} />}
      <span>{children}</span>
      {draft && <span className="draft" title={t("list.draft")} role="img" aria-label={t("list.draft")} />}
    </button>
  );
}

interface MenuProperties {
  view: SavedView;
  object: ObjectType;
  onGone: () => void;
  onRename: (view: SavedView) => void;
  trying: Trying;
}

function ViewMenu({ view, object, onGone, onRename, trying }: MenuProperties) {
  const t = useWords();
  const model = useModel();
  return (
    <Menu align="end" trigger={<IconButton icon="ellipsis" label={t("list.viewMenu", { name: view.name })} />}>
      <MenuItem icon="pencil" onClick={() => onRename(view)}>
        {t("list.viewRename")}
      </MenuItem>
      {view.isMine && (
        <MenuItem
          icon="users"
          onClick={() => void trying((act) => changeView(model, object, view, { shared: !view.shared }, act), t("list.viewSaved", { name: view.name }))}
        >
          {t(view.shared ? "list.viewUnshare" : "list.viewShare")}
        </MenuItem>
      )}
      <MenuItem
        icon="trash-2"
        bad
        onClick={() =>
          void trying(async (act) => {
            await removeView(model, object, view, act);
            onGone();
          }, t("list.viewDeleted", { name: view.name }))
        }
      >
        {t("list.viewDelete")}
      </MenuItem>
    </Menu>
  );
}

function NameView({ view, onClose, onName }: { view: SavedView | undefined; onClose: () => void; onName: (name: string, shared: boolean) => void }) {
  const t = useWords();
  const [name, setName] = useState(view?.name ?? "");
  const [shared, setShared] = useState(view?.shared ?? false);
  return (
    <Dialog
      open
      onClose={onClose}
      title={view ? t("list.viewRename") : t("list.newView")}
      footer={
        <>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button primary disabled={name.trim() === ""} onClick={() => onName(name.trim(), shared)}>
            {t("common.save")}
          </Button>
        </>
      }
    >
      <form
        className="body-text form"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== "") onName(name.trim(), shared);
        }}
      >
        <label className="field">
          <span>{t("list.viewName")}</span>
          <input className="input" value={name} maxLength={200} autoFocus onChange={(event) => setName(event.currentTarget.value)} />
        </label>
        {(!view || view.isMine) && (
          <CheckLine checked={shared} onChange={setShared}>
            {t("list.viewShare")}
          </CheckLine>
        )}
      </form>
    </Dialog>
  );
}
