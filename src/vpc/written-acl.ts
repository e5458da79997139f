import type { Acl, FilterRule } from "./model.ts";

/** A rule with the id that commands may call it by. */
export interface WrittenRule extends FilterRule {
  /** Undefined where it is not told. */
  readonly id: string | undefined;
}

export interface WrittenAcl extends Acl {
  readonly rules: readonly WrittenRule[];
}
