// Which field each column of a file is taken for, while a person changes it.
import type { ImportBatch, ImportField } from "../../api/schemas";

export type Mapping = Record<string, string>;

export const mappingOf = (columns: ImportBatch["columns"]): Mapping => Object.fromEntries(columns.filter((c) => c.heading !== "").map((c) => [c.heading, c.field]));

/** Takes a column for a field; another column that was taken for it is not used any more. */
export function taken(mapping: Mapping, heading: string, field: string): Mapping {
  const freed = Object.entries(mapping).map(([h, f]) => [h, f === field ? "" : f]);
  return { ...Object.fromEntries(freed), [heading]: field };
}

/** Required fields that no column is taken for. */
export function missing(mapping: Mapping, fields: ImportField[]): ImportField[] {
  const have = new Set(Object.values(mapping));
  return fields.filter((f) => f.required && !have.has(f.name));
}
