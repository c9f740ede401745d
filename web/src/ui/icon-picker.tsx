/** Chooses one of lucide's icons by its name. */

import { type ReactElement, useMemo, useState } from "react";
import { useWords } from "../words/index.ts";
import { iconNames } from "./any-icon.tsx";
import { Icon } from "./icon.tsx";
import { Picker } from "./picker.tsx";

const SHOWN = 60;
const FIRST = [
  "shapes", "building-2", "contact-round", "users", "truck", "car", "package", "warehouse", "house", "map-pin", "calendar", "clock", "file-text", "folder-kanban",
  "handshake", "banknote", "receipt-text", "shopping-cart", "clipboard-list", "square-check-big", "tag", "megaphone", "phone", "mail", "factory", "boxes", "star",
];

const kebab = (name: string) => name.replace(/([a-z])([A-Z0-9])/g, "$1-$2").replace(/([0-9])([A-Z])/g, "$1-$2").toLowerCase();

interface Properties {
  value: string;
  onChange: (icon: string) => void;
  trigger: ReactElement;
}

export default function IconPicker({ value, onChange, trigger }: Properties) {
  const t = useWords();
  const all = useMemo(() => [...new Set(iconNames().map(kebab))], []);
  const [text, setText] = useState("");
  const wanted = text.trim().toLowerCase();
  const found = wanted === "" ? FIRST : all.filter((name) => name.includes(wanted)).slice(0, SHOWN);
  const choices = found.map((name) => ({
    value: name,
    label: name,
    look: (
      <>
        <Icon name={name} />
        <span>{name}</span>
      </>
    ),
  }));
  return (
    <Picker
      choices={choices}
      chosen={[value]}
      label={t("model.chooseIcon")}
      placeholder={t("model.findIcon")}
      trigger={trigger}
      onSearch={setText}
      onChange={([next]) => next !== undefined && onChange(next)}
    />
  );
}
