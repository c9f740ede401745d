/** An object and its fields: their order and sections at the left, one of them with all its settings at the right. */

import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { type DragEvent, type KeyboardEvent, lazy, Suspense, useState } from "react";
import { mayShapeModel, useMe } from "../api/me.ts";
import { loadModel, nameOf, type ObjectType, pluralOf, useModel, type Values } from "../api/model.ts";
import { faultAt, Problem } from "../api/problem.ts";
import { NotFound } from "../app/shell.tsx";
import { useActions } from "../app/actions.ts";
import { useShortcut } from "../app/shortcuts.ts";
import { useTitle } from "../app/title.ts";
import { useFieldContext } from "../fields/index.ts";
import { showNumber } from "../lib/numbers.ts";
import { Button, Ghost, IconButton } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Icon } from "../ui/icon.tsx";
import { Menu, MenuItem, MenuRule } from "../ui/menu.tsx";
import { useNarrow } from "../ui/narrow.ts";
import { say } from "../ui/toast.tsx";
import { useWords } from "../words/index.ts";
import { apply, countOf, type Edits, linesOf, moved, movedSection, NO_EDITS, type Shown, shownFields, newDraft, useEdits, useTrial } from "./edits.ts";
import { FieldPane } from "./field-pane.tsx";
import { ObjectPane } from "./object-pane.tsx";
import { leadsTo, typeIcon } from "./type-picker.tsx";
import { useCount } from "./usage.tsx";
import "../ui/panes.css";
import "./model.css";

const IconPicker = lazy(() => import("../ui/icon-picker.tsx"));

export default function DesignerPage() {
  const { object: name } = useParams({ from: "/model/$object" });
  const object = useModel().byName.get(name);
  return object ? <Designer key={name} object={object} /> : <NotFound />;
}

const OBJECT = "";

/** Of an element that is drawn or put elsewhere by what has just been done. */
const focusSoon = (selector: string) => requestAnimationFrame(() => document.querySelector<HTMLElement>(selector)?.focus());

function Designer({ object }: { object: ObjectType }) {
  const t = useWords();
  const { model, language, locale } = useFieldContext();
  const me = useMe();
  const navigate = useNavigate();
  const may = mayShapeModel(me);
  const [edits, setEdits] = useEdits(object);
  const [at, setAt] = useState<string>(object.fields[0]?.api_name ?? OBJECT);
  const narrow = useNarrow();
  /** On a phone the settings are a sheet. */
  const [isOpen, setOpen] = useState(false);
  const [adding, setAdding] = useState("");
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const [dragged, setDragged] = useState<number>();
  const trial = useTrial(object, edits);
  const fault = problem ?? (trial === "fits" ? undefined : trial);
  const fields = shownFields(object, edits, model);
  const lines = linesOf(object, edits);
  const count = countOf(edits);
  const records = useCount(object);
  const open = fields.get(at);
  const head = { ...object, ...edits.head } as ObjectType;
  const title = nameOf(head, language);
  useTitle(title);

  const choose = (name: string) => {
    setAt(name);
    setOpen(true);
  };
  const change = (next: (now: Edits) => Edits) => {
    setProblem(undefined);
    setEdits(next);
  };
  const patchHead = (patch: Values) => change((now) => ({ ...now, head: { ...now.head, ...patch } }));
  const patchField = ({ name, draft }: Shown, patch: Values) =>
    change((now) => {
      const merged = (had: Values): Values => ({ ...had, ...patch, ...(patch["settings"] !== undefined && { settings: { ...(had["settings"] as Values), ...(patch["settings"] as Values) } }) });
      if (!draft) return { ...now, fields: { ...now.fields, [name]: merged(now.fields[name] ?? {}) } };
      return { ...now, added: now.added.map((each) => (each.draft.key === name ? { ...each, patch: merged(each.patch) } : each)) };
    });
  const add = () => {
    if (adding.trim() === "") return;
    const made = newDraft(adding.trim());
    change((now) => ({ ...now, added: [...now.added, made] }));
    choose(made.draft.key);
    setAdding("");
  };
  const forget = (name: string) => {
    change((now) => {
      const { [name]: _, ...rest } = now.fields;
      return { ...now, fields: rest, added: now.added.filter(({ draft }) => draft.key !== name) };
    });
    setAt(OBJECT);
    setOpen(false);
  };
  const move = (from: number, to: number) => change((now) => ({ ...now, lines: moved(lines, from, to) }));
  const addSection = (before: number) => {
    const key = `n${Date.now()}`;
    const next = [...lines];
    next.splice(before, 0, { kind: "section", section: { key, title: t("model.section") } });
    change((now) => ({ ...now, lines: next }));
    focusSoon(`[data-section="${key}"]`);
  };
  const moveSection = (key: string, by: -1 | 1) => {
    change((now) => ({ ...now, lines: movedSection(lines, key, by) }));
    focusSoon(`[data-section="${key}"]`);
  };
  const nameSection = (key: string, name: string) =>
    change((now) => ({ ...now, lines: lines.map((line) => (line.kind === "section" && line.section.key === key ? { ...line, section: { ...line.section, title: name } } : line)) }));
  const dropSection = (key: string) => change((now) => ({ ...now, lines: lines.filter((line) => line.kind === "field" || line.section.key !== key) }));

  const applyAll = async () => {
    if (count === 0 || busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await apply(object, edits, fields);
      await loadModel();
      const added = edits.added.find(({ draft }) => draft.key === at);
      if (added) setAt(fields.get(at)?.field.api_name ?? OBJECT);
      setEdits(() => NO_EDITS);
      say(t("model.applied"));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
      // What went in before the fault is there.
      await loadModel();
    } finally {
      setBusy(false);
    }
  };
  useShortcut("save", () => void applyAll(), count > 0);
  useActions([
    may && count > 0 && { id: "apply", icon: "check", label: t("model.apply", { count }), act: () => void applyAll() },
    may && { id: "add-field", icon: "plus", label: t("model.addField"), act: () => document.querySelector<HTMLElement>(".add-field")?.focus() },
    object.permissions.read && { id: "list", icon: object.icon ?? "shapes", label: t("model.openList"), act: () => void navigate({ to: "/o/$plural", params: { plural: object.plural_api_name } }) },
    may && { id: "object", icon: "settings", label: t("model.theObject"), act: () => choose(OBJECT) },
  ]);

  const said = [
    ...(Object.keys(edits.head).length > 0 ? [t("model.changedObject", { name: title })] : []),
    ...[...fields.values()].filter(({ isChanged, draft }) => isChanged && !draft).map(({ field }) => t("model.changedField", { name: field.name })),
    ...edits.added.map(({ draft }) => t("model.newField", { name: draft.name })),
    ...(edits.lines ? [t("model.newOrder")] : []),
  ].join("; ");

  const mustBe = ({ field }: Shown) =>
    [field.required && t("model.isRequired"), field.unique && t("model.isUnique"), field.indexed && t("model.isIndexed")].filter(Boolean).join(", ");
  const typeWords = ({ field }: Shown): string => {
    const type = model.types.get(field.type);
    if (!type) return field.type;
    const target = field.settings.to === undefined ? undefined : model.byName.get(field.settings.to);
    if (target) return t("model.relationTo", { object: nameOf(target, language) });
    const many = field.settings.options?.length;
    return many === undefined ? type.title[language] : t("model.choiceOf", { type: type.title[language], count: many });
  };
  const onRowKey = (event: KeyboardEvent, index: number) => {
    if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown") || !may) return;
    event.preventDefault();
    event.stopPropagation();
    const name = (event.currentTarget as HTMLElement).dataset["name"];
    move(index, event.key === "ArrowUp" ? index - 1 : index + 2);
    focusSoon(`.fields [data-name="${name}"]`);
  };
  const drops = (index: number) => ({
    onDragOver: (event: DragEvent) => dragged !== undefined && event.preventDefault(),
    onDrop: (event: DragEvent) => {
      event.preventDefault();
      if (dragged !== undefined) move(dragged, index > dragged ? index + 1 : index);
      setDragged(undefined);
    },
  });

  const paneTitle = open ? t("model.settingsOf", { name: open.field.name }) : t("model.theObject");
  const pane = open ? (
            <FieldPane
              key={open.name + open.field.type}
              object={object}
              shown={open}
              disabled={!may}
              fault={(pointer) => faultAt(fault, pointer)}
              onChange={(patch) => patchField(open, patch)}
              onDraft={(next) => change((now) => ({ ...now, added: now.added.map((each) => (each.draft.key === open.name ? { ...each, draft: { ...each.draft, ...next } } : each)) }))}
              onRemoved={() => forget(open.name)}
            />
          ) : (
            <ObjectPane object={object} head={edits.head} fields={[...fields.values()]} disabled={!may} onChange={patchHead} />
          );

  return (
    <>
      <header className="bar deep">
        <nav className="crumbs" aria-label={t("record.where")}>
          <Link to="/model">{t("model.model")}</Link>
          <Icon name="chevron-right" size={14} />
          <span className="here cut">{title}</span>
        </nav>
        <span className="grow" />
        {object.permissions.read && (
          <Link className="ghost ink off-phone" to="/o/$plural" params={{ plural: object.plural_api_name }}>
            {t("model.openList")}
            <Icon name="arrow-right" size={14} />
          </Link>
        )}
      </header>
      {!may && (
        <p className="notice is-bar" role="status">
          <Icon name="lock" />
          {t("model.readOnly", { tenant: me.tenant.name })}
        </p>
      )}
      <div className="split">
        <div className="scroll">
          <div className="object-head">
            <Suspense
              fallback={
                <span className="glyph">
                  <Icon name={head.icon ?? "shapes"} />
                </span>
              }
            >
              <IconPicker
                value={head.icon ?? "shapes"}
                onChange={(icon) => patchHead({ icon })}
                trigger={
                  <button type="button" className="glyph" disabled={!may} aria-label={t("model.chooseIcon")}>
                    <Icon name={head.icon ?? "shapes"} />
                  </button>
                }
              />
            </Suspense>
            <button type="button" className={`object-name ${at === OBJECT ? "on" : ""}`} aria-pressed={at === OBJECT} onClick={() => choose(OBJECT)}>
              <h1>{title}</h1>
              <span className="muted">
                {pluralOf(head, language)} <span className="faint">·</span> <span className="mono">{`${object.api_name}, ${object.plural_api_name}`}</span>
                {records !== undefined && (
                  <>
                    {" "}
                    <span className="faint">·</span> <span className="num">{t("model.records", { count: records }).replace(String(records), showNumber(records, locale))}</span>
                  </>
                )}
              </span>
            </button>
          </div>
          <div className="fields cols-fields body">
            <div className="row head" aria-hidden>
              <div className="grip" />
              <div>{t("model.field")}</div>
              <div>{t("model.type")}</div>
              <div>{t("model.mustBe")}</div>
              <div>{t("model.apiName")}</div>
            </div>
            <ul aria-label={t("model.fieldsOf", { name: title })}>
              {lines.map((line, index) => {
                if (line.kind === "section") {
                  return (
                    <li key={line.section.key} className="group" {...drops(index)}>
                      {may ? (
                        <>
                          <input
                            className="section-name"
                            data-section={line.section.key}
                            aria-label={t("model.sectionName")}
                            value={line.section.title}
                            onChange={(event) => nameSection(line.section.key, event.currentTarget.value)}
                            onKeyDown={(event) => {
                              if (!event.altKey || (event.key !== "ArrowUp" && event.key !== "ArrowDown")) return;
                              event.preventDefault();
                              moveSection(line.section.key, event.key === "ArrowUp" ? -1 : 1);
                            }}
                          />
                          <Menu align="end" trigger={<IconButton icon="ellipsis" small className="row-menu" label={t("model.moveTo", { name: line.section.title })} />}>
                            <MenuItem icon="arrow-up" onClick={() => moveSection(line.section.key, -1)}>
                              {t("model.moveUp")}
                            </MenuItem>
                            <MenuItem icon="arrow-down" onClick={() => moveSection(line.section.key, 1)}>
                              {t("model.moveDown")}
                            </MenuItem>
                            <MenuRule />
                            <MenuItem icon="x" onClick={() => dropSection(line.section.key)}>
                              {t("model.removeSection")}
                            </MenuItem>
                          </Menu>
                        </>
                      ) : (
                        line.section.title
                      )}
                    </li>
                  );
                }
                const shown = fields.get(line.name);
                if (!shown) return null;
                const { field } = shown;
                const type = model.types.get(field.type);
                return (
                  <li key={line.name} className={`row ${line.name === at && (isOpen || !narrow) ? "on" : ""} ${dragged === index ? "is-dragged" : ""}`} {...drops(index)}>
                    <div className="grip" draggable={may} onDragStart={() => setDragged(index)} onDragEnd={() => setDragged(undefined)} aria-hidden>
                      {may && <Icon name="grip-vertical" size={14} />}
                    </div>
                    <button type="button" className="field-name" data-name={line.name} aria-pressed={line.name === at} onClick={() => choose(line.name)} onKeyDown={(event) => onRowKey(event, index)}>
                      <Icon name={type && leadsTo(type) ? "arrow-up-right" : typeIcon(type)} />
                      <span className="medium cut">{shown.draft ? field.name : nameOf(field, language)}</span>
                      {head.label_field === field.api_name && <span className="caption muted">{t("model.title")}</span>}
                      {shown.draft ? <span className="new-mark">{t("model.new")}</span> : shown.isChanged && <span className="draft" title={t("model.changed")} />}
                    </button>
                    <div className="muted cut">{typeWords(shown)}</div>
                    <div className="muted cut">{mustBe(shown)}</div>
                    <div className="muted mono cut">
                      <span className="cut off-phone">{field.api_name}</span>
                      {may && (
                        <Menu align="end" trigger={<IconButton icon="ellipsis" small className="row-menu" label={t("model.moveTo", { name: field.name })} />}>
                          <MenuItem icon="arrow-up" disabled={index === 0} onClick={() => move(index, index - 1)}>
                            {t("model.moveUp")}
                          </MenuItem>
                          <MenuItem icon="arrow-down" disabled={index === lines.length - 1} onClick={() => move(index, index + 2)}>
                            {t("model.moveDown")}
                          </MenuItem>
                          <MenuRule />
                          <MenuItem icon="plus" onClick={() => addSection(index)}>
                            {t("model.addSection")}
                          </MenuItem>
                          {type?.titles && !shown.draft && <MenuItem onClick={() => patchHead({ label_field: field.api_name })}>{t("model.useAsTitle")}</MenuItem>}
                        </Menu>
                      )}
                    </div>
                  </li>
                );
              })}
            </ul>
            {may && (
              <div className="row add">
                <div className="grip" />
                <div>
                  <Icon name="plus" />
                  <input
                    className="add-field"
                    value={adding}
                    placeholder={t("model.addField")}
                    aria-label={t("model.addField")}
                    autoComplete="off"
                    onChange={(event) => setAdding(event.currentTarget.value)}
                    onKeyDown={(event) => event.key === "Enter" && !event.nativeEvent.isComposing && add()}
                  />
                  <Ghost className="push" onClick={() => addSection(lines.length)}>
                    {t("model.addSection")}
                  </Ghost>
                </div>
              </div>
            )}
            {object.inverses.map((inverse) => {
              const other = model.byName.get(inverse.object);
              return (
                other && (
                  <div key={inverse.api_name} className="from">
                    <Icon name="arrow-left" />
                    {t("model.reached", { object: nameOf(other, language) })} <span className="mono">{inverse.api_name}</span>
                  </div>
                )
              );
            })}
          </div>
        </div>
        {!narrow && (
          <aside className="side" aria-label={paneTitle}>
            {pane}
          </aside>
        )}
      </div>
      {narrow && (
        <Dialog open={isOpen} onClose={() => setOpen(false)} title={paneTitle} className="full">
          <div className="side body-text">{pane}</div>
        </Dialog>
      )}
      {count > 0 && may && (
        <footer className="pending">
          <span className="draft" />
          <span className="cut" role={fault ? "alert" : "status"}>
            <b className="medium">{t("model.changes", { count })}</b>{" "}
            <span className={fault ? "bad-word" : "muted"}>
              {fault ? (fault.faults[0]?.message ?? fault.message) : `${said}. ${trial === "fits" ? t("model.fits") : ""}`}
            </span>
          </span>
          <span className="grow" />
          <Button onClick={() => change(() => NO_EDITS)}>{t("model.discard")}</Button>
          <Button primary disabled={busy} onClick={() => void applyAll()}>
            {t("model.apply", { count })}
          </Button>
        </footer>
      )}
    </>
  );
}
