/** A rule of an access list from words, as commands and tables write it. */
import { suggestionFor } from "../../resources/schema/spelling.ts";
import { shown } from "../../resources/schema/syntax.ts";
import type { Origin } from "../../source/origin.ts";
import type { WrittenRule } from "../written-acl.ts";
import { addressesOf } from "./addresses.ts";
import { type PortRange, ruleTraffic } from "./rule-traffic.ts";
import type { Told } from "./told.ts";

export interface WordsOfRule {
  readonly id: string | undefined;
  readonly name: string;
  readonly action: Told<string>;
  readonly direction: Told<string>;
  readonly protocol: Told<string>;
  readonly source: Told<string>;
  readonly destination: Told<string>;
  readonly sourcePorts: Told<PortRange> | undefined;
  readonly ports: Told<PortRange> | undefined;
  readonly icmpType: Told<number> | undefined;
  readonly icmpCode: Told<number> | undefined;
}

/** Reports words that mean nothing; the rule is then not to be used. */
export function ruleOfWords(words: WordsOfRule, origin: Origin): WrittenRule {
  const { id, name, protocol, sourcePorts, ports, icmpType, icmpCode } = words;
  const action = oneOf(words.action, ["allow", "deny"]);
  return {
    id,
    name,
    action,
    direction: oneOf(words.direction, ["inbound", "outbound"]),
    source: addressesOf(words.source),
    destination: addressesOf(words.destination),
    ...ruleTraffic({ action, protocol, sourcePorts, ports, icmpType, icmpCode }),
    protocol: protocol.value,
    origin,
  };
}

function oneOf<T extends string>({ value, at }: Told<string>, words: readonly [T, T]): T {
  const word = words.find((known) => known === value);
  if (word !== undefined) return word;
  const suggestion = suggestionFor(value, words)?.word;
  at.report("PC112", `${shown(value)} is not one of ${words.join(", ")}`, `write ${suggestion ?? words.join(" or ")}`);
  return words[0];
}
