/** Ctrl+K: everything by its name. */

import { Autocomplete } from "@base-ui/react/autocomplete";
import { type ReactNode, useMemo, useState } from "react";
import { Dialog } from "../ui/dialog.tsx";
import { Icon } from "../ui/icon.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { useWords } from "../words/index.ts";
import { type Entry, noteRecent, useEntries } from "./palette-entries.ts";
import { keyCap } from "./shortcuts.ts";

const ESCAPE = "Esc";

export default function Palette({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useWords();
  return (
    <Dialog open={open} onClose={onClose} title={t("common.search")} bare className="palette">
      <Finder onClose={onClose} />
    </Dialog>
  );
}

export function Finder({ onClose }: { onClose: () => void }) {
  const t = useWords();
  const [text, setText] = useState("");
  const { entries, busy } = useEntries(text);
  const groups = useMemo(() => {
    const found = new Map<string, Entry[]>();
    for (const entry of entries) found.set(entry.group, [...(found.get(entry.group) ?? []), entry]);
    return [...found].map(([label, items]) => ({ label, items }));
  }, [entries]);
  const choose = (entry: Entry) => {
    noteRecent(entry.id.replace(/^recent\//, ""));
    onClose();
    entry.act();
  };
  return (
    <Autocomplete.Root
      items={groups}
      filter={null}
      value={text}
      onValueChange={(next, details) => details.reason !== "item-press" && setText(next)}
      itemToStringValue={(entry: Entry) => entry.label}
      autoHighlight="always"
      keepHighlight
      inline
      open
    >
      <div className="ask">
        <Icon name="search" />
        <Autocomplete.Input placeholder={t("palette.find")} aria-label={t("palette.find")} autoFocus />
        <span className="off-phone" aria-hidden>
          <Kbd>{ESCAPE}</Kbd>
        </span>
      </div>
      <Autocomplete.Empty>{entries.length === 0 && <p className="none">{t(busy ? "palette.searching" : "palette.none")}</p>}</Autocomplete.Empty>
      <Autocomplete.List className="found">
        {(group: { label: string; items: Entry[] }) => (
          <Autocomplete.Group key={group.label} items={group.items}>
            <Autocomplete.GroupLabel className="menu-title">{group.label}</Autocomplete.GroupLabel>
            <Autocomplete.Collection>
              {(entry: Entry) => (
                <Autocomplete.Item key={entry.id} value={entry} className="hit" onClick={() => choose(entry)}>
                  <Icon name={entry.icon} />
                  <span className="cut">{marked(entry.label, text)}</span>
                  {entry.what && <span className="what">{entry.what}</span>}
                  {entry.keys && (
                    <span className="what caps off-phone">
                      {entry.keys.map((key) => (
                        <Kbd key={key}>{keyCap(key)}</Kbd>
                      ))}
                    </span>
                  )}
                </Autocomplete.Item>
              )}
            </Autocomplete.Collection>
          </Autocomplete.Group>
        )}
      </Autocomplete.List>
      <footer className="keys off-phone">
        <span>
          <Kbd>↑</Kbd> <Kbd>↓</Kbd> {t("palette.move")}
        </span>
        <span>
          <Kbd>↵</Kbd> {t("palette.choose")}
        </span>
        <span className="push">{t("palette.hint")}</span>
      </footer>
    </Autocomplete.Root>
  );
}

/** A label with the words that were typed in bold. */
function marked(label: string, typed: string): ReactNode {
  const words = typed.replace(/^>/, "").split(/\s+/).filter(Boolean);
  if (words.length === 0) return label;
  const parts = label.split(new RegExp(`(${words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "i"));
  // Every second part is a match.
  return parts.map((part, at) => (at % 2 === 1 ? <b key={at}>{part}</b> : part));
}
