/** Assertions: what must hold of a cluster's flows, written beside its manifests. */
import type { LabelSelector, ResourceOf } from "./kinds.ts";

/**
 * `allow`: every packet passes. `deny`: no connection comes about. `never`: not even one packet arrives, and it holds also
 * where nobody is selected. `only`: nobody else may, whoever that is.
 */
export type Expectation = "allow" | "deny" | "never" | "only";

/** Who is meant: by the grammar of ends, or by labels. */
export type EndPattern =
  | { readonly kind: "text"; readonly text: string }
  | {
      readonly kind: "selectors";
      /** The namespace by its name; undefined: any that `namespaceSelector` selects, and without that the file's own. */
      readonly namespace: string | undefined;
      readonly namespaceSelector: LabelSelector | undefined;
      /** Undefined: every pod. */
      readonly podSelector: LabelSelector | undefined;
    };

/** From each of some to each of others. */
export interface FlowPattern {
  readonly from: readonly EndPattern[];
  readonly to: readonly EndPattern[];
  /** `8080`, `53/udp`, `http`, `/icmp.8`; empty: everything. */
  readonly ports: readonly string[];
}

export interface AssertionSpec {
  readonly expectation: Expectation;
  readonly flow: FlowPattern;
  /** What it is called in reports; undefined: the flow itself. */
  readonly name: string | undefined;
  /** Why it must hold. */
  readonly because: string | undefined;
}

export type AssertionsResource = ResourceOf<"Assertions", readonly AssertionSpec[]>;
