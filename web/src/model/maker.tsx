/** A new object: its name, then its fields one after another, as the table that it will be. Nothing is saved until the end. */

import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, lazy, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { ownKey } from "../api/drafts.ts";
import { useMe, mayShapeModel } from "../api/me.ts";
import { type Language, loadModel } from "../api/model.ts";
import { Problem } from "../api/problem.ts";
import { call, get } from "../api/rest.ts";
import { keyCap } from "../app/shortcuts.ts";
import { useFieldContext } from "../fields/index.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Icon } from "../ui/icon.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { say } from "../ui/toast.tsx";
import { useWords } from "../words/index.ts";
import { Derived } from "./derived.tsx";
import { definitionOf, type DraftField, type DraftObject, draw, type Drawn, type DrawnObject, emptyField } from "./draft.ts";
import { curlExample } from "./examples.ts";
import { Header, widthOf } from "./header.tsx";
import { Preview } from "./preview.tsx";

const IconPicker = lazy(() => import("../ui/icon-picker.tsx"));

const KEPT = "tessera.new-object";

/** What was drawn before, where the sheet was closed without creating. */
function kept(title: string): DraftObject {
  try {
    const found = JSON.parse(sessionStorage.getItem(ownKey(KEPT)) ?? "") as DraftObject;
    if (Array.isArray(found.fields)) return { ...found, fields: openEnded(found.fields) };
  } catch {
    // Nothing was kept.
  }
  return { name: "", fields: [emptyField(title), emptyField()] };
}

/** The last head is always an empty one, where the next field is typed. */
const openEnded = (fields: DraftField[]): DraftField[] => (fields.at(-1)?.name === "" ? fields : [...fields, emptyField()]);

export function Maker({ onClose }: { onClose: () => void }) {
  const t = useWords();
  const { model, language } = useFieldContext();
  const me = useMe();
  const navigate = useNavigate();
  const [draft, setDraft] = useState<DraftObject>(() => kept(t("model.defaultTitle")));
  const [at, setAt] = useState<string>();
  const [problem, setProblem] = useState<Problem>();
  const [missing, setMissing] = useState<string>();
  const [busy, setBusy] = useState(false);
  const sheet = useRef<HTMLDivElement>(null);
  const nameBox = useRef<HTMLInputElement>(null);
  const object = useMemo(() => draw(draft, model, model.objects[0]), [draft, model]);
  const byKey = new Map(object.fields.map((drawn) => [drawn.draft.key, drawn]));
  const may = mayShapeModel(me);

  useEffect(() => sessionStorage.setItem(ownKey(KEPT), JSON.stringify(draft)), [draft]);

  const change = (next: Partial<DraftObject>) => {
    setProblem(undefined);
    setMissing(undefined);
    setDraft((now) => ({ ...now, ...next }));
  };
  const changeField = (key: string, next: Partial<DraftField>) => {
    setProblem(undefined);
    setMissing(undefined);
    setDraft((now) => ({ ...now, fields: openEnded(now.fields.map((field) => (field.key === key ? { ...field, ...next } : field))) }));
  };
  const focus = (part: string) => requestAnimationFrame(() => sheet.current?.querySelector<HTMLElement>(`[data-part="${part}"]`)?.focus());

  const last = draft.fields.at(-1)?.key ?? "";

  /** To the head after this one, and from the empty one at the end to the button. */
  const next = (key: string) => {
    const index = draft.fields.findIndex((field) => field.key === key);
    focus(draft.fields[index + 1]?.key ?? "create");
  };

  const remove = (key: string) => {
    const index = draft.fields.findIndex((field) => field.key === key);
    if (key !== last) change({ fields: draft.fields.filter((field) => field.key !== key) });
    focus(draft.fields[index - 1]?.key ?? "name");
  };

  const create = async () => {
    if (busy || !may) return;
    if (object.name === "" || object.apiName === "") {
      setMissing(t("model.needsName"));
      return focus("name");
    }
    const open = object.fields.find((drawn) => drawn.needsOptions);
    if (open) {
      setMissing(t("model.needsOptions", { name: open.field.name }));
      return focus(`options-${open.draft.key}`);
    }
    setBusy(true);
    setProblem(undefined);
    try {
      await call("POST", "/metadata/objects", { body: definitionOf(object) });
      sessionStorage.removeItem(ownKey(KEPT));
      await loadModel();
      await navigate({ to: "/o/$plural", params: { plural: object.pluralApiName }, search: { new: true } });
      sayCreated(object);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      setProblem(error);
      setBusy(false);
    }
  };

  const sayCreated = (made: DrawnObject) =>
    say(t("model.onApiToo", { name: made.name }), {
      act: {
        label: t("model.copyCurl"),
        onClick: () => void navigator.clipboard.writeText(curlExample(made, made.fields, made.label, t("model.sample", { name: made.name }))).then(() => say(t("common.copied"))),
      },
      back: { label: t("common.undo"), onClick: () => void undoCreated(made) },
    });

  const undoCreated = async (made: DrawnObject) => {
    const { data } = await get<{ data: unknown[] }>(`/${made.pluralApiName}`, { limit: 1, fields: "id", deleted: "include" });
    if (data.length > 0) return say(t("model.notEmpty", { name: made.name }), { bad: true });
    await call("DELETE", `/metadata/objects/${made.apiName}`, { query: { confirm: made.apiName } });
    await loadModel();
    await navigate({ to: "/model" });
    say(t("model.undoCreated", { name: made.name }));
  };

  const onKey = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    event.stopPropagation();
    void create();
  };

  const faults = faultsOf(problem, object);

  return (
    <Dialog open onClose={onClose} title={t("model.newObject")} bare className="maker" initialFocus={nameBox}>
      <div className="contents" ref={sheet} onKeyDown={onKey}>
        <header>
          {t("model.newObject")}
          <span className="grow" />
          <IconButton icon="x" label={t("common.close")} onClick={onClose} />
        </header>
        <div className="draw">
          {!may && <p className="notice">{t("model.readOnly", { tenant: me.tenant.name })}</p>}
          <label className="question" htmlFor="object-name">
            {t("model.question")}
          </label>
          <div className="answer">
            <Suspense fallback={<Icon name={object.icon} size={20} />}>
              <IconPicker
                value={object.icon}
                onChange={(icon) => change({ icon })}
                trigger={
                  <button type="button" className="glyph" tabIndex={-1} aria-label={t("model.chooseIcon")}>
                    <Icon name={object.icon} size={20} />
                  </button>
                }
              />
            </Suspense>
            <input
              id="object-name"
              ref={nameBox}
              data-part="name"
              value={draft.name}
              placeholder={t("model.nameExample")}
              autoComplete="off"
              disabled={!may}
              aria-describedby="object-derived"
              onChange={(event) => change({ name: event.currentTarget.value })}
              onKeyDown={(event) => {
                if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.nativeEvent.isComposing) return;
                event.preventDefault();
                if (object.name !== "") focus(last);
              }}
            />
          </div>
          <Derived object={object} onChange={change} fault={faults.head} />
          <div className="sketch-frame">
            <div className="sketch">
              <div className="row head">
                {draft.fields.map((field, index) => (
                  <Header
                    key={field.key}
                    field={field}
                    number={index + 1}
                    drawn={byKey.get(field.key)}
                    isTitle={byKey.get(field.key)?.field.api_name === object.label}
                    isNow={at === field.key}
                    isLast={field.key === last}
                    disabled={!may}
                    object={object}
                    fault={faults.fields.get(field.key)}
                    onFocus={() => setAt(field.key)}
                    onChange={(next) => changeField(field.key, next)}
                    onNext={() => next(field.key)}
                    onRemove={() => remove(field.key)}
                    onOptions={() => focus(`options-${field.key}`)}
                  />
                ))}
              </div>
              <Bones fields={draft.fields} drawn={byKey} language={language} />
            </div>
          </div>
          <p className="hint-keys">
            <Kbd>↵</Kbd> {t("model.hintEnter")} <Kbd>↓</Kbd> {t("model.hintType")} <Kbd>{`${keyCap("Mod")} ↵`}</Kbd> {t("model.hintCreate")}
          </p>
        </div>
        <Preview object={object.name === "" ? draw({ ...draft, name: t("model.nameExample") }, model, model.objects[0]) : object} />
        <footer>
          <span className={problem || missing ? "bad-word" : "muted"} role={problem || missing ? "alert" : undefined}>
            {missing ?? faults.rest ?? (problem ? t("model.refused") : t("model.nothingSaved"))}
          </span>
          <span className="grow" />
          <span className="muted off-phone">{t("model.fields", { count: object.fields.length })}</span>
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button primary data-part="create" disabled={busy || !may} onClick={() => void create()}>
            {object.name === "" ? t("model.createNothing") : t("model.create", { name: language === "en" ? object.name.toLowerCase() : object.name })}
          </Button>
        </footer>
      </div>
    </Dialog>
  );
}

/** A few rows of the table that it will be. */
function Bones({ fields, drawn, language }: { fields: DraftField[]; drawn: Map<string, Drawn>; language: Language }) {
  return (
    <div className="bones" aria-hidden>
      {Array.from({ length: 7 }, (_, row) => (
        <div key={row} className="row">
          {fields.map((field, column) => (
            <div key={field.key} className={field.name === "" ? "cell new" : "cell"} style={{ width: widthOf(field.name, drawn.get(field.key), language) }}>
              {drawn.get(field.key)?.to && <span className="bone w-4 flex-none" />}
              {field.name !== "" && <span className={`bone bone-${((row * 3 + column * 2) % 4) + 1}`} />}
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}

/** What the server has against the definition, where it lies. */
function faultsOf(problem: Problem | undefined, object: DrawnObject): { head: string | undefined; fields: Map<string, string>; rest: string | undefined } {
  const fields = new Map<string, string>();
  let head: string | undefined;
  for (const { pointer, message } of problem?.faults ?? []) {
    const index = /^\/fields\/(\d+)/.exec(pointer)?.[1];
    const drawn = index === undefined ? undefined : object.fields[Number(index)];
    if (drawn) fields.set(drawn.draft.key, message);
    else head ??= message;
  }
  return { head, fields, rest: problem && problem.faults.length === 0 ? problem.message : undefined };
}
