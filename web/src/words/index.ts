/** The words of the page. English is loaded with it, another language by itself. */

import i18next from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";
import type { Language } from "../api/model.ts";
import { choose, isChosen, language as chosen } from "../shared/language.ts";
import type admin from "./en/admin.json";
import en from "./en/index.ts";

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof en & { admin: typeof admin } };
  }
}

export async function startWords(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: "en",
    fallbackLng: "en",
    resources: { en: { translation: en } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  await show(chosen());
}

/** Adds the English words of a place that is loaded by itself; the Russian ones are in one file. */
export function addWords(place: "admin", english: object): void {
  i18next.addResourceBundle("en", "translation", { [place]: english }, true, true);
}

/** Changes the language of what is shown, and remembers it in this browser. */
export async function speak(language: Language): Promise<void> {
  choose(language);
  await show(language);
}

/** The language of a profile, where none was chosen in this browser. */
export async function speakAs(language: string | null | undefined): Promise<void> {
  const known = language?.slice(0, 2);
  if (isChosen() || (known !== "en" && known !== "ru") || known === currentLanguage()) return;
  await show(known);
}

async function show(language: Language): Promise<void> {
  if (language === "ru" && !i18next.hasResourceBundle("ru", "translation")) {
    i18next.addResourceBundle("ru", "translation", (await import("./ru/index.ts")).default);
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

/** Words outside components. */
export const words = i18next.t.bind(i18next);

export const useWords = () => useTranslation().t;

export function useLanguage(): Language {
  return useTranslation().i18n.language === "ru" ? "ru" : "en";
}

export const currentLanguage = (): Language => (i18next.language === "ru" ? "ru" : "en");

/** How numbers and dates are written: the browser's own variant of the language, where it has one. */
export function localeOf(language: Language): string {
  return navigator.languages.find((tag) => tag.toLowerCase().startsWith(language)) ?? (language === "ru" ? "ru-RU" : "en-GB");
}
