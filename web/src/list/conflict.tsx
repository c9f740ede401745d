/** The same field was changed by another: both values, to choose from. */

import { nameOf, type Values } from "../api/model.ts";
import { type Conflict, discard } from "../api/save.ts";
import { fieldsOf } from "../api/model.ts";
import { useFieldContext, widgetOf } from "../fields/index.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { useWords } from "../words/index.ts";

const same = (a: unknown, b: unknown) => JSON.stringify(a ?? null) === JSON.stringify(b ?? null);

export function ConflictDialog({ conflict, onMine, onClose }: { conflict: Conflict; onMine: (values: Values) => void; onClose: () => void }) {
  const t = useWords();
  const context = useFieldContext();
  const { change, base, theirs } = conflict;
  const clashing = fieldsOf(change.object).filter(
    (field) => field.value_key in change.values && !same(theirs[field.value_key], base[field.value_key]),
  );
  const keepTheirs = () => {
    discard(change.object, change.id, Object.keys(change.values));
    onClose();
  };
  const names = clashing.map((field) => nameOf(field, context.language)).join(", ");
  return (
    <Dialog
      open
      onClose={keepTheirs}
      title={t("list.conflict", { field: names })}
      footer={
        <>
          <Button onClick={keepTheirs}>{t("list.keepTheirs")}</Button>
          <Button
            primary
            onClick={() => {
              onMine(change.values);
              onClose();
            }}
          >
            {t("list.keepMine")}
          </Button>
        </>
      }
    >
      <div className="body-text">
        {clashing.map((field) => {
          const { Display } = widgetOf(context.model, field);
          const shown = (values: Values) => {
            const value = values[field.value_key];
            return value === null || value === undefined ? null : <Display value={value} field={field} record={values} context={context} />;
          };
          return (
            <dl key={field.api_name} className="both">
              <dt>{t("list.theirs")}</dt>
              <dd>{shown(theirs)}</dd>
              <dt>{t("list.yours")}</dt>
              <dd>{shown(change.values)}</dd>
            </dl>
          );
        })}
      </div>
    </Dialog>
  );
}
