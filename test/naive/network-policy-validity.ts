import { parseCidr } from "./address.ts";
import { requireValidSelector } from "./label-selector.ts";
import type { RawIpBlock, RawNetworkPolicy, RawPeer, RawPolicyPort } from "./raw-objects.ts";

/**
 * Throws on a policy that an API server refuses: nobody can say what such a policy means. Only the mistakes that a reading of
 * traffic could stumble over are looked for.
 */
export function requireValidPolicy(policy: RawNetworkPolicy): void {
  try {
    requireValidSpec(policy);
  } catch (error) {
    const name = `${policy.metadata?.namespace ?? "default"}/${policy.metadata?.name ?? "?"}`;
    throw new Error(`NetworkPolicy ${name} is invalid: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
}

function requireValidSpec({ spec }: RawNetworkPolicy): void {
  requireValidSelector(spec?.podSelector);
  for (const type of spec?.policyTypes ?? []) {
    if (type !== "Ingress" && type !== "Egress") throw new Error(`policyTypes cannot hold "${type}"`);
  }
  for (const rule of spec?.ingress ?? []) requireValidRule(rule?.from ?? [], rule?.ports ?? []);
  for (const rule of spec?.egress ?? []) requireValidRule(rule?.to ?? [], rule?.ports ?? []);
}

function requireValidRule(peers: readonly RawPeer[], ports: readonly RawPolicyPort[]): void {
  for (const peer of peers) requireValidPeer(peer);
  for (const port of ports) requireValidPort(port);
}

function requireValidPeer({ ipBlock, podSelector, namespaceSelector }: RawPeer): void {
  const hasSelector = isPresent(podSelector) || isPresent(namespaceSelector);
  if (!isPresent(ipBlock) && !hasSelector) throw new Error("a peer must have a field");
  if (isPresent(ipBlock) && hasSelector) throw new Error("ipBlock cannot stand beside a selector");
  if (isPresent(ipBlock)) requireValidIpBlock(ipBlock);
  requireValidSelector(podSelector);
  requireValidSelector(namespaceSelector);
}

function requireValidIpBlock({ cidr, except }: RawIpBlock): void {
  const whole = parseCidr(cidr);
  for (const text of except ?? []) {
    const part = parseCidr(text);
    const isInside = part.family === whole.family && whole.first <= part.first && part.last <= whole.last;
    if (!isInside || part.prefix === whole.prefix) throw new Error(`except ${text} must be a strict subset of ${cidr}`);
  }
}

function requireValidPort({ protocol, port, endPort }: RawPolicyPort): void {
  if (isPresent(protocol) && !["TCP", "UDP", "SCTP"].includes(protocol)) throw new Error(`no protocol "${protocol}"`);
  if (typeof port === "number" && (port < 1 || port > 65_535)) throw new Error(`no port ${port}`);
  if (!isPresent(endPort)) return;
  if (typeof port !== "number") throw new Error("endPort needs a numeric port");
  if (endPort < port || endPort > 65_535) throw new Error(`endPort ${endPort} must be from ${port} to 65535`);
}

/** A field that is null is one that was not written. */
export function isPresent<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}
