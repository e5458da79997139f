/** The labels of one object. */
export type Labels = ReadonlyMap<string, string>;

/** Labels as a selector sees them, wherever they come from. */
export type LabelSource = Pick<Labels, "get" | "has">;

/** Labels and further ones, each under the prefix of its layer. Prefixes end in `:`, which no label's key can contain. */
export function layeredLabels(own: LabelSource, layers: Readonly<Record<string, LabelSource>>): LabelSource {
  const find = (key: string): readonly [LabelSource | undefined, string] => {
    const end = key.indexOf(":") + 1;
    return end === 0 ? [own, key] : [layers[key.slice(0, end)], key.slice(end)];
  };
  return {
    get: (key) => {
      const [layer, rest] = find(key);
      return layer?.get(rest);
    },
    has: (key) => {
      const [layer, rest] = find(key);
      return layer?.has(rest) ?? false;
    },
  };
}

export const NO_LABELS: Labels = new Map();

export function labelsOf(record: Readonly<Record<string, string>>): Labels {
  return new Map(Object.entries(record));
}
