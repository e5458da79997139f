/** The chains that a program's pairs and stages lead to, each content once. */
import { isNoTraffic, trafficKey, type TrafficSet } from "../net/traffic.ts";
import { contentHash } from "./content-hash.ts";
import type { EarlyPhase, EarlyTraffic } from "./host-program.ts";
import type { TrafficChain } from "./program.ts";

/** Collects chains while a program is compiled. */
export class TrafficChains {
  readonly #plain = new Map<string, TrafficChain>();
  readonly #early = new Map<string, EarlyTraffic>();

  /** In the order of their names. */
  get plain(): readonly TrafficChain[] {
    return inOrder(this.#plain.values());
  }

  get early(): readonly EarlyTraffic[] {
    return inOrder(this.#early.values());
  }

  /** The name of the chain that lets exactly `traffic` pass. */
  of(traffic: TrafficSet, logged: TrafficSet): string {
    const key = keyOf(traffic, logged);
    const chain = this.#plain.get(key) ?? { name: `traffic_${contentHash(key)}`, traffic, logged };
    this.#plain.set(key, chain);
    return chain.name;
  }

  /** The name of the chain of an early phase. */
  ofEarly(phase: EarlyPhase, { allowed, passing, logged }: Omit<EarlyTraffic, "name" | "phase">): string {
    const key = `${phase} ${trafficKey(allowed)} passing ${keyOf(passing, logged)}`;
    const prefix = phase === "untracked" ? "untracked" : "pre_dnat";
    const chain = this.#early.get(key) ?? { name: `${prefix}_${contentHash(key)}`, phase, allowed, passing, logged };
    this.#early.set(key, chain);
    return chain.name;
  }
}

function keyOf(traffic: TrafficSet, logged: TrafficSet): string {
  return isNoTraffic(logged) ? trafficKey(traffic) : `${trafficKey(traffic)} logging ${trafficKey(logged)}`;
}

function inOrder<T extends { readonly name: string }>(chains: Iterable<T>): readonly T[] {
  return [...chains].sort((a, b) => (a.name < b.name ? -1 : 1));
}
