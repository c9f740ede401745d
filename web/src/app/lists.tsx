/** On a phone: the places that the sidebar holds elsewhere. */

import { Link } from "@tanstack/react-router";
import { Icon } from "../ui/icon.tsx";
import { useWords } from "../words/index.ts";
import { Places } from "./places.tsx";
import { useTitle } from "./title.ts";

export default function Lists() {
  const t = useWords();
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
    </>
  );
}
