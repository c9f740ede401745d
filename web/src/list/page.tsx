/** The list of an object. */

import { useParams, useSearch } from "@tanstack/react-router";
import { lazy, type ReactNode, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Which } from "../api/bulk.ts";
import { beginAct, onOutdated } from "../api/changes.ts";
import { useConflicts } from "../api/conflicts.ts";
import { beginRecord, isUnmade } from "../api/make.ts";
import { useMe } from "../api/me.ts";
import { describe, nameOf, type ObjectType, pluralOf, useModel } from "../api/model.ts";
import { discard } from "../api/save.ts";
import { useActions } from "../app/actions.ts";
import { isTyping, useShortcut } from "../app/shortcuts.ts";
import { NotFound } from "../app/shell.tsx";
import { useTitle } from "../app/title.ts";
import { useRows } from "../app/theme.ts";
import { readsOf, useFieldContext, widgetOf } from "../fields/index.ts";
import { Grid } from "../grid/grid.tsx";
import { GroupedRows } from "../grid/grouped.ts";
import { type GridColumn, NO_TICKS, type PasteAt, type Ticks } from "../grid/table.ts";
import { noteTrail, type Position, positionIn } from "../grid/trail.ts";
import { showNumber } from "../lib/numbers.ts";
import { Button } from "../ui/button.tsx";
import { Failed, Say } from "../ui/say.tsx";
import { say } from "../ui/toast.tsx";
import { useNarrow } from "../ui/narrow.ts";
import { useLanguage, useWords } from "../words/index.ts";
import { BulkBar } from "./bulk.tsx";
import { Cards } from "./cards.tsx";
import { ColumnMenu } from "./column-menu.tsx";
import { moved, plainColumns } from "./columns.tsx";
import { ConflictDialog } from "./conflict.tsx";
import { countAgain, useEdits } from "./edits.ts";
import { beginFresh } from "./fresh.ts";
import { useGrouping } from "./group.tsx";
import { isPlain, PasteDialog, type PastePlan, planPaste } from "./paste.tsx";
import { useListState } from "./state.ts";
import { useList } from "./rows.ts";
import { Toolbar } from "./toolbar.tsx";
import { RowCount, SectionTotal, TotalCell, useCountOfAll, useTotals } from "./totals.tsx";
import { type Column, columnsOf, readsOfColumns, sortedBy, sortKeys, sortParameter, sortPath } from "./view.ts";

const NewRecord = lazy(() => import("../fields/parts/new-record.tsx"));

export interface PeekProperties {
  object: ObjectType;
  id: string;
  position: Position | undefined;
  onClose: () => void;
  /** Another record of the list; undefined at its ends. */
  onStep: (by: 1 | -1) => void;
}

interface Properties {
  /** Draws the record that is open beside the list. */
  peek: (properties: PeekProperties) => ReactNode;
  /** Opens a record by itself. */
  onOpen: (object: ObjectType, id: string) => void;
}

export function ListPage(properties: Properties) {
  const { plural } = useParams({ from: "/o/$plural" });
  const model = useModel();
  const object = model.byPlural.get(plural);
  if (!object) return <NotFound />;
  return <ListOf key={object.api_name} object={object} {...properties} />;
}

function ListOf({ object, peek, onOpen }: Properties & { object: ObjectType }) {
  const t = useWords();
  const language = useLanguage();
  const context = useFieldContext();
  const { model } = context;
  const { tenant } = useMe();
  const narrow = useNarrow();
  const state = useListState(object);
  const { definition } = state;
  const rowHeight = Number(useRows());
  const plural = pluralOf(object, language);
  useTitle(plural);
  useEffect(() => localStorage.setItem("tessera.last", object.plural_api_name), [object]);

  const columns = useMemo(() => columnsOf(model, object, definition), [model, object, definition]);
  const gridColumns = useMemo<GridColumn[]>(
    () =>
      columns.map((column) => ({
        ...column,
        through: (model.resolve(object, column.path)?.steps ?? []).flatMap((step) => (step.kind === "field" ? [step.field] : [])),
      })),
    [columns, model, object],
  );
  const filter = definition.filter == null ? undefined : JSON.stringify(definition.filter);
  const fields = readsOfColumns(columns, object, model, (field) => readsOf(field, context)).join(",");
  const groupedBy = useGrouping(object, definition.group_by, columns);
  const grouping = state.q === "" ? groupedBy : undefined;
  const { list, isBusy } = useList(object, { fields, filter, sort: sortParameter(definition.sort), q: state.q, timeZone: context.timeZone, grouping });

  const groupShown = list instanceof GroupedRows ? list.grouping.field : undefined;

  const [ticks, setTicks] = useState<Ticks>(NO_TICKS);
  useEffect(() => setTicks(NO_TICKS), [list?.identity]);
  const [menu, setMenu] = useState<{ column: GridColumn; anchor: Element }>();
  const [plan, setPlan] = useState<PastePlan>();
  // Beside the list, the record shows its own.
  const conflict = useConflicts().find((each) => each.object.api_name === object.api_name && each.id !== state.peek);
  const [begin, setBegin] = useState<{ row: number; token: number }>();
  /** The record that is made in a form. */
  const [making, setMaking] = useState<string>();

  const isFiltered = filter !== undefined || state.q !== "";
  const isEmpty = list?.total?.exact === true && list.rows === 0;
  const all = useCountOfAll(object, isFiltered && list?.total?.exact === true);
  const totals = useTotals(object, columns, filter, state.q);

  const setColumns = useCallback((next: Parameters<typeof state.change>[0]["columns"]) => next && state.change({ columns: next }), [state]);

  const canEdit = (column: Pick<Column, "path" | "field">) =>
    !column.path.includes(".") && column.field.permissions.update && object.permissions.update && !widgetOf(model, column.field).readOnly;

  const edits = useEdits(object, list);

  const startNew = () => {
    if (!object.permissions.create || object.read_only || !list) return;
    if (narrow) return setMaking(beginRecord(object));
    beginFresh(object, list);
    setBegin((now) => ({ row: 0, token: (now?.token ?? 0) + 1 }));
  };

  const onPaste = (data: DataTransfer, at: PasteAt) => {
    if (!list) return;
    void planPaste(data, at, list, columns, context, canEdit, object.permissions.create && state.q === "").then((planned) => {
      if (isPlain(planned)) void edits.paste(planned);
      else if (planned.rows.length > 0 || planned.faults > 0) setPlan(planned);
    });
  };

  useActions([
    grouping !== undefined && { id: "open-sections", icon: "chevron-down", label: t("list.openSections"), act: () => list?.toggleAll(true) },
    grouping !== undefined && { id: "close-sections", icon: "chevron-right", label: t("list.closeSections"), act: () => list?.toggleAll(false) },
  ]);
  useShortcut("new", startNew);
  const isKnown = list?.isKnown === true;
  useEffect(() => {
    if (!state.isMaking || !isKnown) return;
    state.began();
    startNew();
  }, [state.isMaking, isKnown]);

  // A list without rows has no table that could take a paste, so its place does.
  const onPasteHere = useRef(onPaste);
  onPasteHere.current = onPaste;
  const takesPaste = isEmpty && !isFiltered && object.permissions.create && !narrow;
  useEffect(() => {
    if (!takesPaste) return;
    const take = (event: ClipboardEvent) => {
      if (isTyping(event.target) || !event.clipboardData) return;
      event.preventDefault();
      onPasteHere.current(event.clipboardData, { row: 0, col: 0, rows: 1, cols: 1 });
    };
    document.addEventListener("paste", take);
    return () => document.removeEventListener("paste", take);
  }, [takesPaste]);

  // What was taken back may be anything of the list.
  useEffect(() => onOutdated(() => list?.reload()), [list]);

  // A record that is opened by itself keeps its place in this list.
  const search = useSearch({ from: "/o/$plural" });
  const peekedRow = state.peek === undefined ? undefined : list?.rowOf(state.peek);
  useEffect(() => {
    if (list && state.peek !== undefined && peekedRow !== undefined) noteTrail(list, state.peek, search);
  }, [list, state.peek, peekedRow, list?.total]);
  const openRecord = (id: string) => {
    if (list) noteTrail(list, id, search);
    onOpen(object, id);
  };

  const step = (by: 1 | -1) => {
    let at = state.peek === undefined ? undefined : list?.rowOf(state.peek);
    if (!list || at === undefined) return;
    do at += by;
    while (list.sectionAt(at));
    const next = list.idAt(at);
    if (next !== undefined) state.look(next);
  };

  const sorted = useMemo(() => {
    const found = new Map<string, { descending: boolean; rank: number }>();
    for (const [rank, key] of sortKeys(definition.sort).entries()) {
      const column = columns.find((each) => sortPath(model, each) === key.path);
      if (column) found.set(column.path, { descending: key.descending, rank });
    }
    return found;
  }, [columns, definition.sort, model]);

  const onSort = (column: GridColumn, add: boolean) => {
    const path = sortPath(model, column);
    if (path !== undefined) state.change({ sort: sortedBy(definition.sort, path, add) });
  };

  const rows = list?.size ?? 0;
  const count = ticks.all ? rows - ticks.ids.size : ticks.ids.size;
  const which: Which =
    ticks.all && ticks.ids.size === 0
      ? { filter: filter ?? "{}", most: rows }
      : ticks.all
        ? { filter: JSON.stringify({ and: [definition.filter ?? {}, { id: { not_in: [...ticks.ids] } }] }), most: count }
        : { ids: [...ticks.ids] };

  const onDone = (done: Which, gone: boolean) => {
    setTicks(NO_TICKS);
    if ("ids" in done && gone) list?.drop(new Set(done.ids));
    else list?.reload();
    countAgain(object, list);
  };

  const article = nameOf(object, language).toLocaleLowerCase(language);
  const newButton = object.permissions.create && !object.read_only && (
    <Button primary icon="plus" onClick={startNew}>
      {t("list.new", { object: language === "ru" ? nameOf(object, language) : article })}
    </Button>
  );

  const content = (): ReactNode => {
    if (!list) return <div className="grow" />;
    if (list.error !== undefined && !list.isKnown) {
      return <Failed error={list.error} title={t("list.failed")} what={plural} tenant={tenant.name} onRetry={() => list.reload()} />;
    }
    if (isEmpty && isFiltered) {
      return (
        <Say
          icon="list-filter"
          title={all === undefined ? t("list.noneTitleUnknown") : t("list.noneTitle", { all: showNumber(all, context.locale) })}
          detail={t("list.noneDetail")}
          acts={
            <Button
              onClick={() => {
                if (state.q !== "") state.search("");
                else state.change({ filter: null });
              }}
            >
              {t(state.q !== "" ? "list.clearSearch" : "list.clearFilter")}
            </Button>
          }
        />
      );
    }
    if (isEmpty) {
      return (
        <Say
          icon={object.icon ?? "shapes"}
          title={t("list.emptyTitle", { objects: language === "ru" ? plural : plural.toLocaleLowerCase(language) })}
          detail={describe(object, language) || t("list.emptyDetail", { objects: plural })}
          acts={newButton}
        />
      );
    }
    if (narrow) return <Cards list={list} columns={columns} groupedBy={groupShown} context={context} label={plural} onOpen={(id) => (isUnmade(object, id) ? setMaking(id) : openRecord(id))} />;
    return (
      <Grid
        list={list}
        columns={gridColumns}
        context={context}
        label={plural}
        rowHeight={rowHeight}
        ticks={ticks}
        onTicks={setTicks}
        canTick={object.permissions.update || object.permissions.delete}
        sorted={sorted}
        onSort={onSort}
        onMenu={(column, anchor) => setMenu({ column, anchor })}
        onMove={(path, before) => setColumns(moved(plainColumns(columns), path, before))}
        onWidth={(path, width) => setColumns(plainColumns(columns).map((column) => (column.path === path ? { ...column, width } : column)))}
        canEdit={canEdit}
        onEdit={edits.edit}
        onPaste={onPaste}
        onCopied={(cells) => cells > 1 && say(t("list.copiedCells", { count: cells }))}
        onPeek={(id) => state.look(id)}
        onDiscard={(id, field) => discard(object, id, [field.value_key])}
        onNew={startNew}
        onLeaveRow={edits.leaveRow}
        peeked={state.peek}
        begin={begin}
        groupedBy={groupShown}
        drawTotal={(column, value) => <SectionTotal column={columns.find((each) => each.path === column.path) ?? column} value={value} />}
        totals={columns.map((column, at) =>
          at === 0 ? (
            <RowCount rows={rows} exact={list.total?.exact ?? false} known={list.isKnown} all={isFiltered ? all : undefined} groups={list instanceof GroupedRows && list.isCut ? list.groups : undefined} locale={context.locale} />
          ) : (
            <TotalCell
              key={column.path}
              column={column}
              value={totals[column.path]}
              onChange={(total) =>
                setColumns(plainColumns(columns).map(({ total: had, ...rest }) => (rest.path === column.path ? { ...rest, ...(total && { total }) } : { ...rest, ...(had && { total: had }) })))
              }
            />
          ),
        )}
      />
    );
  };

  const half = (
    <>
      {isBusy && <div className="busy" role="status" aria-label={t("common.loading")} />}
      {content()}
      {list && count > 0 && (
        <BulkBar
          object={object}
          count={count}
          which={which}
          all={!ticks.all && state.q === "" && list.total?.exact && count < rows ? rows : undefined}
          onAll={() => setTicks({ all: true, ids: new Set() })}
          onClear={() => setTicks(NO_TICKS)}
          onDone={onDone}
        />
      )}
    </>
  );

  return (
    <>
      <Toolbar object={object} state={state} columns={columns} newButton={newButton} />
      {state.peek !== undefined && !narrow ? (
        <div className="beside">
          <div className="list-half">{half}</div>
          {peek({ object, id: state.peek, position: list && positionIn(list, state.peek), onClose: () => state.look(undefined), onStep: step })}
        </div>
      ) : (
        <div className="list-half">{half}</div>
      )}
      {menu && (
        <ColumnMenu
          column={menu.column}
          anchor={menu.anchor}
          columns={columns}
          sortable={sortPath(model, menu.column) !== undefined}
          onClose={() => setMenu(undefined)}
          onColumns={setColumns}
          onSort={(descending) => {
            const path = sortPath(model, menu.column);
            if (path !== undefined) state.change({ sort: `${descending ? "-" : ""}${path}` });
          }}
        />
      )}
      {plan && <PasteDialog object={object} plan={plan} context={context} onClose={() => setPlan(undefined)} onPaste={() => edits.paste(plan)} />}
      {conflict && (
        <ConflictDialog
          key={conflict.id}
          conflict={conflict}
          onMine={(values) => void edits.save([{ object, id: conflict.id, values }], beginAct(t("list.edited", { count: 1 })), true)}
        />
      )}
      <Suspense>
        {making !== undefined && (
          <NewRecord
            object={object}
            id={making}
            onClose={() => {
              setMaking(undefined);
              list?.drop(new Set([making]));
            }}
            onMade={() => {
              setMaking(undefined);
              list?.reload();
              onOpen(object, making);
            }}
          />
        )}
      </Suspense>
    </>
  );
}
