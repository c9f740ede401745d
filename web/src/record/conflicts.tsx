/** The same field was changed by two: both values, to choose from. */

import type { Conflict } from "../api/conflicts.ts";
import { fieldsOf, nameOf, type Values } from "../api/model.ts";
import { useFieldContext } from "../fields/index.ts";
import { Value } from "../fields/parts/value.tsx";
import { showMomentInside } from "../lib/dates.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { useWords } from "../words/index.ts";
import { whoIs } from "./load.ts";

interface Properties {
  conflicts: Conflict[];
  onTheirs: (conflict: Conflict, key: string) => void;
  onMine: (conflict: Conflict, key: string) => void;
}

export function Conflicts({ conflicts, onTheirs, onMine }: Properties) {
  const t = useWords();
  const context = useFieldContext();
  return conflicts.flatMap((conflict) =>
    Object.keys(conflict.mine).map((key) => {
      const field = fieldsOf(conflict.object).find((each) => each.value_key === key);
      if (!field) return null;
      const look = (values: Values) =>
        values[key] === null || values[key] === undefined ? <span className="muted">{t("record.nothing")}</span> : <Value value={values[key]} field={field} record={values} context={context} />;
      const when = typeof conflict.theirs["updated_at"] === "string" ? showMomentInside(conflict.theirs["updated_at"], context) : "";
      return (
        <section key={`${conflict.id}-${key}`} className="strip" role="alert">
          <Icon name="git-compare-arrows" />
          <p>
            <b className="medium">{nameOf(field, context.language)}</b> {t("record.conflict", { who: whoIs(conflict.theirs["updated_by"]), when })}
          </p>
          <span className="side">
            <span>{t("record.theirs")}</span>
            <b>{look(conflict.theirs)}</b>
          </span>
          <span className="side">
            <span>{t("record.yours")}</span>
            <b>{look(conflict.mine)}</b>
          </span>
          <Button small className="push" onClick={() => onTheirs(conflict, key)}>
            {t("record.keepTheirs")}
          </Button>
          <Button small onClick={() => onMine(conflict, key)}>
            {t("record.keepMine")}
          </Button>
        </section>
      );
    }),
  );
}
