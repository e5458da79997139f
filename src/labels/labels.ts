/** The labels of one object. */
export type Labels = ReadonlyMap<string, string>;

/** Labels as a selector sees them, wherever they come from. */
export type LabelSource = Pick<Labels, "get" | "has">;

export const NO_LABELS: Labels = new Map();

export function labelsOf(record: Readonly<Record<string, string>>): Labels {
  return new Map(Object.entries(record));
}
