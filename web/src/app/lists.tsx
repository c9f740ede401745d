/** On a phone: the places that the sidebar holds elsewhere. */

import { Link } from "@tanstack/react-router";
import { pluralOf, useModel } from "../api/model.ts";
import { Icon } from "../ui/icon.tsx";
import { useLanguage, useWords } from "../words/index.ts";
import { useTitle } from "./title.ts";
import { groupsOf } from "./sidebar.tsx";

export default function Lists() {
  const t = useWords();
  const language = useLanguage();
  const model = useModel();
  useTitle(t("shell.lists"));
  return (
    <>
      <header className="bar">
        <h1>{t("shell.lists")}</h1>
      </header>
      <div className="places on-page">
        {groupsOf(model, language).map((group) => (
          <section key={group.key}>
            <h2>{group.title ?? t("shell.other")}</h2>
            {group.objects.map((object) => (
              <Link key={object.api_name} className="place" to="/o/$plural" params={{ plural: object.plural_api_name }}>
                <Icon name={object.icon ?? "shapes"} />
                <span className="cut">{pluralOf(object, language)}</span>
              </Link>
            ))}
          </section>
        ))}
      </div>
    </>
  );
}
