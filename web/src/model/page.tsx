/** Objects and what relates them. */

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useShortcut } from "../app/shortcuts.ts";
import { useTitle } from "../app/title.ts";
import { Icon } from "../ui/icon.tsx";
import { Button } from "../ui/button.tsx";
import { useWords } from "../words/index.ts";
import { Maker } from "./maker.tsx";
import "./model.css";

export default function ModelPage() {
  const t = useWords();
  const navigate = useNavigate();
  const { new: isNew = false } = useSearch({ from: "/model" });
  useTitle(t("model.model"));
  const make = () => void navigate({ to: "/model", search: { new: true } });
  useShortcut("new", make);
  return (
    <>
      <header className="bar">
        <h1>
          <Icon name="shapes" />
          {t("model.model")}
        </h1>
        <span className="grow" />
        <Button small primary icon="plus" onClick={make}>
          {t("model.newObject")}
        </Button>
      </header>
      {isNew && <Maker onClose={() => void navigate({ to: "/model", search: {} })} />}
    </>
  );
}
