import { useNavigate, useParams } from "@tanstack/react-router";
import { mayShapeModel, useMe } from "../api/me.ts";
import { useModel } from "../api/model.ts";
import type { GridColumn } from "../grid/table.ts";
import { MenuAt, MenuItem, MenuRule } from "../ui/menu.tsx";
import { useWords } from "../words/index.ts";
import { moved, plainColumns } from "./columns.tsx";
import type { Column, ViewColumn } from "./view.ts";

interface Properties {
  column: GridColumn;
  anchor: Element;
  columns: Column[];
  sortable: boolean;
  onClose: () => void;
  onColumns: (columns: ViewColumn[]) => void;
  onSort: (descending: boolean) => void;
}

export function ColumnMenu({ column, anchor, columns, sortable, onClose, onColumns, onSort }: Properties) {
  const t = useWords();
  const me = useMe();
  const navigate = useNavigate();
  const { plural } = useParams({ from: "/o/$plural" });
  const object = useModel().byPlural.get(plural);
  const plain = plainColumns(columns);
  const at = columns.findIndex((each) => each.path === column.path);
  const to = (other: Column | undefined) => other && onColumns(moved(plain, column.path, other.path));
  const pin = () => onColumns(plain.map(({ pinned, ...rest }) => ({ ...rest, ...((rest.path === column.path ? !pinned : pinned) && { pinned: true }) })));
  return (
    <MenuAt anchor={anchor} onClose={onClose}>
      {sortable && (
        <>
          <MenuItem icon="arrow-up" onClick={() => onSort(false)}>
            {t("list.sortAscending")}
          </MenuItem>
          <MenuItem icon="arrow-down" onClick={() => onSort(true)}>
            {t("list.sortDescending")}
          </MenuItem>
          <MenuRule />
        </>
      )}
      <MenuItem icon={column.pinned ? "pin-off" : "pin"} onClick={pin}>
        {t(column.pinned ? "list.unpin" : "list.pin")}
      </MenuItem>
      <MenuItem icon="arrow-left" disabled={at <= 0} onClick={() => to(columns[at - 1])}>
        {t("list.moveLeft")}
      </MenuItem>
      <MenuItem icon="arrow-right" disabled={at === columns.length - 1} onClick={() => to(columns[at + 1])}>
        {t("list.moveRight")}
      </MenuItem>
      <MenuItem icon="eye-off" onClick={() => onColumns(plain.filter((each) => each.path !== column.path))}>
        {t("list.hide")}
      </MenuItem>
      {mayShapeModel(me) && object && column.field.id !== undefined && (
        <>
          <MenuRule />
          <MenuItem icon="pencil" onClick={() => void navigate({ to: "/model/$object", params: { object: object.api_name }, hash: column.field.api_name })}>
            {t("list.editField")}
          </MenuItem>
        </>
      )}
    </MenuAt>
  );
}
