// One table of strings per language. Chinese is loaded with the page, English
// when it is asked for.
import i18next from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";
import type { Language } from "../format";
import { zh, type Key } from "./zh";

const KEY = "rb_lang";

export function storedLanguage(): Language {
  return localStorage.getItem(KEY) === "en" ? "en" : "zh-CN";
}

export async function startLanguage(language: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: "zh-CN", fallbackLng: "zh-CN", keySeparator: false, nsSeparator: false, interpolation: { escapeValue: false },
    resources: { "zh-CN": { translation: zh } },
  });
  await setLanguage(language);
}

let wanted: Language = "zh-CN";

/** Changes the language once it is loaded; of several changes meanwhile the last one holds. */
export async function setLanguage(language: Language): Promise<void> {
  wanted = language;
  if (language === "en") await loadEnglish();
  if (wanted !== language) return;
  localStorage.setItem(KEY, language);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}

async function loadEnglish(): Promise<void> {
  if (i18next.hasResourceBundle("en", "translation")) return;
  try {
    i18next.addResourceBundle("en", "translation", (await import("./en")).en);
  } catch (error) {
    wanted = "zh-CN"; // as it is shown; the next click asks again
    throw error;
  }
}

/** The language chosen last: the one shown, or on its way. */
export const chosenLanguage = (): Language => wanted;

/** The language to change to. */
export const otherLanguage = (): Language => (wanted === "en" ? "zh-CN" : "en");

export type Values = Record<string, string | number>;
export type Say = (key: Key, values?: Values) => string;

/** The words of this language, and a way to choose between two that the server sent. */
export interface Words {
  t: Say;
  language: Language;
  /** Picks zh or en; falls back to the other when one is empty. */
  pick(zh: string | null | undefined, en: string | null | undefined): string;
  /** A word by a key that is put together at run time; the fallback when there is none. */
  word(key: string, fallback: string): string;
}

export function useWords(): Words {
  const { t, i18n } = useTranslation();
  const language: Language = i18n.language === "en" ? "en" : "zh-CN";
  return {
    t: (key, values) => t(key, values ?? {}),
    language,
    pick: (zhText, enText) => (language === "en" ? enText || zhText : zhText || enText) ?? "",
    word: (key, fallback) => (i18next.exists(key) ? t(key) : fallback),
  };
}

export type { Key };
