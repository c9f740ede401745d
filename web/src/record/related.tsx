/** What belongs to a record: the records that point at it, all read in one statement. */

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { graphql, selectionOf, valuesOf } from "../api/graphql.ts";
import { labelOf } from "../api/lookups.ts";
import { type Field, type Inverse, nameOf, type ObjectType, type Values } from "../api/model.ts";
import { queries } from "../api/query.ts";
import { type FieldContext, useFieldContext, widgetOf } from "../fields/index.ts";
import { Value } from "../fields/parts/value.tsx";
import { camel } from "../lib/naming.ts";
import { Ghost } from "../ui/button.tsx";
import { Failed } from "../ui/say.tsx";
import { useWords } from "../words/index.ts";

const FIRST = 5;
const MOST = 50;

export interface Relation {
  inverse: Inverse;
  object: ObjectType;
  /** The field that points here. */
  field: Field;
  columns: Field[];
}

export interface Rows {
  total: number;
  rows: Values[];
}

/** A choice, an amount and a day of each: what tells records apart at a glance. */
function columnsOf(object: ObjectType, without: string, { model }: FieldContext): Field[] {
  const fields = object.fields.filter((field) => field.permissions.read && field.api_name !== without && field.api_name !== object.label_field);
  const choice = fields.find((field) => field.settings.options && model.type(field)?.value_schema?.enum);
  const figure = fields.find((field) => widgetOf(model, field).align === "end");
  const day = fields.find((field) => model.type(field)?.value_schema?.format?.startsWith("date"));
  return [choice, figure, day].filter((field) => field !== undefined);
}

export function relationsOf(object: ObjectType, context: FieldContext): Relation[] {
  const { model } = context;
  return object.inverses.flatMap((inverse) => {
    const other = model.byName.get(inverse.object);
    const field = other && model.field(other, inverse.field);
    if (!other?.permissions.read || other.hidden || !field?.permissions.read) return [];
    return [{ inverse, object: other, field, columns: columnsOf(other, field.api_name, context) }];
  });
}

const keyOf = (object: ObjectType, id: string) => ["related", object.api_name, id];

export const forgetRelated = (object: ObjectType, id: string) => queries.invalidateQueries({ queryKey: keyOf(object, id) });

export function useRelated(object: ObjectType, id: string, relations: Relation[]): { rows: Map<string, Rows>; error: unknown; again: () => void } {
  const { model } = useFieldContext();
  const labelled = (relation: Relation) => [...(model.labelField(relation.object) ? [model.labelField(relation.object) as Field] : []), ...relation.columns];
  const query = useQuery({
    queryKey: [...keyOf(object, id), relations.map((relation) => relation.inverse.api_name).join()],
    enabled: relations.length > 0,
    queryFn: async ({ signal }) => {
      const parts = relations.map((relation) => {
        const fields = ["id", ...labelled(relation).flatMap((field) => selectionOf(field, model))];
        return `${camel(relation.inverse.api_name)}(first: ${MOST}, orderBy: [{createdAt: DESC}]) { totalCount nodes { ${fields.join(" ")} } }`;
      });
      const text = `query ($id: UUID!) { record: ${camel(object.api_name)}(id: $id) { ${parts.join(" ")} } }`;
      const { record } = await graphql<{ record: Record<string, { totalCount: number; nodes: Values[] }> | null }>(text, { id }, signal);
      return new Map(
        relations.map((relation): [string, Rows] => {
          const found = record?.[camel(relation.inverse.api_name)];
          const rows = (found?.nodes ?? []).map((node) => valuesOf(node, labelled(relation), model));
          return [relation.inverse.api_name, { total: found?.totalCount ?? 0, rows }];
        }),
      );
    },
  });
  return { rows: query.data ?? new Map(), error: query.error ?? undefined, again: () => void query.refetch() };
}

const isToMany = ({ field }: Relation, { model }: FieldContext): boolean => model.type(field)?.storage?.columns.length === 0;

/** What makes a record belong to another. */
export const presetOf = (relation: Relation, id: string, context: FieldContext): Values => ({ [relation.field.value_key]: isToMany(relation, context) ? [id] : id });

interface Properties {
  id: string;
  relation: Relation;
  rows: Rows | undefined;
  /** The first few, or as many as were read. */
  whole?: boolean;
  onMore?: () => void;
  /** Absent where none may be added. */
  onAdd: (() => void) | undefined;
}

export function RelatedList({ id, relation, rows, whole = false, onMore, onAdd }: Properties) {
  const t = useWords();
  const context = useFieldContext();
  const { inverse, object: other, field } = relation;
  const name = nameOf(inverse, context.language);
  const label = context.model.labelField(other);
  const shown = rows?.rows.slice(0, whole ? MOST : FIRST) ?? [];
  const columns = relation.columns.filter((column) => shown.some((row) => row[column.value_key] != null));
  const filter = isToMany(relation, context) ? { [field.api_name]: { some: { id: { eq: id } } } } : { [field.value_key]: { eq: id } };
  const isDay = (column: Field) => context.model.type(column)?.value_schema?.format?.startsWith("date") === true;
  const widths = columns.map((column) => (isDay(column) || widgetOf(context.model, column).align === "end" ? "88px" : "112px")).join(" ");
  return (
    <section className="section">
      <header>
        <h2>{name}</h2>
        <span className="count">{rows?.total ?? ""}</span>
        <span className="grow" />
        {onAdd && (
          <Ghost icon="plus" aria-label={`${t("record.add")}: ${name}`} onClick={onAdd}>
            {t("record.add")}
          </Ghost>
        )}
        {shown.length > 0 && (
          <Link className="ghost" to="/o/$plural" params={{ plural: other.plural_api_name }} search={{ draft: { filter } }}>
            {t("record.openAsList")}
          </Link>
        )}
      </header>
      {rows && shown.length === 0 && <p className="none-yet">{t("record.noneYet")}</p>}
      <ul className="lines">
        {shown.map((row) => (
          <li key={String(row["id"])} className="line" style={{ gridTemplateColumns: `minmax(0, 1fr) ${widths}` }}>
            <Link className="cut line-name" to="/o/$plural/$id" params={{ plural: other.plural_api_name, id: String(row["id"]) }}>
              {labelOf(row, label) || t("common.untitled")}
            </Link>
            {columns.map((column) => {
              const widget = widgetOf(context.model, column);
              const value = row[column.value_key];
              return (
                <span key={column.api_name} className={isDay(column) ? "end muted" : widget.align === "end" ? "end medium" : "cut"}>
                  {value !== null && value !== undefined && <Value value={value} field={column} record={row} context={context} />}
                </span>
              );
            })}
          </li>
        ))}
      </ul>
      {!whole && rows && rows.total > FIRST && onMore && (
        <Ghost className="more" onClick={onMore}>
          {t("record.showAll")}
        </Ghost>
      )}
    </section>
  );
}

export const RelatedFailed = ({ error, onRetry }: { error: unknown; onRetry: () => void }) => {
  const t = useWords();
  return <Failed error={error} title={t("record.relatedFailed")} onRetry={onRetry} />;
};
