/** What a chain or a pair of the kernel stands for, as text and as JSON. */
import type { PairProvenance, Provenance } from "../../dataplane/provenance.ts";
import { addressText } from "../../net/address.ts";
import { trafficText } from "../../net/traffic-text.ts";
import { classText } from "../../dataplane/statement-text.ts";
import { endText } from "../../path/end.ts";
import { podText } from "../../cluster/endpoint.ts";
import { policyText } from "../../policy/model.ts";
import { lineText, placeText } from "../../source/origin.ts";
import { type Json, originJson } from "./json.ts";
import { type Line, styled } from "./lines.ts";
import { shortList } from "./words.ts";

type Known = Exclude<Provenance, { readonly kind: "unknown" }>;

export function provenanceLines(found: Known): readonly Line[] {
  switch (found.kind) {
    case "chain":
      return [[styled("strong", found.name), `  ${found.about}`]];
    case "traffic":
      return [
        [styled("strong", found.chain.name), `  admits ${trafficText(found.chain.traffic)}`],
        ...found.pairs.flatMap(pairLines),
      ];
    case "pairs":
      return found.pairs.flatMap(pairLines);
  }
}

function pairLines({ direction, pod, address, peerClass, peers, traffic, policies }: PairProvenance): readonly Line[] {
  const whom = peers.length === 0 ? "every other address" : shortList(peers.map(endText), 5);
  const towards = direction === "egress" ? "to" : "from";
  return [
    [
      `${direction} of ${podText(pod)} (${addressText(address)}) ${towards} class ${classText(peerClass)}: `,
      trafficText(traffic),
    ],
    [styled("faint", `  ${towards} ${whom}`)],
    ...policies.flatMap(({ policy, rules }): readonly Line[] =>
      rules.length === 0
        ? [[`  ${policyText(policy)} isolates  `, styled("faint", lineText(policy.origin))]]
        : rules.map((origin) => [`  ${policyText(policy)} ${placeText(origin)}  `, styled("faint", lineText(origin))]),
    ),
  ];
}

export function provenanceJson(found: Known): Json {
  const schema = "portcullis/flow-explain/v1";
  switch (found.kind) {
    case "chain":
      return { schema, chain: found.name, about: found.about };
    case "traffic":
      return {
        schema,
        chain: found.chain.name,
        traffic: trafficText(found.chain.traffic),
        pairs: found.pairs.map(pairJson),
      };
    case "pairs":
      return { schema, pairs: found.pairs.map(pairJson) };
  }
}

function pairJson({ direction, pod, address, peerClass, peers, traffic, policies }: PairProvenance): Json {
  return {
    direction,
    pod: podText(pod),
    address: addressText(address),
    class: classText(peerClass),
    peers: peers.map(endText),
    traffic: trafficText(traffic),
    policies: policies.map(({ policy: { kind, namespace, name, origin }, rules }) => ({
      kind,
      namespace: namespace === "" ? undefined : namespace,
      name,
      origin: originJson(origin),
      rules: rules.map((rule) => ({ path: rule.path, origin: originJson(rule) })),
    })),
  };
}
