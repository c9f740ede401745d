/** Chooses one of many, or several, by typing: options, records, fields. Opens at once; Escape leaves things as they were. */

import { Combobox } from "@base-ui/react/combobox";
import type { BaseUIEvent } from "@base-ui/react/types";
import { type KeyboardEvent, type ReactElement, type ReactNode, useState } from "react";
import { useWords } from "../words/index.ts";
import { Icon } from "./icon.tsx";

export interface Choice {
  value: string;
  label: string;
  /** Heads the choices that share it. */
  group?: string;
  look?: ReactNode;
  hint?: string;
}

interface Properties {
  choices: Choice[];
  chosen: string[];
  several?: boolean;
  onChange: (values: string[]) => void;
  onClose?: () => void;
  trigger?: ReactElement;
  anchor?: Element | null;
  open?: boolean;
  label: string;
  placeholder?: string;
  /** Called with the query, where the server searches; `choices` are its results. */
  onSearch?: (text: string) => void;
  busy?: boolean;
  typed?: string;
  footer?: ReactNode;
  /** What is chosen, in words, where the choices do not know it yet. */
  said?: string | undefined;
  className?: string;
}

export function Picker(properties: Properties) {
  const { choices, chosen, several = false, onChange, onClose, trigger, anchor, open, label, placeholder, onSearch, busy, typed = "", footer, className = "" } = properties;
  const t = useWords();
  const [text, setText] = useState(typed);
  const [opened, setOpened] = useState(false);
  const picked = chosen.map((value) => choices.find((choice) => choice.value === value) ?? { value, label: value });
  const said = properties.said ?? picked.map((choice) => choice.label).join(", ");
  const groups = grouped(choices);
  const search = (next: string) => {
    setText(next);
    onSearch?.(next);
  };
  const shared = {
    items: groups ?? choices,
    itemToStringLabel: (choice: Choice) => choice.label,
    isItemEqualToValue: (a: Choice, b: Choice) => a.value === b.value,
    inputValue: text,
    onInputValueChange: (next: string, details: { reason: string }) => {
      if (details.reason === "item-press") return;
      search(next);
    },
    filter: onSearch ? null : fits,
    open: open ?? opened,
    onOpenChange: (next: boolean) => {
      setOpened(next);
      if (!next) {
        setText("");
        onClose?.();
      }
    },
    autoHighlight: true,
  };
  // Keys typed on the trigger, or before the box has the focus, are searched for. Base UI would choose by them.
  const typeAhead = (event: BaseUIEvent<KeyboardEvent>) => {
    if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey || (event.key === " " && text === "")) return;
    event.preventBaseUIHandler();
    event.preventDefault();
    setOpened(true);
    search(text + event.key);
  };
  const popup = (
    <>
      {trigger && <Combobox.Trigger render={trigger} aria-label={said === "" ? label : `${label}: ${said}`} onKeyDown={typeAhead} />}
      <Combobox.Portal>
        <Combobox.Positioner className="placed" sideOffset={4} collisionPadding={8} {...(anchor && { anchor })}>
          <Combobox.Popup className={`float picker ${className}`} aria-label={label}>
            <div className="ask">
              <Icon name="search" size={14} />
              <Combobox.Input placeholder={placeholder ?? t("fields.find")} aria-label={label} />
            </div>
            <Combobox.Empty className="none-box">{!busy && <div className="none">{t("fields.nothingFound")}</div>}</Combobox.Empty>
            <Combobox.List className="found">
              {groups
                ? (group: { label: string; items: Choice[] }) => (
                    <Combobox.Group key={group.label} items={group.items}>
                      {group.label && <Combobox.GroupLabel className="menu-title">{group.label}</Combobox.GroupLabel>}
                      <Combobox.Collection>{(choice: Choice) => <Item key={choice.value} choice={choice} />}</Combobox.Collection>
                    </Combobox.Group>
                  )
                : (choice: Choice) => <Item key={choice.value} choice={choice} />}
            </Combobox.List>
            {footer}
          </Combobox.Popup>
        </Combobox.Positioner>
      </Combobox.Portal>
    </>
  );
  if (several) {
    return (
      <Combobox.Root {...shared} multiple value={picked} onValueChange={(next: Choice[]) => onChange(next.map((choice) => choice.value))}>
        {popup}
      </Combobox.Root>
    );
  }
  return (
    <Combobox.Root {...shared} value={picked[0] ?? null} onValueChange={(next: Choice | null) => onChange(next ? [next.value] : [])}>
      {popup}
    </Combobox.Root>
  );
}

/** Every word that was typed is somewhere in it. */
function fits(choice: Choice, sought: string): boolean {
  const text = `${choice.label} ${choice.hint ?? ""}`.toLocaleLowerCase();
  return sought
    .toLocaleLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

function Item({ choice }: { choice: Choice }) {
  return (
    <Combobox.Item value={choice} className="menu-item">
      {choice.look ?? <span className="cut">{choice.label}</span>}
      {choice.hint && <span className="end cut">{choice.hint}</span>}
      <Combobox.ItemIndicator className="end">
        <Icon name="check" size={14} />
      </Combobox.ItemIndicator>
    </Combobox.Item>
  );
}

function grouped(choices: Choice[]): { label: string; items: Choice[] }[] | undefined {
  if (!choices.some((choice) => choice.group !== undefined)) return undefined;
  const groups = new Map<string, Choice[]>();
  for (const choice of choices) {
    const label = choice.group ?? "";
    groups.set(label, [...(groups.get(label) ?? []), choice]);
  }
  return [...groups].map(([label, items]) => ({ label, items }));
}
