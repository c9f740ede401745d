/** Chooses what a field holds: a type in its group, or the object that it leads to. */

import type { ReactElement } from "react";
import type { FieldType, Model } from "../api/model.ts";
import { pluralOf } from "../api/model.ts";
import { useFieldContext } from "../fields/index.ts";
import { Icon } from "../ui/icon.tsx";
import { type Choice, Picker } from "../ui/picker.tsx";
import { useWords } from "../words/index.ts";
import type { Chosen } from "./draft.ts";

const GROUPS = ["text", "number", "choice", "date", "contact", "relation", "other"] as const;
type Group = (typeof GROUPS)[number];

const groupOf = (type: FieldType): Group => GROUPS.find((group) => group === type.group) ?? "other";

export const typeIcon = (type: FieldType | undefined): string => type?.icon ?? "shapes";

function Look({ icon, name, summary }: { icon: string; name: string; summary: string | undefined }) {
  return (
    <>
      <Icon name={icon} />
      <span>{name}</span>
      {summary && <span className="muted cut">{summary}</span>}
    </>
  );
}

export const leadsTo = (type: FieldType): boolean => type.required_settings.includes("to");

/** Types that need no other object, in their groups. */
export const plainTypes = (model: Model): FieldType[] => [...model.types.values()].filter((type) => !leadsTo(type));

interface Properties {
  name: string;
  value: Chosen;
  onChange: (chosen: Chosen) => void;
  onClose?: () => void;
  trigger?: ReactElement;
  anchor?: Element | null;
  open?: boolean;
  /** Only types; not the objects that a relation could lead to. */
  withoutObjects?: boolean;
}

export function TypePicker({ name, value, onChange, onClose, trigger, anchor, open, withoutObjects = false }: Properties) {
  const t = useWords();
  const { model, language } = useFieldContext();
  const types = plainTypes(model).map((type): Choice & { at: number } => ({
    value: `type:${type.name}`,
    label: type.title[language],
    group: t(`model.groups.${groupOf(type)}`),
    at: GROUPS.indexOf(groupOf(type)),
    look: <Look icon={typeIcon(type)} name={type.title[language]} summary={type.summary?.[language]} />,
  }));
  const objects = model.objects.filter((object) => !object.hidden && object.permissions.read && !withoutObjects);
  const relations = objects.map((object): Choice & { at: number } => {
    const label = pluralOf(object, language);
    return {
      value: `to:${object.api_name}`,
      label,
      group: t("model.groups.relation"),
      at: GROUPS.indexOf("relation"),
      look: <Look icon={object.icon ?? "shapes"} name={label} summary={t("model.relateTo", { objects: label })} />,
    };
  });
  const choices = [...types, ...relations].sort((a, b) => a.at - b.at);
  const chosen = value.to !== undefined ? `to:${value.to}` : `type:${value.type ?? ""}`;
  return (
    <Picker
      choices={choices}
      chosen={[chosen]}
      label={t("model.chooseType", { name })}
      placeholder={t("model.findType")}
      className="types"
      {...(trigger && { trigger })}
      {...(anchor !== undefined && { anchor })}
      {...(open !== undefined && { open })}
      {...(onClose && { onClose })}
      onChange={([next]) => {
        if (next === undefined) return;
        const [kind, picked = ""] = next.split(/:(.*)/s);
        onChange(kind === "to" ? { to: picked } : { type: picked });
      }}
    />
  );
}
