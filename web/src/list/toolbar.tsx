/** The bars above a list: what it is, which view, how it is filtered, sorted, and what it shows. */

import { useNavigate } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useRef, useState } from "react";
import { mayShapeModel, useMe } from "../api/me.ts";
import { type ObjectType, pluralOf, useModel } from "../api/model.ts";
import { chooseRows, type RowSize, useRows } from "../app/theme.ts";
import { useActions } from "../app/actions.ts";
import { favouriteOf } from "../app/arrangement.ts";
import { toggleFavourite, useSidebar } from "../app/sidebar-items.ts";
import { Star } from "../app/star.tsx";
import { useShortcut } from "../app/shortcuts.ts";
import { requestsOfList } from "../api/requests.ts";
import { readsOf, useFieldContext } from "../fields/index.ts";
import { FilterBar } from "../filter/bar.tsx";
import { Ghost, IconButton } from "../ui/button.tsx";
import { Icon } from "../ui/icon.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { Menu, MenuChoice } from "../ui/menu.tsx";
import { Popover } from "../ui/popover.tsx";
import { useLanguage, useWords } from "../words/index.ts";
import type { ListState } from "./state.ts";
import ColumnList from "./columns.tsx";
import { GroupPicker, groupChoices } from "./group.tsx";
import SortList, { useSortChoices } from "./sort.tsx";
import { type Column, columnChoices, readsOfColumns, sortKeys, writeSort } from "./view.ts";
import { ViewTabs } from "./view-tabs.tsx";

interface Properties {
  object: ObjectType;
  state: ListState;
  columns: Column[];
  newButton: ReactNode;
}

export function Toolbar({ object, state, columns, newButton }: Properties) {
  const t = useWords();
  const language = useLanguage();
  const model = useModel();
  const me = useMe();
  const plural = pluralOf(object, language);
  const [searching, setSearching] = useState(state.q !== "");
  const [sorting, setSorting] = useState(false);
  const [choosing, setChoosing] = useState(false);
  const [grouping, setGrouping] = useState(false);
  const rows = useRows();
  const keys = sortKeys(state.definition.sort);
  const fields = columnChoices(model, object).filter((each) => each.through.length === 0).length;
  const choices = useSortChoices(object);
  const navigate = useNavigate();
  const { favourites, mayKeepFavourites } = useSidebar();
  const isFavourite = favouriteOf(favourites, { object, view: state.view?.id }) !== undefined;
  useShortcut("search", () => setSearching(true));
  useActions([
    { id: "sort", icon: "arrow-down", label: t("list.sort"), act: () => setSorting(true) },
    { id: "fields", icon: "columns-3", label: t("list.fields"), act: () => setChoosing(true) },
    groupChoices(model, object).length > 0 && state.q === "" && { id: "group", icon: "layers", label: t("list.group"), act: () => setGrouping(true) },
    mayKeepFavourites && {
      id: "favourite",
      icon: "star",
      label: t(isFavourite ? "shell.removeFavourite" : "shell.addFavourite"),
      act: () => void toggleFavourite(model, favourites, me.user.id, { object, view: state.view?.id }, state.view?.name),
    },
    mayShapeModel(me) && { id: "model", icon: "shapes", label: t("shell.editInModel"), act: () => void navigate({ to: "/model/$object", params: { object: object.api_name } }) },
  ]);
  const sortedBy = keys[0] && (choices.find((choice) => choice.value === keys[0]?.path)?.label ?? keys[0].path);
  return (
    <>
      <header className="bar">
        <h1>
          <Icon name={object.icon ?? "shapes"} />
          <span className="cut">{plural}</span>
        </h1>
        <Star place={{ object, view: state.view?.id }} label={state.view?.name} />
        <span className="grow" />
        {searching ? (
          <SearchBox label={t("list.searchIn", { objects: plural })} q={state.q} onSearch={state.search} onClose={() => setSearching(false)} />
        ) : (
          <>
            <Ghost icon="search" className="off-phone" onClick={() => setSearching(true)}>
              {t("common.search")} <Kbd>/</Kbd>
            </Ghost>
            <IconButton icon="search" label={t("common.search")} className="on-phone" onClick={() => setSearching(true)} />
          </>
        )}
        {mayShapeModel(me) && <OnApi object={object} state={state} columns={columns} />}
        <span className="off-phone">{newButton}</span>
      </header>
      <ViewTabs object={object} state={state} />
      <div className="bar tools">
        <FilterBar object={object} filter={state.definition.filter ?? undefined} onChange={(filter) => state.change({ filter: filter ?? null })} />
        <span className="grow" />
        <Popover
          label={t("list.sort")}
          align="end"
          sheet
          open={sorting}
          onOpen={setSorting}
          trigger={
            <Ghost icon={keys[0] && !keys[0].descending ? "arrow-up" : "arrow-down"}>
              <span className={keys.length > 0 ? "text-ink" : ""}>{sortedBy ?? t("list.sort")}</span>
              {keys.length > 1 && <span className="num">{keys.length}</span>}
            </Ghost>
          }
        >
          <Suspense>
            <SortList object={object} keys={keys} onChange={(next) => state.change({ sort: writeSort(next) })} />
          </Suspense>
        </Popover>
        <span className="rule off-phone" aria-hidden />
        <Popover
          label={t("list.fields")}
          align="end"
          sheet
          open={choosing}
          onOpen={setChoosing}
          trigger={
            <Ghost icon="columns-3" title={t("list.fieldsShown", { shown: columns.length, all: fields })}>
              {t("list.fields")} <span className="num">{`${columns.length}/${fields}`}</span>
            </Ghost>
          }
        >
          <Suspense>
            <ColumnList object={object} columns={columns} onChange={(next) => state.change({ columns: next })} />
          </Suspense>
        </Popover>
        <GroupPicker
          object={object}
          path={state.definition.group_by}
          isSearching={state.q !== ""}
          open={grouping}
          onOpen={setGrouping}
          onChange={(path) => state.change({ group_by: path })}
        />
        <Menu align="end" trigger={
            <Ghost icon="rows-3" className="off-phone" title={t("list.rows")}>
              <span className="hidden">{t("list.rows")}</span>
              {rows}
            </Ghost>
          }>
          <MenuChoice<RowSize>
            title={t("list.rows")}
            value={rows}
            onChange={chooseRows}
            options={[
              { value: "32", label: t("list.rowsTight") },
              { value: "36", label: t("list.rowsNormal") },
              { value: "48", label: t("list.rowsRoomy") },
            ]}
          />
        </Menu>
      </div>
    </>
  );
}

const Requests = lazy(() => import("../ui/requests.tsx"));

function OnApi({ object, state, columns }: { object: ObjectType; state: ListState; columns: Column[] }) {
  const t = useWords();
  const context = useFieldContext();
  const [open, setOpen] = useState(false);
  const requests = () => {
    const fields = readsOfColumns(columns, object, context.model, (field) => readsOf(field, context)).filter((path) => path !== "deleted_at");
    const { filter, sort } = state.definition;
    const shown = { fields, filter: filter == null ? undefined : JSON.stringify(filter), sort: sort || undefined, q: state.q, timeZone: context.timeZone };
    return requestsOfList(context.model, object, columns.map((column) => column.path), shown);
  };
  return (
    <>
      <IconButton icon="code" className="off-phone" label={t("model.onApi")} onClick={() => setOpen(true)} />
      <Suspense>{open && <Requests requests={requests()} docs={`/api/v1/docs#${object.plural_api_name}`} onClose={() => setOpen(false)} />}</Suspense>
    </>
  );
}

const PAUSE = 200;

function SearchBox({ label, q, onSearch, onClose }: { label: string; q: string; onSearch: (q: string) => void; onClose: () => void }) {
  const t = useWords();
  const [text, setText] = useState(q);
  const timer = useRef(0);
  const write = (next: string) => {
    setText(next);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => onSearch(next.trim()), PAUSE);
  };
  return (
    <label className="input search-box">
      <Icon name="search" size={14} />
      <input
        autoFocus
        type="search"
        value={text}
        aria-label={label}
        placeholder={label}
        onChange={(event) => write(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.preventDefault();
          clearTimeout(timer.current);
          onSearch("");
          onClose();
        }}
        onBlur={() => text === "" && onClose()}
      />
      {text !== "" && (
        <button type="button" aria-label={t("list.clearSearch")} onClick={() => write("")}>
          <Icon name="x" size={14} />
        </button>
      )}
    </label>
  );
}
