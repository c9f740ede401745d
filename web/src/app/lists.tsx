/** On a phone: the places that the sidebar holds elsewhere. */

import { Link } from "@tanstack/react-router";
import { useMe } from "../api/me.ts";
import { Icon } from "../ui/icon.tsx";
import { useWords } from "../words/index.ts";
import { mayAdminister } from "./admin-places.ts";
import { Places } from "./places.tsx";
import { useTitle } from "./title.ts";

export default function Lists() {
  const t = useWords();
  const me = useMe();
  useTitle(t("shell.lists"));
  return (
    <>
      <header className="bar">
        <h1>{t("shell.lists")}</h1>
      </header>
      <Places touch />
      <Link to="/model" className="place to-model">
        <Icon name="shapes" />
        {t("shell.model")}
      </Link>
      {mayAdminister(me) && (
        <Link to="/admin" className="place to-model">
          <Icon name="settings" />
          {t("shell.admin")}
        </Link>
      )}
    </>
  );
}
