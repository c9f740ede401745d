/** A record by itself. */

import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { nameOf, pluralOf, useModel } from "../api/model.ts";
import { NotFound } from "../app/shell.tsx";
import { IconButton } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { useLanguage, useWords } from "../words/index.ts";
import { RecordMenu } from "./menu.tsx";
import { RecordView } from "./record.tsx";

export default function RecordPage() {
  const t = useWords();
  const language = useLanguage();
  const navigate = useNavigate();
  const { plural, id } = useParams({ from: "/o/$plural/$id" });
  const object = useModel().byPlural.get(plural);
  if (!object) return <NotFound />;
  const toList = () => void navigate({ to: "/o/$plural", params: { plural } });
  return (
    <RecordView
      key={id}
      object={object}
      id={id}
      isPage
      bar={(record) => (
        <header className="bar deep">
          <nav className="crumbs off-phone" aria-label={t("record.where")}>
            <Link to="/o/$plural" params={{ plural }}>
              {pluralOf(object, language)}
            </Link>
            <Icon name="chevron-right" size={14} />
            <span className="here cut">{record?.title ?? nameOf(object, language)}</span>
          </nav>
          <span className="on-phone">
            <IconButton icon="chevron-left" label={t("record.back")} onClick={toList} />
          </span>
          <span className="grow" />
          {record && <RecordMenu record={record} onGone={toList} />}
        </header>
      )}
    />
  );
}
