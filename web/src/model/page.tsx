/** Objects and what relates them: as a list, and as a diagram. */

import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useMemo, useState } from "react";
import { mayShapeModel, useMe } from "../api/me.ts";
import { pluralOf } from "../api/model.ts";
import { useShortcut } from "../app/shortcuts.ts";
import { groupsOf } from "../app/groups.ts";
import { useTitle } from "../app/title.ts";
import { useFieldContext } from "../fields/index.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { useNarrow } from "../ui/narrow.ts";
import { useWords } from "../words/index.ts";
import { Maker } from "./maker.tsx";
import "../ui/panes.css";
import "./model.css";

const Diagram = lazy(() => import("./diagram.tsx"));

export default function ModelPage() {
  const t = useWords();
  const { model, language } = useFieldContext();
  const me = useMe();
  const navigate = useNavigate();
  const narrow = useNarrow();
  const { new: isNew = false } = useSearch({ from: "/model" });
  const [text, setText] = useState("");
  useTitle(t("model.model"));
  const may = mayShapeModel(me);
  const make = () => void navigate({ to: "/model", search: { new: true } });
  useShortcut("new", make, may);
  const shown = useMemo(() => model.objects.filter((object) => !object.hidden), [model]);
  const wanted = text.trim().toLocaleLowerCase();
  return (
    <>
      <header className="bar">
        <h1>
          <Icon name="shapes" />
          {t("model.model")}
        </h1>
        <span className="grow" />
        {may && (
          <Button small primary icon="plus" onClick={make}>
            {t("model.newObject")}
          </Button>
        )}
      </header>
      {!may && (
        <p className="notice is-bar" role="status">
          <Icon name="lock" />
          {t("model.readOnly", { tenant: me.tenant.name })}
        </p>
      )}
      <div className="model">
        <nav className="model-list" aria-label={t("model.objects")}>
          <label className="find-object">
            <Icon name="search" size={14} />
            <input placeholder={t("model.findObject")} aria-label={t("model.findObject")} value={text} onChange={(event) => setText(event.currentTarget.value)} />
          </label>
          {groupsOf(model, language).map((group) => {
            const objects = group.objects.filter((object) => pluralOf(object, language).toLocaleLowerCase().includes(wanted));
            return (
              objects.length > 0 && (
                <section key={group.key} className="places-like">
                  <h2>{group.title ?? t("shell.other")}</h2>
                  {objects.map((object) => (
                    <Link key={object.api_name} className="place" to="/model/$object" params={{ object: object.api_name }}>
                      <Icon name={object.icon ?? "shapes"} />
                      <span className="cut">{pluralOf(object, language)}</span>
                      <span className="count">{object.fields.length}</span>
                    </Link>
                  ))}
                </section>
              )
            );
          })}
        </nav>
        {!narrow && (
          <Suspense>
            <Diagram objects={shown} />
          </Suspense>
        )}
      </div>
      {isNew && <Maker onClose={() => void navigate({ to: "/model", search: {} })} />}
    </>
  );
}
