/** Pasting a table: what it would do is shown before it is done. */

import { useState } from "react";
import { type Act, beginAct } from "../api/changes.ts";
import { nameOf, type ObjectType, type Values } from "../api/model.ts";
import { type FieldContext, isUnreadable, widgetOf } from "../fields/index.ts";
import { readTable, tiled } from "../grid/clipboard.ts";
import { OWN, type PasteAt } from "../grid/table.ts";
import { recordRows, type RowSource } from "../grid/source.ts";
import { newId } from "../lib/ids.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Icon } from "../ui/icon.tsx";
import { useWords, words } from "../words/index.ts";
import type { Column } from "./view.ts";

interface PlannedCell {
  text: string;
  problem?: string;
}

interface PlannedRow {
  id: string;
  isNew: boolean;
  values: Values;
  cells: PlannedCell[];
}

export interface PastePlan {
  columns: Column[];
  rows: PlannedRow[];
  /** Names of columns that cannot be written. */
  left: string[];
  faults: number;
  act: Act;
}

const PREVIEW = 8;
const PATIENCE = 100;

/** Reads a clipboard against the columns it falls on. */
export async function planPaste(
  data: DataTransfer,
  at: PasteAt,
  list: RowSource,
  columns: Column[],
  context: FieldContext,
  canEdit: (column: Column) => boolean,
  canMake: boolean,
): Promise<PastePlan> {
  const texts = tiled(readTable(data.getData("text/plain")), at.rows, at.cols);
  const own = data.getData(OWN);
  const exact = own === "" ? undefined : (JSON.parse(own) as { types: string[]; raw: unknown[][] });
  const raw = exact && tiled(exact.raw, at.rows, at.cols);
  const width = Math.max(...texts.map((row) => row.length));
  const onto = columns.slice(at.col, at.col + width);
  const written = onto.map((column) => canEdit(column));
  const onRows = recordRows(list, at.row, texts.length);
  await loaded(list, onRows);

  const rows: PlannedRow[] = [];
  let faults = 0;
  const planned = texts.map(async (row, offset): Promise<PlannedRow | undefined> => {
    const known = list.idAt(onRows[offset] ?? list.rows);
    const isNew = known === undefined;
    if (isNew && !canMake) return undefined;
    const values: Values = {};
    const cells = await Promise.all(
      onto.map(async (column, index): Promise<PlannedCell> => {
        const text = row[index] ?? "";
        if (!written[index] || index >= row.length) return { text };
        const same = exact?.types[index % exact.types.length] === column.field.type;
        const entry = same
          ? raw?.[offset]?.[index]
          : text.trim() === ""
            ? null
            : await widgetOf(context.model, column.field).fromText(text, column.field, context);
        if (isUnreadable(entry)) {
          faults += 1;
          return { text, problem: entry.problem };
        }
        if (!isNew || entry !== null) values[column.field.value_key] = entry ?? null;
        return { text };
      }),
    );
    return { id: known ?? newId(), isNew, values, cells };
  });
  for (const row of await Promise.all(planned)) if (row && Object.keys(row.values).length > 0) rows.push(row);
  const left = onto.filter((_, index) => !written[index]).map((column) => nameOf(column.field, context.language));
  const cells = rows.reduce((sum, row) => sum + Object.keys(row.values).length, 0);
  return { columns: onto, rows, left, faults, act: beginAct(words("list.pasted", { count: cells })) };
}

/** Rows that are not there yet are read first: a table may be longer than the screen. */
async function loaded(list: RowSource, rows: number[]): Promise<void> {
  const there = rows.filter((row) => row < list.rows);
  const [first = 0, end = 0] = [there[0], there.at(-1)];
  const missing = () => there.some((row) => list.idAt(row) === undefined);
  const seen = list.seen;
  for (let tries = 0; tries < PATIENCE && missing() && list.error === undefined; tries += 1) {
    list.show(first, end);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  list.show(...seen);
}

export const isPlain = (plan: PastePlan): boolean => plan.faults === 0 && plan.left.length === 0 && plan.rows.length === 1 && plan.rows[0]?.isNew === false;

interface Properties {
  object: ObjectType;
  plan: PastePlan;
  context: FieldContext;
  onClose: () => void;
  /** Returns the reason if nothing was pasted. */
  onPaste: () => Promise<string | undefined>;
}

export function PasteDialog({ plan, context, onClose, onPaste }: Properties) {
  const t = useWords();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const made = plan.rows.filter((row) => row.isNew).length;
  const changed = plan.rows.length - made;
  return (
    <Dialog
      open
      onClose={onClose}
      title={t("list.pasteTitle", { count: plan.rows.length })}
      className="wide"
      footer={
        <>
          {problem !== undefined && (
            <span className="grow bad-word" role="alert">
              {problem}
            </span>
          )}
          <Button onClick={onClose}>{t("common.cancel")}</Button>
          <Button
            primary
            disabled={busy || plan.rows.length === 0}
            autoFocus
            onClick={() => {
              setBusy(true);
              // A refused paste stays here, to be tried again.
              void onPaste().then((reason) => {
                if (reason === undefined) return onClose();
                setProblem(reason);
                setBusy(false);
              });
            }}
          >
            {t("list.pasteAct")}
          </Button>
        </>
      }
    >
      <div className="body-text paste">
        <ul className="facts">
          {changed > 0 && <li>{t("list.pasteChanges", { count: changed })}</li>}
          {made > 0 && <li>{t("list.pasteMakes", { count: made })}</li>}
          {plan.faults > 0 && (
            <li className="bad-word">
              <Icon name="circle-alert" size={14} />
              {t("list.pasteFaults", { count: plan.faults })}
            </li>
          )}
          {plan.left.length > 0 && <li>{t("list.pasteReadOnly", { names: plan.left.join(", ") })}</li>}
        </ul>
        <div className="scroller" tabIndex={0} role="group" aria-label={t("list.pasteTitle", { count: plan.rows.length })}>
          <table>
            <thead>
              <tr>
                {plan.columns.map((column) => (
                  <th key={column.path} scope="col">
                    {nameOf(column.field, context.language)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {plan.rows.slice(0, PREVIEW).map((row, at) => (
                <tr key={at}>
                  {row.cells.map((cell, index) => (
                    <td key={index} className={cell.problem ? "is-bad" : ""} title={cell.problem}>
                      <span className="cut">{cell.text}</span>
                      {cell.problem && <span className="why">{cell.problem}</span>}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {plan.rows.length > PREVIEW && <p className="muted">{t("list.pasteMore", { count: plan.rows.length - PREVIEW })}</p>}
      </div>
    </Dialog>
  );
}
