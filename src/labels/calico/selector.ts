/**
 * Selectors as Calico's language writes them. They differ from `Selector` in one thing: what `all()` and `global()` mean
 * depends on the field they stand in, so they get their meaning when a policy is lowered.
 */
import { type All, all, type Any, any, type Criterion, EVERYTHING, not, type Not, type Selector } from "../selector.ts";

/**
 * An empty conjunction is a written `all()` (or a blank text), and nothing else. Every `Selector` is a CalicoSelector too.
 */
export type CalicoSelector =
  | All<CalicoSelector>
  | Any<CalicoSelector>
  | Not<CalicoSelector>
  | Criterion
  | { readonly op: "global" };

/**
 * The most characters (code points) that the schema of Calico's resources accepts in one selector. The parser does not
 * check it.
 */
export const CALICO_SELECTOR_MAX_LENGTH = 1024;

/** What stands for the context-dependent parts of a selector. */
export interface CalicoMeaning {
  /** In place of every `all()`; not prefixed. */
  readonly all: Selector;
  /** In place of every `global()`; not prefixed. */
  readonly global: Selector;
  /** Put before every key the author wrote, as `pcns.` in a namespaceSelector. */
  readonly keyPrefix: string;
}

/** As Calico evaluates a selector that no rule rewrites: both are true for every object. */
export const AS_WRITTEN: CalicoMeaning = { all: EVERYTHING, global: EVERYTHING, keyPrefix: "" };

/**
 * The predicate on labels that a Calico selector stands for. Calico itself does this by replacing text, `all()` by
 * `has(projectcalico.org/namespace)` and the like, at the places where policies are prepared for its agent.
 */
export function interpret(selector: CalicoSelector, meaning: CalicoMeaning = AS_WRITTEN): Selector {
  switch (selector.op) {
    case "all":
      return selector.of.length === 0 ? meaning.all : all(selector.of.map((part) => interpret(part, meaning)));
    case "any":
      return any(selector.of.map((part) => interpret(part, meaning)));
    case "not":
      return not(interpret(selector.of, meaning));
    case "global":
      return meaning.global;
    case "has":
    case "in":
    case "text":
      return meaning.keyPrefix === "" ? selector : { ...selector, key: `${meaning.keyPrefix}${selector.key}` };
  }
}

/** Whether `global()` stands anywhere in it; most fields refuse that. */
export function mentionsGlobal(selector: CalicoSelector): boolean {
  switch (selector.op) {
    case "all":
    case "any":
      return selector.of.some(mentionsGlobal);
    case "not":
      return mentionsGlobal(selector.of);
    case "global":
      return true;
    case "has":
    case "in":
    case "text":
      return false;
  }
}
