/** The acts on a record, in its bar. */

import { useNavigate } from "@tanstack/react-router";
import { remove } from "../api/bulk.ts";
import { beginAct } from "../api/changes.ts";
import { mayShapeModel, useMe } from "../api/me.ts";
import { sayDone } from "../app/done.ts";
import { useFieldContext } from "../fields/index.ts";
import { IconButton } from "../ui/button.tsx";
import { Menu, MenuItem, MenuRule } from "../ui/menu.tsx";
import { reasonOf } from "../ui/reason.ts";
import { say } from "../ui/toast.tsx";
import { useWords } from "../words/index.ts";
import { duplicate } from "./acts.ts";
import type { Shown } from "./record.tsx";

export function RecordMenu({ record, onGone }: { record: Shown; onGone: () => void }) {
  const t = useWords();
  const { model } = useFieldContext();
  const navigate = useNavigate();
  const me = useMe();
  const { object, id, title, values } = record;
  const attempt = async (act: () => Promise<void>) => {
    try {
      await act();
    } catch (error) {
      say(reasonOf(error, object), { bad: true });
    }
  };
  const bin = () =>
    attempt(async () => {
      const act = beginAct(t("record.deleted", { name: title }));
      await remove(object, { ids: [id] }, act);
      onGone();
      sayDone(act);
    });
  const copy = () =>
    attempt(async () => {
      const made = await duplicate(model, object, values, title);
      await navigate({ to: "/o/$plural/$id", params: { plural: object.plural_api_name, id: made.id } });
      sayDone(made.act);
    });
  const may = object.permissions;
  return (
    <Menu align="end" trigger={<IconButton icon="ellipsis" label={t("record.more")} />}>
      {may.update && !record.isBinned && (
        <MenuItem icon="pencil" onClick={record.editAll}>
          {t("record.editAll")}
        </MenuItem>
      )}
      {may.create && !object.read_only && !record.isBinned && (
        <MenuItem icon="copy" onClick={() => void copy()}>
          {t("record.duplicate")}
        </MenuItem>
      )}
      <MenuItem
        icon="link"
        onClick={() => void navigator.clipboard.writeText(`${location.origin}/o/${object.plural_api_name}/${id}`).then(() => say(t("common.copied")))}
      >
        {t("record.copyLink")}
      </MenuItem>
      {mayShapeModel(me) && (
        <MenuItem icon="shapes" onClick={() => void navigate({ to: "/model/$object", params: { object: object.api_name } })}>
          {t("record.editInModel")}
        </MenuItem>
      )}
      {may.delete && !object.read_only && !record.isBinned && (
        <>
          <MenuRule />
          <MenuItem icon="trash-2" bad onClick={() => void bin()}>
            {t("record.delete")}
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
