/** What stands below columns: how many rows there are, and the aggregate that each column was given. */

import { useQuery } from "@tanstack/react-query";
import type { Field, ObjectType } from "../api/model.ts";
import { call, get } from "../api/rest.ts";
import { useFieldContext } from "../fields/index.ts";
import { Value } from "../fields/parts/value.tsx";
import { showNumber } from "../lib/numbers.ts";
import { Menu, MenuItem } from "../ui/menu.tsx";
import { useWords } from "../words/index.ts";
import type { Column } from "./view.ts";

/** Aggregates that a column can show, by the order in which they are offered. */
const OFFERED = ["sum", "avg", "min", "max", "count", "count_distinct", "empty_share"] as const;
type Aggregate = (typeof OFFERED)[number];

const WORDS = {
  sum: "list.sum",
  avg: "list.avg",
  min: "list.min",
  max: "list.max",
  count: "list.countValues",
  count_distinct: "list.countDistinct",
  empty_share: "list.emptyShare",
} as const satisfies Record<Aggregate, string>;

export function useTotals(object: ObjectType, columns: Column[], filter: string | undefined, q: string): Record<string, unknown> {
  const wanted = columns.filter((column) => column.total !== undefined && !column.path.includes("."));
  const aggregates = Object.fromEntries(wanted.map((column, at) => [`c${at}`, { [column.total ?? "count"]: column.path }]));
  const { data } = useQuery({
    queryKey: ["totals", object.api_name, aggregates, filter],
    // Aggregates know no search.
    enabled: wanted.length > 0 && q === "",
    queryFn: async ({ signal }) => {
      const body = { aggregates, ...(filter !== undefined && { filter: JSON.parse(filter) }) };
      return (await call<{ data: Record<string, unknown>[] }>("POST", `/${object.plural_api_name}/aggregate`, { body, signal })).data.data[0];
    },
  });
  return Object.fromEntries(wanted.map((column, at) => [column.path, data?.[`c${at}`]]));
}

/** How many records there are without a filter; asked for only where it is shown. */
export function useCountOfAll(object: ObjectType, wanted: boolean): number | undefined {
  const { data } = useQuery({
    queryKey: ["count", object.api_name],
    enabled: wanted,
    queryFn: async ({ signal }) =>
      (await get<{ total?: number }>(`/${object.plural_api_name}`, { limit: 1, fields: "id", count: "exact" }, signal)).total,
  });
  return data;
}

interface CountProperties {
  rows: number;
  exact: boolean;
  known: boolean;
  all: number | undefined;
  /** How many groups are shown, where there are more. */
  groups: number | undefined;
  locale: string;
}

/** How many rows there are, and how many without the filter. */
export function RowCount({ rows, exact, known, all, groups, locale }: CountProperties) {
  const t = useWords();
  if (!known) return null;
  const formatted = showNumber(rows, locale);
  if (groups !== undefined) {
    return (
      <span role="status" className="cut">
        {t("list.groupsCut", { formatted: showNumber(groups, locale) })}
      </span>
    );
  }
  return (
    <span role="status" className="cut">
      <b>{exact ? formatted : t("list.about", { formatted })}</b>
      {all !== undefined && ` ${t("list.ofAll", { all: showNumber(all, locale) })}`}
    </span>
  );
}

/** The total of a column, as it stands below a section's title. */
export function SectionTotal({ column, value }: { column: Pick<Column, "field" | "total">; value: unknown }) {
  const t = useWords();
  const now = OFFERED.find((aggregate) => aggregate === column.total);
  if (!now || value === undefined) return null;
  return (
    <span title={t(WORDS[now])}>
      <span className="hidden">{t(WORDS[now])} </span>
      <TotalValue aggregate={now} value={value} field={column.field} />
    </span>
  );
}

export function TotalCell({ column, value, onChange }: { column: Column; value: unknown; onChange: (total: string | undefined) => void }) {
  const t = useWords();
  const context = useFieldContext();
  const known = new Set((context.model.type(column.field)?.storage?.columns ?? []).flatMap((each) => each.aggregates));
  const offered = OFFERED.filter((aggregate) => known.has(aggregate));
  if (offered.length === 0 || column.path.includes(".")) return null;
  const now = offered.find((aggregate) => aggregate === column.total);
  return (
    <Menu
      trigger={
        <button type="button" tabIndex={-1} className={`total-button ${now ? "" : "is-empty"}`}>
          <span>{now ? t(WORDS[now]) : t("list.total")}</span>
          {now && value !== undefined && (
            <b className="flex gap-2">
              <TotalValue aggregate={now} value={value} field={column.field} />
            </b>
          )}
        </button>
      }
      side="top"
    >
      {offered.map((aggregate) => (
        <MenuItem key={aggregate} onClick={() => onChange(aggregate)}>
          {t(WORDS[aggregate])}
        </MenuItem>
      ))}
      {now && <MenuItem onClick={() => onChange(undefined)}>{t("list.noTotal")}</MenuItem>}
    </Menu>
  );
}

function TotalValue({ aggregate, value, field }: { aggregate: Aggregate; value: unknown; field: Field }) {
  const context = useFieldContext();
  if (value === null) return null;
  if (aggregate === "count" || aggregate === "count_distinct") return showNumber(Number(value), context.locale);
  if (aggregate === "empty_share") return showNumber(Number(value), context.locale, { style: "percent", maximumFractionDigits: 1 });
  // Money is never added across currencies: there is an entry for each.
  const values = Array.isArray(value) ? value : [typeof value === "number" ? Math.round(value * 100) / 100 : value];
  return values.map((each) => <Value key={JSON.stringify(each)} value={each} field={field} record={{}} context={context} />);
}
