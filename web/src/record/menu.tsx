/** The acts on a record: in the menu of its bar, and in the palette while the record is open. */

import { useNavigate } from "@tanstack/react-router";
import { remove } from "../api/bulk.ts";
import { beginAct } from "../api/changes.ts";
import { mayShapeModel, useMe } from "../api/me.ts";
import { type Action, useActions } from "../app/actions.ts";
import { favouriteOf } from "../app/arrangement.ts";
import { sayDone } from "../app/done.ts";
import { toggleFavourite, useSidebar } from "../app/sidebar-items.ts";
import { useFieldContext } from "../fields/index.ts";
import { IconButton } from "../ui/button.tsx";
import { Menu, MenuItem, MenuRule } from "../ui/menu.tsx";
import { reasonOf } from "../ui/reason.ts";
import { say } from "../ui/toast.tsx";
import { useWords } from "../words/index.ts";
import { duplicate } from "./acts.ts";
import type { Shown } from "./record.tsx";

interface Properties {
  record: Shown;
  onGone: () => void;
  /** Acts of the place that shows the record. */
  others?: Action[];
}

export function RecordMenu({ record, onGone, others = [] }: Properties) {
  const t = useWords();
  const acts = useRecordActs(record, onGone);
  useActions([...acts, ...others].map((act) => ({ ...act, id: `record-${act.id}`, what: record.title })));
  const shown = acts.filter(({ id }) => id !== "star");
  return (
    <Menu align="end" trigger={<IconButton icon="ellipsis" label={t("record.more")} />}>
      {shown.map(({ id, icon, label, act }) => [
        id === "delete" && <MenuRule key="rule" />,
        <MenuItem key={id} icon={icon} bad={id === "delete"} onClick={act}>
          {label}
        </MenuItem>,
      ])}
    </Menu>
  );
}

function useRecordActs(record: Shown, onGone: () => void): Action[] {
  const t = useWords();
  const { model } = useFieldContext();
  const navigate = useNavigate();
  const me = useMe();
  const { favourites, mayKeepFavourites } = useSidebar();
  const { object, id, title, values } = record;
  const attempt = async (act: () => Promise<void>) => {
    try {
      await act();
    } catch (error) {
      say(reasonOf(error, object), { bad: true });
    }
  };
  const bin = async () => {
    const act = beginAct(t("record.deleted", { name: title }));
    await remove(object, { ids: [id] }, act);
    onGone();
    sayDone(act);
  };
  const copy = async () => {
    const made = await duplicate(model, object, values, title);
    await navigate({ to: "/o/$plural/$id", params: { plural: object.plural_api_name, id: made.id } });
    sayDone(made.act);
  };
  const copyLink = async () => {
    await navigator.clipboard.writeText(`${location.origin}/o/${object.plural_api_name}/${id}`);
    say(t("common.copied"));
  };
  const may = object.permissions;
  const place = { object, record: id };
  const isFavourite = favouriteOf(favourites, place) !== undefined;
  const acts: (Action | false)[] = [
    may.update && !record.isBinned && { id: "edit-all", icon: "pencil", label: t("record.editAll"), act: record.editAll },
    may.create && !object.read_only && !record.isBinned && { id: "duplicate", icon: "copy", label: t("record.duplicate"), act: () => void attempt(copy) },
    { id: "copy-link", icon: "link", label: t("record.copyLink"), act: () => void attempt(copyLink) },
    mayKeepFavourites && {
      id: "star",
      icon: "star",
      label: t(isFavourite ? "shell.removeFavourite" : "shell.addFavourite"),
      act: () => void toggleFavourite(model, favourites, me.user.id, place, title),
    },
    mayShapeModel(me) && { id: "fields", icon: "shapes", label: t("record.editInModel"), act: () => void navigate({ to: "/model/$object", params: { object: object.api_name } }) },
    may.delete && !object.read_only && !record.isBinned && { id: "delete", icon: "trash-2", label: t("record.delete"), act: () => void attempt(bin) },
  ];
  return acts.filter((act) => act !== false);
}
