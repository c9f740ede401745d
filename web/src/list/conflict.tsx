/** The same field was changed by another: both values, to choose from. */

import { type Conflict, settleConflict } from "../api/conflicts.ts";
import { fieldsOf, nameOf, type Values } from "../api/model.ts";
import { discard } from "../api/save.ts";
import { useFieldContext } from "../fields/index.ts";
import { Value } from "../fields/parts/value.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { useWords } from "../words/index.ts";

export function ConflictDialog({ conflict, onMine }: { conflict: Conflict; onMine: (values: Values) => void }) {
  const t = useWords();
  const context = useFieldContext();
  const { object, id, mine, theirs } = conflict;
  const keys = Object.keys(mine);
  const fields = fieldsOf(object).filter((field) => keys.includes(field.value_key));
  const keepTheirs = () => {
    settleConflict(conflict, keys);
    discard(object, id, keys);
  };
  const names = fields.map((field) => nameOf(field, context.language)).join(", ");
  return (
    <Dialog
      open
      onClose={keepTheirs}
      title={t("list.conflict", { field: names })}
      footer={
        <>
          <Button onClick={keepTheirs}>{t("list.keepTheirs")}</Button>
          <Button primary onClick={() => onMine(settleConflict(conflict, keys))}>
            {t("list.keepMine")}
          </Button>
        </>
      }
    >
      <div className="body-text">
        {fields.map((field) => {
          const shown = (values: Values) => {
            const value = values[field.value_key];
            return value === null || value === undefined ? null : <Value value={value} field={field} record={values} context={context} />;
          };
          return (
            <dl key={field.api_name} className="both">
              <dt>{t("list.theirs")}</dt>
              <dd>{shown(theirs)}</dd>
              <dt>{t("list.yours")}</dt>
              <dd>{shown(mine)}</dd>
            </dl>
          );
        })}
      </div>
    </Dialog>
  );
}
