/** Which flows are asked for: by who sends, who receives, and what. */
import type { Node, Pod } from "../cluster/endpoint.ts";
import { type AddressSet, coversAddresses } from "../net/address.ts";
import { unionOf } from "../net/intervals.ts";
import type { TrafficSet } from "../net/traffic.ts";
import type { End } from "../path/end.ts";

/** What is undefined or empty asks for everything; a flow must be asked for by all of them. */
export interface FlowFilter {
  readonly from: readonly End[] | undefined;
  readonly to: readonly End[] | undefined;
  readonly traffic: TrafficSet | undefined;
  /** One end is a pod of one of these. */
  readonly namespaces: readonly string[];
  /** One end is no pod. */
  readonly external: boolean;
  /** The ends are pods of different namespaces. */
  readonly crossing: boolean;
  /** Nodes to tell from other addresses, as they were asked for by name. */
  readonly nodes: readonly Node[];
}

/** Ends as pods with the addresses that are meant, and other addresses. */
export class Selected {
  /** Addresses of nodes and outside. */
  readonly addresses: AddressSet;
  readonly #pods = new Map<Pod, AddressSet>();

  constructor(ends: readonly End[]) {
    for (const end of ends) {
      if (end.kind !== "pod") continue;
      // Whoever claims the address is meant too: nobody knows whose it is.
      for (const pod of [end.pod, ...end.rivals]) {
        this.#pods.set(pod, unionOf([...(this.#pods.get(pod) ?? []), ...end.where]));
      }
    }
    this.addresses = unionOf(ends.flatMap(({ kind, where }) => (kind === "pod" ? [] : where)));
  }

  hasPod(pod: Pod, where: AddressSet): boolean {
    const meant = this.#pods.get(pod);
    return meant !== undefined && coversAddresses(meant, where);
  }
}
