/** One role: the matrix of what it may do, the cell that is looked at, and the areas that it administers. */

import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { administers, AREAS, useMe } from "../api/me.ts";
import { Problem } from "../api/problem.ts";
import { type Action, ACTIONS, type Grant, type Role } from "../api/role.ts";
import { changeRole, makeRole, removeRole, useAllRoles } from "../api/roles.ts";
import { useActions } from "../app/actions.ts";
import { groupsOf } from "../app/groups.ts";
import { useRoleName } from "../app/role-names.ts";
import { NotFound } from "../app/shell.tsx";
import { useShortcut } from "../app/shortcuts.ts";
import { useTitle } from "../app/title.ts";
import { useFieldContext } from "../fields/index.ts";
import { pluralOf } from "../api/model.ts";
import { Button, Ghost, IconButton } from "../ui/button.tsx";
import { CheckLine } from "../ui/checkbox.tsx";
import { Confirm } from "../ui/confirm.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Icon } from "../ui/icon.tsx";
import { Menu, MenuItem, MenuRule } from "../ui/menu.tsx";
import { useNarrow } from "../ui/narrow.ts";
import { reasonOf } from "../ui/reason.ts";
import { Say } from "../ui/say.tsx";
import { say } from "../ui/toast.tsx";
import { useWords } from "../words/index.ts";
import { GrantPane } from "./grant-pane.tsx";
import { bodyOf, cellAt, changedCells, EVERYTHING_NEW, grantOf, isBegun, levelOf, levelOfAll, unnamed, withGrant } from "./grants.ts";
import { Glyph, lineOf, Matrix, namesOf, type Spot } from "./matrix.tsx";
import { Answered } from "./place.tsx";
import { RoleNameDialog } from "./role-name.tsx";
import { usePeopleWith } from "./roles.tsx";
import { WhyPane } from "./why-pane.tsx";
import "../ui/panes.css";

export default function RolePage() {
  const t = useWords();
  const me = useMe();
  const { role: name } = useParams({ from: "/admin/roles/$role" });
  const query = useAllRoles();
  if (!administers(me, "roles")) return <Say icon="lock" title={t("admin.forbidden", { what: t("shell.roles") })} detail={t("states.forbiddenDetail", { tenant: me.tenant.name })} />;
  return (
    <Answered query={query}>
      {(roles) => {
        const role = roles.find(({ api_name }) => api_name === name);
        return role ? <Editor key={name} saved={role} /> : <NotFound />;
      }}
    </Answered>
  );
}

/** What is not saved is there again when one comes back. */
const drafts = new Map<string, Role>();

type Asked = "rename" | "duplicate" | "remove";

function Editor({ saved }: { saved: Role }) {
  const t = useWords();
  const me = useMe();
  const { model, language } = useFieldContext();
  const navigate = useNavigate();
  const narrow = useNarrow();
  const nameOf = useRoleName();
  const [draft, setDraft] = useState(() => drafts.get(saved.api_name) ?? saved);
  const [spot, setSpot] = useState<Spot>();
  const [asked, setAsked] = useState<Asked>();
  const [fault, setFault] = useState<string>();
  const [busy, setBusy] = useState(false);
  const people = usePeopleWith(saved.api_name);
  const title = nameOf(saved);
  useTitle(title);
  const role = { ...draft, name: title };
  const isFixed = saved.built_in;
  const groups = groupsOf(model, language)
    .map((group) => ({ ...group, objects: group.objects.filter(({ read_only }) => !read_only) }))
    .filter(({ objects }) => objects.length > 0);
  const objects = groups.flatMap((group) => group.objects);
  const names = objects.map(({ api_name }) => api_name);
  const changed = changedCells(saved, draft, names);
  const areas = AREAS.filter((area) => saved.admin.includes(area) !== draft.admin.includes(area));
  // Naming an object can be a change although each of its cells grants what it did.
  const isChanged = JSON.stringify(bodyOf(saved)) !== JSON.stringify(bodyOf(draft));
  const count = Math.max(changed.size + areas.length, isChanged ? 1 : 0);

  const change = (next: Role) => {
    setFault(undefined);
    setDraft(next);
    drafts.set(saved.api_name, next);
  };
  const discard = () => {
    setFault(undefined);
    setDraft(saved);
    drafts.delete(saved.api_name);
  };
  const grant = (at: Spot, value: Grant) => change(namesOf(at.line).reduce((now, name) => withGrant(now, name, at.action, value), draft));
  const toggle = (at: Spot) => {
    const level = levelOfAll(namesOf(at.line).map((name) => levelOf(grantOf(draft, name, at.action))));
    grant(at, level === "none");
  };
  /** Shows the cell of an object. */
  const go = (name: string, action: Action) => {
    const object = objects.find(({ api_name }) => api_name === name);
    if (object) setSpot({ line: lineOf(object, pluralOf(object, language)), action });
  };

  const save = async () => {
    if (!isChanged || busy) return;
    for (const name of names) {
      const begun = ACTIONS.find((action) => isBegun(grantOf(draft, name, action)));
      if (!begun) continue;
      go(name, begun);
      return setFault(t("admin.sayWhich"));
    }
    setBusy(true);
    setFault(undefined);
    try {
      await changeRole(saved.api_name, bodyOf(draft));
      drafts.delete(saved.api_name);
      say(t("admin.savedRole", { name: title }));
    } catch (error) {
      const at = error instanceof Problem ? cellAt(error.faults[0]?.pointer ?? "") : undefined;
      if (at && at.object !== EVERYTHING_NEW) go(at.object, at.action);
      setFault(reasonOf(error));
    } finally {
      setBusy(false);
    }
  };
  // What was saved is what stands here, in the server's words.
  useEffect(() => {
    if (!drafts.has(saved.api_name)) setDraft(saved);
  }, [saved]);
  useShortcut("save", () => void save(), isChanged);
  useActions([
    isChanged && { id: "save-role", icon: "check", label: t("admin.saveChanges", { count }), act: () => void save() },
    { id: "duplicate-role", icon: "copy", label: t("admin.duplicate"), act: () => setAsked("duplicate") },
  ]);

  const [single] = spot && !spot.line.isGroup ? spot.line.objects : [];
  const pane = spot && (
    <>
      <GrantPane key={`${spot.line.key}/${spot.action}`} role={role} spot={spot} isFixed={isFixed} onGrant={(value) => grant(spot, value)} onUnname={(object) => change(unnamed(draft, object))} />
      {/* The person and the record stay as one goes from right to right. */}
      {single && <WhyPane key={single.api_name} object={single} action={spot.action} />}
    </>
  );
  return (
    <>
      <header className="bar deep">
        <nav className="crumbs" aria-label={t("record.where")}>
          <Link to="/admin/members" className="off-phone">
            {t("shell.admin")}
          </Link>
          <span className="off-phone">
            <Icon name="chevron-right" size={14} />
          </span>
          <Link to="/admin/roles">{t("shell.roles")}</Link>
          <Icon name="chevron-right" size={14} />
          <h1 className="here cut">{title}</h1>
        </nav>
        {people !== undefined && <span className="muted off-phone">{t("admin.people", { count: people })}</span>}
        <span className="grow" />
        <Ghost icon="copy" onClick={() => setAsked("duplicate")}>
          {t("admin.duplicate")}
        </Ghost>
        {!isFixed && (
          <Menu align="end" trigger={<IconButton icon="ellipsis" label={t("common.more")} />}>
            <MenuItem icon="pencil" onClick={() => setAsked("rename")}>
              {t("admin.rename")}
            </MenuItem>
            <MenuRule />
            <MenuItem icon="trash-2" bad onClick={() => setAsked("remove")}>
              {t("admin.removeRole")}
            </MenuItem>
          </Menu>
        )}
      </header>
      {isFixed && (
        <p className="notice is-bar" role="status">
          <Icon name="lock" />
          {t("admin.fixed")}
        </p>
      )}
      <div className="split">
        <div className="scroll">
          <Matrix role={role} groups={groups} changed={changed} spot={spot} onSpot={setSpot} onToggle={toggle} isFixed={isFixed} />
          <section className="areas" aria-label={t("admin.areas")}>
            <h2>{t("admin.areas")}</h2>
            <div className="area-checks">
              {AREAS.map((area) => (
                <CheckLine
                  key={area}
                  checked={draft.admin.includes(area)}
                  disabled={isFixed || !(administers(me, area) || draft.admin.includes(area) || saved.admin.includes(area))}
                  onChange={(checked) => change({ ...draft, admin: AREAS.filter((each) => (each === area ? checked : draft.admin.includes(each))) })}
                >
                  {t(`admin.areaNames.${area}`)}
                </CheckLine>
              ))}
            </div>
          </section>
        </div>
        {!narrow && (
          <aside className="side" aria-label={spot ? `${spot.line.name}, ${t(`admin.actions.${spot.action}`)}` : t("admin.oneRight")}>
            {pane ?? <p className="pane muted">{t("admin.chooseCell")}</p>}
          </aside>
        )}
      </div>
      {narrow && spot && (
        <Dialog open onClose={() => setSpot(undefined)} title={`${spot.line.name} · ${t(`admin.actions.${spot.action}`)}`} className="full">
          <div className="side body-text">{pane}</div>
        </Dialog>
      )}
      <footer className="pending">
        {fault === undefined ? (
          <span className="legend off-phone">
            {(["all", "some", "none"] as const).map((level) => (
              <span key={level}>
                <Glyph level={level} />
                {t(`admin.legend.${level}`)}
              </span>
            ))}
          </span>
        ) : (
          <span className="bad-word cut" role="alert">
            {fault}
          </span>
        )}
        <span className="grow" />
        {isChanged && (
          <>
            <span className="muted" role="status">
              {t("model.changes", { count })}
            </span>
            <Button onClick={discard}>{t("model.discard")}</Button>
            <Button primary disabled={busy} onClick={() => void save()}>
              {t("admin.saveChanges", { count })}
            </Button>
          </>
        )}
      </footer>
      {asked === "duplicate" && (
        <RoleNameDialog
          title={t("admin.duplicateTitle", { name: title })}
          act={t("admin.duplicate")}
          name={t("record.copyName", { name: title })}
          onClose={() => setAsked(undefined)}
          onName={async (name, api_name) => {
            await makeRole({ api_name, name, ...bodyOf(draft) });
            await navigate({ to: "/admin/roles/$role", params: { role: api_name } });
          }}
        />
      )}
      {asked === "rename" && (
        <RoleNameDialog title={t("admin.rename")} act={t("common.save")} name={saved.name} known={saved.api_name} onClose={() => setAsked(undefined)} onName={(name) => changeRole(saved.api_name, { name })} />
      )}
      {asked === "remove" && (
        <Confirm
          title={t("admin.removeTitle", { name: title })}
          detail={t("admin.removeRoleDetail")}
          act={t("common.remove")}
          onClose={() => setAsked(undefined)}
          onAct={async () => {
            await removeRole(saved.api_name);
            drafts.delete(saved.api_name);
            await navigate({ to: "/admin/roles" });
            say(t("admin.removed", { name: title }));
          }}
        />
      )}
    </>
  );
}
