/** What hangs on a field. */

import { useQuery } from "@tanstack/react-query";
import type { ObjectType } from "../api/model.ts";
import { get } from "../api/rest.ts";
import { useFieldContext } from "../fields/index.ts";
import { showNumber } from "../lib/numbers.ts";
import { useWords } from "../words/index.ts";

interface FieldUsage {
  values: number;
  label: boolean;
  forms: { section: number; title: string | null }[];
  views: { id: string; name: string }[];
  roles: string[];
}

export function useCount(object: ObjectType): number | undefined {
  const { data } = useQuery({
    queryKey: ["count", object.api_name],
    enabled: object.permissions.read,
    queryFn: async ({ signal }) => (await get<{ total: number }>(`/${object.plural_api_name}`, { limit: 1, fields: "id", count: "exact" }, signal)).total,
  });
  return data;
}

export function Usage({ object, field }: { object: ObjectType; field: string }) {
  const t = useWords();
  const { locale } = useFieldContext();
  const all = useCount(object);
  const { data } = useQuery({
    queryKey: ["usage", object.api_name, field],
    retry: false,
    queryFn: ({ signal }) => get<FieldUsage>(`/metadata/objects/${object.api_name}/fields/${field}/usage`, {}, signal),
  });
  if (!data) return null;
  const lines: [string, string][] = [
    [t("model.views"), data.views.map((view) => view.name).join(", ")],
    [t("model.roles"), data.roles.join(", ")],
    [t("model.forms"), data.forms.map((form) => form.title ?? "").join(", ")],
    [t("model.values"), all === undefined || all < data.values ? showNumber(data.values, locale) : t("model.ofAll", { some: showNumber(data.values, locale), all: showNumber(all, locale) })],
  ];
  return (
    <ul className="use">
      {lines
        .filter(([, said]) => said !== "")
        .map(([title, said]) => (
          <li key={title}>
            <span>{title}</span>
            <span className="muted num">{said}</span>
          </li>
        ))}
      {data.label && (
        <li>
          <span>{t("model.titleField")}</span>
          <span className="muted">{t("model.isTitle")}</span>
        </li>
      )}
    </ul>
  );
}
