/** Light, dark, or what the system says; kept in this browser, and set before the first paint by `theme.js`. */

import { useSyncExternalStore } from "react";

export type Theme = "system" | "light" | "dark";
export type RowSize = "32" | "36" | "48";

const KEY = "tessera.theme";
const ROWS = "tessera.rows";
const listeners = new Set<() => void>();
const root = document.documentElement;

const tell = () => {
  for (const listener of listeners) listener();
};

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

export function chooseTheme(theme: Theme): void {
  if (theme === "system") {
    localStorage.removeItem(KEY);
    delete root.dataset["theme"];
  } else {
    localStorage.setItem(KEY, theme);
    root.dataset["theme"] = theme;
  }
  tell();
}

const current = (): Theme => (root.dataset["theme"] as Theme | undefined) ?? "system";

export const useTheme = (): Theme => useSyncExternalStore(subscribe, current);

export function chooseRows(size: RowSize): void {
  localStorage.setItem(ROWS, size);
  root.dataset["rows"] = size;
  tell();
}

export const useRows = (): RowSize => useSyncExternalStore(subscribe, () => (root.dataset["rows"] as RowSize | undefined) ?? "36");
