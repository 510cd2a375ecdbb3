import type { zh } from "./zh"; export const en: Partial<Record<keyof typeof zh, string>> = {};
