/**
 * Every shortcut, in one table: the `?` list and the palette are drawn from it, and places say what an entry does while they
 * are shown. By the place of a key and not its letter, so they work on a Cyrillic layout. None fires inside a text box, except with Ctrl.
 */

import { useEffect, useRef } from "react";
import { isMac } from "../lib/platform.ts";

export type Where = "anywhere" | "places" | "list" | "cell" | "record";

export interface Shortcut {
  where: Where;
  /** As `?` shows them, one key cap each; `Mod` is Ctrl, or ⌘ on a Mac. */
  keys: string[][];
  /** What fires it; absent where the grid itself takes the keys. */
  codes?: string[];
}

export const SHORTCUTS = {
  palette: { where: "anywhere", keys: [["Mod", "K"]], codes: ["Mod+KeyK"] },
  help: { where: "anywhere", keys: [["?"]], codes: ["Shift+Slash"] },
  sidebar: { where: "anywhere", keys: [["["]], codes: ["BracketLeft"] },
  undo: { where: "anywhere", keys: [["Mod", "Z"]], codes: ["Mod+KeyZ"] },
  redo: { where: "anywhere", keys: [["Mod", "Shift", "Z"]], codes: ["Mod+Shift+KeyZ"] },
  goModel: { where: "anywhere", keys: [["G", "M"]], codes: ["KeyG KeyM"] },
  goAdmin: { where: "anywhere", keys: [["G", "A"]], codes: ["KeyG KeyA"] },
  goMe: { where: "anywhere", keys: [["G", "P"]], codes: ["KeyG KeyP"] },
  placeUp: { where: "places", keys: [["Alt", "↑"]] },
  placeDown: { where: "places", keys: [["Alt", "↓"]] },
  search: { where: "list", keys: [["/"]], codes: ["Slash"] },
  new: { where: "list", keys: [["C"]], codes: ["KeyC"] },
  filter: { where: "list", keys: [["F"]], codes: ["KeyF"] },
  views: { where: "list", keys: [["V"]], codes: ["KeyV"] },
  move: { where: "cell", keys: [["↑"], ["↓"], ["←"], ["→"], ["Tab"]] },
  moveFar: { where: "cell", keys: [["Mod", "↓"], ["Home"], ["End"], ["PgDn"]] },
  extend: { where: "cell", keys: [["Shift", "↓"]] },
  edit: { where: "cell", keys: [["Enter"], ["F2"]] },
  leave: { where: "cell", keys: [["Enter"], ["Tab"]] },
  revert: { where: "cell", keys: [["Esc"]] },
  empty: { where: "cell", keys: [["Del"]] },
  copyPaste: { where: "cell", keys: [["Mod", "C"], ["Mod", "X"], ["Mod", "V"]] },
  fill: { where: "cell", keys: [["Mod", "D"]] },
  peek: { where: "cell", keys: [["Space"]] },
  tick: { where: "cell", keys: [["X"]] },
  all: { where: "cell", keys: [["Mod", "A"]] },
  newRow: { where: "cell", keys: [["Mod", "Enter"]] },
  save: { where: "record", keys: [["Mod", "S"]], codes: ["Mod+KeyS"] },
  editAll: { where: "record", keys: [["E"]], codes: ["KeyE"] },
  nextRecord: { where: "record", keys: [["Alt", "↓"], ["J"]], codes: ["Alt+ArrowDown", "KeyJ"] },
  previousRecord: { where: "record", keys: [["Alt", "↑"], ["K"]], codes: ["Alt+ArrowUp", "KeyK"] },
} as const satisfies Record<string, Shortcut>;

export type ShortcutId = keyof typeof SHORTCUTS;

export const keyCap = (key: string): string => (key !== "Mod" ? key : isMac ? "⌘" : "Ctrl");

type Act = () => void;

const acts = new Map<ShortcutId, Act[]>();

/** Does something on a shortcut for as long as the component is shown; the newest place that takes it gets it. */
export function useShortcut(id: ShortcutId, act: Act, enabled = true): void {
  const latest = useRef(act);
  latest.current = act;
  useEffect(() => {
    if (!enabled) return;
    const mine = () => latest.current();
    acts.set(id, [...(acts.get(id) ?? []), mine]);
    return () => {
      acts.set(id, (acts.get(id) ?? []).filter((each) => each !== mine));
    };
  }, [id, enabled]);
}

/** What a shortcut does now; undefined where nothing takes it. */
export const actOf = (id: ShortcutId): Act | undefined => acts.get(id)?.at(-1);

function codeOf(event: KeyboardEvent): string {
  const mod = isMac ? event.metaKey : event.ctrlKey;
  return `${mod ? "Mod+" : ""}${event.altKey ? "Alt+" : ""}${event.shiftKey ? "Shift+" : ""}${event.code}`;
}

const SEQUENCE = 1_000;

export function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** Listens for the whole page. */
export function startShortcuts(): void {
  let before: { code: string; at: number } | undefined;
  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const code = codeOf(event);
    if (isTyping(event.target) && !code.startsWith("Mod+")) return;
    // The browser's own undo is wanted where a text is being written.
    if (isTyping(event.target) && /KeyZ$/.test(code)) return;
    const pair = before && event.timeStamp - before.at < SEQUENCE ? `${before.code} ${code}` : undefined;
    before = { code, at: event.timeStamp };
    for (const [id, shortcut] of Object.entries(SHORTCUTS) as [ShortcutId, Shortcut][]) {
      if (!shortcut.codes?.some((each) => each === code || each === pair)) continue;
      const act = actOf(id);
      if (!act) continue;
      event.preventDefault();
      before = undefined;
      act();
      return;
    }
  });
}
