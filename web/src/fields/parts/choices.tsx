/** What the choosing widgets share: chips of options, and a picker that opens on a cell or from a button in a form. */

import { type ReactNode, useState } from "react";
import type { Option } from "../../api/model.ts";
import { optionLabel } from "../../api/model.ts";
import { Icon } from "../../ui/icon.tsx";
import { type Choice, Picker } from "../../ui/picker.tsx";
import { words } from "../../words/index.ts";
import type { FieldContext } from "../field.ts";

const COLOURS = new Set(["gray", "red", "orange", "yellow", "green", "teal", "blue", "purple", "pink"]);

/** One of nine colours is a tint; a colour of the tenant's own is a dot. */
export function Chip({ option, context }: { option: Option; context: FieldContext }) {
  const label = optionLabel(option, context.language);
  const colour = option.color ?? "gray";
  if (COLOURS.has(colour)) return <span className={`chip ${colour}`}>{label}</span>;
  return (
    <span className="chip gray">
      <svg className="own-dot" viewBox="0 0 8 8" aria-hidden>
        <circle cx="4" cy="4" r="4" fill={colour} />
      </svg>
      {label}
    </span>
  );
}

export const optionOf = (options: Option[] | undefined, value: string): Option =>
  options?.find((option) => option.value === value) ?? { value };

/** The option that a text means: its value, or its label in either language. */
export function optionNamed(options: Option[] | undefined, text: string): Option | undefined {
  const wanted = text.trim().toLocaleLowerCase();
  return options?.find(
    (option) =>
      option.value.toLocaleLowerCase() === wanted ||
      option.label?.toLocaleLowerCase() === wanted ||
      Object.values(option.translations ?? {}).some((words) => words.label?.toLocaleLowerCase() === wanted),
  );
}

export const optionChoices = (options: Option[] | undefined, context: FieldContext): Choice[] =>
  (options ?? []).map((option) => ({
    value: option.value,
    label: optionLabel(option, context.language),
    look: <Chip option={option} context={context} />,
  }));

interface Properties {
  place: "cell" | "form" | "filter";
  shown: ReactNode;
  choices: Choice[];
  chosen: string[];
  several?: boolean;
  label: string;
  said?: string | undefined;
  id?: string | undefined;
  invalid?: boolean | undefined;
  disabled?: boolean | undefined;
  describedBy?: string | undefined;
  typed?: string | undefined;
  onPick: (values: string[]) => void;
  onClose?: (() => void) | undefined;
  onSearch?: (text: string) => void;
  busy?: boolean;
}

export function Chooser({ place, shown, choices, chosen, several = false, label, said, id, invalid, disabled, describedBy, typed, onPick, onClose, onSearch, busy }: Properties) {
  const [anchor, setAnchor] = useState<Element | null>(null);
  const shared = {
    choices,
    chosen,
    several,
    label,
    said,
    onChange: onPick,
    ...(typed !== undefined && { typed }),
    ...(onSearch && { onSearch }),
    ...(busy !== undefined && { busy }),
  };
  if (place === "cell") {
    return (
      <span ref={setAnchor} className="cell-input flex items-center gap-1">
        {shown}
        {anchor && <Picker {...shared} open anchor={anchor} {...(onClose && { onClose })} />}
      </span>
    );
  }
  const box = (
    <button type="button" id={id} className={`input ${invalid ? "is-bad" : ""}`} disabled={disabled} aria-describedby={describedBy}>
      <span className="grow flex items-center gap-1 overflow-hidden">{shown ?? <span className="faint">{words("fields.choose")}</span>}</span>
      <Icon name="chevron-down" size={14} />
    </button>
  );
  return <Picker {...shared} trigger={box} {...(onClose && { onClose })} />;
}
