/** What reading texts gives: resources, what was found on the way, and what could not be understood. */
import type { Finding } from "../source/finding.ts";
import type { Origin } from "../source/origin.ts";
import type { Resource } from "./kinds.ts";
import type { Projection } from "./projection.ts";

/** kubectl's words: `strict` refuses unknown fields, `warn` drops them and says so, `ignore` drops them silently. */
export type Validation = "strict" | "warn" | "ignore";

export interface ReadOptions {
  readonly validation: Validation;
  /** The namespace of namespaced objects that name none, as kubectl's `-n`; undefined: `default`, with a warning. */
  readonly namespace: string | undefined;
  /** Is handed every object that was read, as far as it was; for those who want to keep it. */
  readonly keep?: (resource: Resource, projection: Projection) => void;
}

/**
 * Something in the input that may filter packets and that no answer can take into account: a kind we do not model, or a
 * document or policy that could not be read. Answers it could touch are `undecided` and name it.
 */
export interface Blind {
  /** What it is, `CiliumNetworkPolicy shop/l7`, or `document 3 of policies.yaml`. */
  readonly what: string;
  readonly why: "not modelled" | "unreadable";
  /** The one namespace whose pods it could touch; undefined: any. */
  readonly namespace: string | undefined;
  readonly origin: Origin;
}

export interface Reading {
  readonly resources: readonly Resource[];
  readonly findings: readonly Finding[];
  readonly blinds: readonly Blind[];
  /** How many objects of kinds that cannot filter packets were passed over, by kind. */
  readonly passedOver: ReadonlyMap<string, number>;
}
