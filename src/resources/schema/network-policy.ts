/** NetworkPolicy of networking.k8s.io/v1: fields, rules between them, defaults, and what people write by mistake. */
import { isAddressError, parseCidr } from "../../net/address.ts";
import type { NetworkPolicyPeer, NetworkPolicyPort, NetworkPolicyRule, NetworkPolicySpec } from "../kinds.ts";
import { checkCidr } from "./address.ts";
import type { Cursor } from "./cursor.ts";
import { peerAdvice, portAdvice, ruleAdvice, specAdvice } from "./network-policy-advice.ts";
import { labelSelector } from "./selector.ts";
import { portNameObjection, portNumberObjection, shown } from "./syntax.ts";
import {
  checked,
  integer,
  integerOrString,
  list,
  oneOf,
  optional,
  record,
  required,
  string,
  type Type,
} from "./types.ts";

const PROTOCOLS = ["TCP", "UDP", "SCTP"] as const;
const POLICY_TYPES = ["Ingress", "Egress"] as const;

const port: Type<NetworkPolicyPort> = record(
  {
    protocol: oneOf(PROTOCOLS, "TCP"),
    port: optional(
      checked(integerOrString, (value) =>
        typeof value === "number" ? portNumberObjection(value) : portNameObjection(value),
      ),
    ),
    endPort: optional(integer),
  },
  { mainField: "port", advice: portAdvice, check: checkEndPort },
);

function checkEndPort(value: NetworkPolicyPort, at: Cursor): void {
  if (value.endPort === undefined) return;
  const end = at.child("endPort");
  const start = at.child("port");
  if (!start.isPresent) {
    end.report("PC114", "endPort without port", "write `port:` with the first port of the range");
  } else if (typeof value.port === "string") {
    end.report(
      "PC114",
      `endPort beside the named port ${shown(value.port)}`,
      "write the first port of the range as a number, or remove endPort",
    );
  } else if (value.endPort > 65535) {
    end.report("PC112", `${value.endPort} is not a port number`, "write a number from 1 to 65535");
  } else if (value.port !== undefined && value.port > 0 && value.endPort < value.port) {
    end.report(
      "PC112",
      `${value.endPort} is below the first port ${value.port}`,
      `write a number from ${value.port} to 65535`,
    );
  }
}

interface IpBlock {
  readonly cidr: string;
  readonly except: readonly string[];
}

const ipBlock: Type<IpBlock> = record(
  {
    cidr: required(string, "write `cidr:` and a block such as 10.0.0.0/8"),
    except: list(string),
  },
  {
    mainField: "cidr",
    check: checkIpBlock,
    advice: (key) => (/^exce?p?t?/i.test(key) ? "write except; without it the whole block is meant" : undefined),
  },
);

function checkIpBlock(value: IpBlock, at: Cursor): void {
  if (value.cidr !== "") checkCidr(value.cidr, at.child("cidr"));
  const outer = parseCidr(value.cidr);
  for (const [i, text] of value.except.entries()) {
    const place = at.child("except").child(i);
    const written = place.node;
    if (written?.kind !== "scalar" || (typeof written.value !== "string" && written.value !== null)) continue;
    checkCidr(text, place);
    const inner = parseCidr(text);
    if (isAddressError(outer) || isAddressError(inner)) continue;
    const isInside =
      inner.family === outer.family && outer.range.start <= inner.range.start && inner.range.end <= outer.range.end;
    if (isInside && inner.prefix > outer.prefix) continue;
    const why = isInside ? "is the whole of" : "does not lie inside";
    place.report(
      "PC112",
      `${shown(text)} ${why} ${value.cidr}`,
      "an exception must be a smaller block inside cidr; correct it or remove it",
    );
  }
}

const peer: Type<NetworkPolicyPeer> = record(
  {
    podSelector: optional(labelSelector("all pods")),
    namespaceSelector: optional(labelSelector("all namespaces")),
    ipBlock: optional(ipBlock),
  },
  { advice: peerAdvice, check: checkPeer },
);

function checkPeer(_: NetworkPolicyPeer, at: Cursor, unknown: readonly string[]): void {
  const hasSelector = at.has("podSelector") || at.has("namespaceSelector");
  if (at.has("ipBlock") && hasSelector) {
    at.report(
      "PC114",
      "ipBlock stands beside another selector",
      "make them two list items: the rule then allows either",
    );
  }
  const isReported = unknown.length > 0 && at.context.validation === "strict";
  if (hasSelector || at.has("ipBlock") || isReported) return;
  at.report(
    "PC113",
    "must specify a peer",
    "write podSelector, namespaceSelector or ipBlock; `podSelector: {}` means all pods of the namespace",
  );
}

const writtenIngress = record({ from: list(peer), ports: list(port) }, { advice: ruleAdvice("from") });
const writtenEgress = record({ to: list(peer), ports: list(port) }, { advice: ruleAdvice("to") });

const ingressRule: Type<NetworkPolicyRule> = (at) => {
  const { from, ports } = writtenIngress(at);
  return { peers: from, ports };
};

const egressRule: Type<NetworkPolicyRule> = (at) => {
  const { to, ports } = writtenEgress(at);
  return { peers: to, ports };
};

const written: Type<NetworkPolicySpec> = record(
  {
    podSelector: labelSelector("every pod of the namespace"),
    policyTypes: list(oneOf(POLICY_TYPES, undefined)),
    ingress: list(ingressRule),
    egress: list(egressRule),
  },
  { advice: specAdvice, check: checkSpec },
);

function checkSpec(value: NetworkPolicySpec, at: Cursor): void {
  if (value.policyTypes.length <= 2) return;
  at.child("policyTypes").report("PC112", "may not list more than two types", "write `policyTypes: [Ingress, Egress]`");
}

/** The stored form. Without policyTypes the server sets Ingress, and Egress if there is an egress rule. */
export const networkPolicySpec: Type<NetworkPolicySpec> = (at) => {
  const value = written(at);
  if (value.policyTypes.length > 0) return value;
  return { ...value, policyTypes: value.egress.length > 0 ? ["Ingress", "Egress"] : ["Ingress"] };
};
