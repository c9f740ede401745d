/** The language of the pages: what the reader chose, or else the browser's. */

export type Language = "en" | "ru";

/** The same words in both languages. */
export type Words<T> = Record<Language, T>;

const KEY = "tessera.language";

export function language(): Language {
  const chosen = localStorage.getItem(KEY);
  if (chosen === "en" || chosen === "ru") return chosen;
  return navigator.language.toLowerCase().startsWith("ru") ? "ru" : "en";
}

export const isChosen = (): boolean => localStorage.getItem(KEY) !== null;

export function choose(language: Language): void {
  localStorage.setItem(KEY, language);
}
