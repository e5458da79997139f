import { parseCidr } from "./address.ts";
import type { RawCalicoPolicy, RawCalicoRule, RawEntity, RawIcmp } from "./calico-objects.ts";
import { calicoPortRange, calicoProtocolNumber, isFilled } from "./calico-rule.ts";
import { calicoSelects } from "./calico-selector.ts";
import { isPresent } from "./network-policy-validity.ts";

/**
 * Throws on a policy that Calico refuses: nobody can say what such a policy means. Only the mistakes that a reading of pods'
 * traffic could stumble over are looked for. HTTP criteria are refused too: a packet does not tell whether they hold.
 */
export function requireValidCalicoPolicy(policy: RawCalicoPolicy): void {
  try {
    requireValidSpec(policy);
  } catch (error) {
    const name = `${policy.metadata?.namespace ?? ""}/${policy.metadata?.name ?? "?"}`;
    throw new Error(`Calico ${policy.kind} ${name} is invalid: ${error instanceof Error ? error.message : "?"}`, {
      cause: error,
    });
  }
}

function requireValidSpec({ kind, spec }: RawCalicoPolicy): void {
  const isGlobal = kind === "GlobalNetworkPolicy";
  const types = spec?.types ?? [];
  if (types.some((type) => type !== "Ingress" && type !== "Egress") || new Set(types).size !== types.length) {
    throw new Error(`types cannot be ${types.join(", ")}`);
  }
  for (const selector of [spec?.selector, spec?.namespaceSelector, spec?.serviceAccountSelector]) {
    requireValidSelector(selector, false);
  }
  if (!isGlobal && isFilled(spec?.namespaceSelector)) throw new Error("only a global policy has a namespaceSelector");
  requireValidPhase(spec ?? {});
  for (const rule of spec?.ingress ?? []) requireValidRule(rule, "source", isGlobal);
  for (const rule of spec?.egress ?? []) requireValidRule(rule, "destination", isGlobal);
}

function requireValidPhase({
  doNotTrack,
  preDNAT,
  applyOnForward,
  egress,
  types,
}: NonNullable<RawCalicoPolicy["spec"]>) {
  if (doNotTrack === true && preDNAT === true) throw new Error("preDNAT and doNotTrack cannot both be true");
  if ((doNotTrack === true || preDNAT === true) && applyOnForward !== true) {
    throw new Error("applyOnForward must be true");
  }
  if (preDNAT === true && (isFilled(egress) || (types ?? []).includes("Egress"))) {
    throw new Error("preDNAT cannot have egress");
  }
}

function requireValidRule(rule: RawCalicoRule, servicesSide: "source" | "destination", isGlobal: boolean): void {
  if (!["Allow", "Deny", "Pass", "Log"].includes(rule.action)) throw new Error(`no action "${rule.action}"`);
  if (isPresent(rule.http)) throw new Error("http cannot be decided by a packet");
  if (isPresent(rule.ipVersion) && rule.ipVersion !== 4 && rule.ipVersion !== 6) throw new Error("no such ipVersion");
  for (const protocol of [rule.protocol, rule.notProtocol]) {
    if (!isPresent(protocol)) continue;
    calicoProtocolNumber(protocol);
    if (protocol === "ICMP" && rule.ipVersion === 6) throw new Error("ICMP requires ipVersion 4");
    if (protocol === "ICMPv6" && rule.ipVersion === 4) throw new Error("ICMPv6 requires ipVersion 6");
  }
  requireValidIcmp(rule, rule.icmp);
  requireValidIcmp(rule, rule.notICMP);
  const blocks = [rule.source, rule.destination]
    .flatMap((entity) => [...(entity?.nets ?? []), ...(entity?.notNets ?? [])])
    .map(requireMasked);
  const families = new Set([...blocks.map(({ family }) => family), ...(rule.ipVersion ? [rule.ipVersion] : [])]);
  if (families.size > 1) throw new Error("a rule speaks of one address family");
  for (const side of ["source", "destination"] as const) {
    requireValidEntity(rule, rule[side] ?? {}, side, side === servicesSide, isGlobal);
  }
}

/** Without one of the two protocols Calico would take an icmp field, but what it does then depends on the data plane. */
function requireValidIcmp({ protocol }: RawCalicoRule, icmp: RawIcmp | null | undefined): void {
  if (!isPresent(icmp)) return;
  if (protocol !== "ICMP" && protocol !== "ICMPv6") throw new Error("ICMP fields require protocol ICMP or ICMPv6");
  if (isPresent(icmp.code) && !isPresent(icmp.type)) throw new Error("an ICMP code needs a type");
  if ((icmp.type ?? 0) > 254 || (icmp.code ?? 0) > 255) throw new Error("no such ICMP type or code");
}

function requireMasked(text: string) {
  const block = parseCidr(text);
  if (parseCidr(`${text.split("/")[0]}/${block.family === 4 ? 32 : 128}`).first !== block.first) {
    throw new Error(`${text} has bits beyond its prefix`);
  }
  return block;
}

function requireValidEntity(
  rule: RawCalicoRule,
  entity: RawEntity,
  side: "source" | "destination",
  mayNameServices: boolean,
  isGlobal: boolean,
): void {
  requireValidSelector(entity.selector, false);
  requireValidSelector(entity.notSelector, false);
  requireValidSelector(entity.serviceAccounts?.selector, false);
  requireValidSelector(entity.namespaceSelector, true);
  if ((entity.notNets ?? []).some((net) => parseCidr(net).prefix === 0)) throw new Error("notNets leaves no address");
  for (const port of [...(entity.ports ?? []), ...(entity.notPorts ?? [])]) requireValidPort(rule, port);
  const { services, selector, notSelector, namespaceSelector, nets, notNets, serviceAccounts, ports, notPorts } =
    entity;
  if (!isPresent(services)) return;
  if (!mayNameServices) throw new Error(`services cannot be a ${side} here`);
  if (services.name === "") throw new Error("services needs a name");
  if (isGlobal && !isFilled(services.namespace)) throw new Error("services of a global policy needs a namespace");
  const isBesideOthers = [selector, notSelector, namespaceSelector, nets, notNets].some((field) => isFilled(field));
  if (isBesideOthers || isPresent(serviceAccounts)) throw new Error("services cannot stand beside other criteria");
  if (side === "destination" && (isFilled(ports) || isFilled(notPorts)))
    throw new Error("services brings its own ports");
}

function requireValidPort({ protocol }: RawCalicoRule, port: number | string): void {
  const range = calicoPortRange(port);
  const hasPorts = isPresent(protocol) && [6, 17, 132].includes(calicoProtocolNumber(protocol));
  if (!hasPorts && (range !== undefined || isPresent(protocol))) {
    throw new Error("ports need protocol TCP, UDP or SCTP");
  }
  if (range === undefined ? !/^[a-zA-Z0-9_.-]{1,128}$/u.test(String(port)) : !isRange(range)) {
    throw new Error(`no port "${port}"`);
  }
}

function isRange({ first, last }: { readonly first: number; readonly last: number }): boolean {
  return first >= 1 && first <= last && last <= 65_535;
}

/** global() has a meaning only where a rule chooses namespaces, and only alone. */
function requireValidSelector(text: string | null | undefined, mayBeGlobal: boolean): void {
  if (!isPresent(text)) return;
  if (text.length > 1024) throw new Error("a selector is longer than 1024 characters");
  calicoSelects(text, new Map());
  if (text.includes("global(") && !(mayBeGlobal && /^[ \t]*global\([ \t]*\)[ \t]*$/u.test(text))) {
    throw new Error("global() can only stand alone in the namespaceSelector of a rule");
  }
}
