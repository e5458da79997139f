/** Random texts of Calico's language, each with what it selects: composed from closures, without the parser or the tree. */
import * as fc from "fast-check";

export interface Written {
  readonly text: string;
  readonly holds: (labels: ReadonlyMap<string, string>) => boolean;
}

const SOME_KEYS = ["a", "in", "contains", "projectcalico.org/name", "0-_"] as const;
const SOME_VALUES = ["", "x", "xy", "yx", "it's", 'a "word"', "\uE000", "😀", "all()"] as const;

const key = fc.constantFrom(...SOME_KEYS);
const blank = fc.constantFrom("", " ", "\t", "  ");
const space = fc.constantFrom(" ", "\t", " \t");

function quoted(value: string, single: boolean): string {
  return value.includes('"') || (single && !value.includes("'")) ? `'${value}'` : `"${value}"`;
}

const value = fc.constantFrom(...SOME_VALUES);
const written = fc.tuple(value, fc.boolean()).map(([value, single]) => ({ value, text: quoted(value, single) }));

/** A comparison with one value: what it does with a value that is there, and where the label is missing. */
const COMPARISONS: readonly (readonly [RegExp, (found: string, wanted: string) => boolean, boolean])[] = [
  [/==/, (found, wanted) => found === wanted, false],
  [/!=/, (found, wanted) => found !== wanted, true],
  [/contains/, (found, wanted) => found.split(wanted).length > 1 || wanted === "", false],
  [/starts~with/, (found, wanted) => found.slice(0, wanted.length) === wanted, false],
  [/ends~with/, (found, wanted) => found.slice(found.length - wanted.length) === wanted, false],
];

const comparison = fc
  .tuple(key, space, fc.constantFrom(...COMPARISONS), blank, blank, written)
  .map(([key, before, [operator, test, missing], inside, after, { value, text }]): Written => ({
    text: `${key}${before}${operator.source.replace("~", inside)}${after}${text}`,
    holds: (labels) => {
      const found = labels.get(key);
      return found === undefined ? missing : test(found, value);
    },
  }));

const membership = fc
  .tuple(
    key,
    space,
    fc.constantFrom("in", "not in", "notin"),
    blank,
    fc.array(written, { maxLength: 3 }),
    blank,
    fc.boolean(),
  )
  .map(([key, before, operator, after, values, gap, trailing]): Written => {
    const list = values.map(({ text }) => `${gap}${text}${gap}`).join(",");
    return {
      text: `${key}${before}${operator}${after}{${list}${trailing && values.length > 0 ? `,${gap}` : gap}}`,
      holds: (labels) => values.some(({ value }) => labels.get(key) === value) === (operator === "in"),
    };
  });

const call = fc.oneof(
  fc
    .tuple(key, blank)
    .map(([key, gap]): Written => ({ text: `has(${gap}${key}${gap})`, holds: (labels) => labels.has(key) })),
  blank.map((gap): Written => ({ text: `all(${gap})`, holds: () => true })),
  blank.map((gap): Written => ({ text: `global(${gap})`, holds: () => true })),
);

/** One tie per level of the grammar, so that precedence is the text's and not the printer's. */
const { expression } = fc.letrec<{ expression: Written; conjunction: Written; unary: Written; primary: Written }>(
  (tie) => ({
    expression: fc.tuple(fc.array(tie("conjunction"), { minLength: 1, maxLength: 3 }), blank).map(([parts, gap]) => ({
      text: parts.map(({ text }) => text).join(`${gap}||${gap}`),
      holds: (labels) => parts.some((part) => part.holds(labels)),
    })),
    conjunction: fc.tuple(fc.array(tie("unary"), { minLength: 1, maxLength: 3 }), blank).map(([parts, gap]) => ({
      text: parts.map(({ text }) => text).join(`${gap}&&${gap}`),
      holds: (labels) => parts.every((part) => part.holds(labels)),
    })),
    unary: fc.tuple(fc.nat({ max: 3 }), blank, tie("primary")).map(([count, gap, inner]) => ({
      text: `${`!${gap}`.repeat(count)}${inner.text}`,
      holds: (labels) => inner.holds(labels) === (count % 2 === 0),
    })),
    primary: fc.oneof(
      { maxDepth: 2, withCrossShrink: true },
      comparison,
      membership,
      call,
      fc.tuple(tie("expression"), blank).map(([inner, gap]) => ({ ...inner, text: `(${gap}${inner.text}${gap})` })),
    ),
  }),
);

export const anySelectorText: fc.Arbitrary<Written> = expression;

/** Labels over the same keys and values; each key may be missing. */
export const anyLabels: fc.Arbitrary<ReadonlyMap<string, string>> = fc
  .tuple(...SOME_KEYS.map((key) => fc.option(value).map((found) => ({ key, found }))))
  .map((entries) => new Map(entries.flatMap(({ key, found }) => (found === null ? [] : [[key, found]]))));
