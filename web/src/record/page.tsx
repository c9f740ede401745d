/** A record by itself. */

import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { lazy, Suspense, useState } from "react";
import { nameOf, type ObjectType, pluralOf, useModel } from "../api/model.ts";
import { requestsOfRecord } from "../api/requests.ts";
import { NotFound } from "../app/shell.tsx";
import { Star } from "../app/star.tsx";
import { useTrail } from "../grid/trail.ts";
import { IconButton } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { useLanguage, useWords } from "../words/index.ts";
import { RecordMenu } from "./menu.tsx";
import { RecordView } from "./record.tsx";
import { Steps } from "./steps.tsx";

const Requests = lazy(() => import("../ui/requests.tsx"));

export default function RecordPage() {
  const { plural, id } = useParams({ from: "/o/$plural/$id" });
  const object = useModel().byPlural.get(plural);
  return object ? <RecordOf object={object} id={id} /> : <NotFound />;
}

function RecordOf({ object, id }: { object: ObjectType; id: string }) {
  const t = useWords();
  const language = useLanguage();
  const navigate = useNavigate();
  const model = useModel();
  const [asking, setAsking] = useState(false);
  const steps = useTrail(object, id);
  const plural = object.plural_api_name;
  const search = steps?.search ?? {};
  const toList = () => void navigate({ to: "/o/$plural", params: { plural }, search });
  const onStep = (by: 1 | -1) => {
    const next = steps?.next(by);
    if (next !== undefined) void navigate({ to: "/o/$plural/$id", params: { plural, id: next }, replace: true });
  };
  return (
    <RecordView
      key={id}
      object={object}
      id={id}
      isPage
      bar={(record) => (
        <header className="bar deep">
          <nav className="crumbs off-phone" aria-label={t("record.where")}>
            <Link to="/o/$plural" params={{ plural }} search={search}>
              {pluralOf(object, language)}
            </Link>
            <Icon name="chevron-right" size={14} />
            <span className="here cut">{record?.title ?? nameOf(object, language)}</span>
          </nav>
          <span className="on-phone">
            <IconButton icon="chevron-left" label={t("record.back")} onClick={toList} />
          </span>
          <span className="grow" />
          {steps && <Steps position={steps.position} onStep={onStep} />}
          {record && <IconButton icon="code" className="off-phone" label={t("model.onApi")} onClick={() => setAsking(true)} />}
          {record && <Star place={{ object, record: id }} label={record.title} />}
          {record && <RecordMenu record={record} onGone={toList} others={[{ id: "as-code", icon: "code", label: t("model.onApi"), act: () => setAsking(true) }]} />}
          <Suspense>
            {record && asking && <Requests requests={requestsOfRecord(model, object, id, record.values)} docs={`/api/v1/docs#${plural}`} onClose={() => setAsking(false)} />}
          </Suspense>
        </header>
      )}
    />
  );
}
