/** What the fields of a rule demand of each other. */
import { isAddressError, parseCidr } from "../../../net/address.ts";
import type { CalicoPort, CalicoProtocol, CalicoRule } from "../../calico-kinds.ts";
import type { Cursor } from "../cursor.ts";
import type { Side } from "./entity.ts";
import { hasPorts, protocolNumber } from "./traffic.ts";

const SIDES: readonly Side[] = ["source", "destination"];

/** Where a rule stands. `cluster`: in an object without namespace, so a Service needs one. */
export interface RulePlace {
  readonly direction: "ingress" | "egress";
  readonly scope: "namespaced" | "cluster";
}

export function checkRule(value: CalicoRule, at: Cursor, place: RulePlace): void {
  for (const side of SIDES) {
    checkPorts(value[side].ports, value.protocol, at, [side, "ports"]);
    checkPorts(value[side].notPorts, value.protocol, at, [side, "notPorts"]);
    checkServices(value, at, side, place);
  }
  checkIcmp(value, at);
  checkIpVersion(value, at);
  checkFamilies(value, at);
  if (value.http !== undefined) checkHttp(value, at, place);
}

/** A named port brings its protocol along; numbers need one, and one that has ports. */
function checkPorts(
  written: readonly CalicoPort[],
  protocol: CalicoProtocol | undefined,
  at: Cursor,
  [side, field]: readonly [Side, "ports" | "notPorts"],
): void {
  const list = at.child(side).child(field);
  if (protocol !== undefined) {
    if (hasPorts(protocol) || written.length === 0) return;
    const remedy = "write `protocol: TCP`, UDP or SCTP, or remove the ports";
    list.report("PC114", `${protocolText(protocol)} has no ports that Calico could match`, remedy);
    return;
  }
  if (at.has("protocol")) return;
  const numeric = written.findIndex(({ kind }) => kind === "range");
  if (numeric < 0) return;
  const remedy = "write `protocol: TCP`, UDP or SCTP beside action; one rule for each protocol";
  list.child(numeric).report("PC113", "port numbers without a protocol in the rule", remedy);
}

function protocolText(protocol: CalicoProtocol): string {
  return protocol.kind === "name" ? `protocol ${protocol.name}` : `protocol ${protocol.number}`;
}

function checkServices(value: CalicoRule, at: Cursor, side: Side, place: RulePlace): void {
  const written = value[side].services;
  if (written === undefined) return;
  const services = at.child(side).child("services");
  const right = place.direction === "ingress" ? "source" : "destination";
  if (side !== right) {
    const why = `services is not allowed as ${side} of an ${place.direction} rule`;
    const remedy = `move it to ${right}, or select the pods of the Service by their labels`;
    services.reportKey("PC114", `${services.pathText}: ${why}`, remedy);
    return;
  }
  const { node, isPresent } = services.child("namespace");
  const isUnusable = isPresent && !(node?.kind === "scalar" && node.value === "");
  if (written.namespace !== undefined || isUnusable || written.name === "") return;
  if (place.scope === "cluster") {
    const message = "must specify the namespace of the Service: an object without namespace has none to take";
    services.report("PC113", message, "write `namespace:` beside name");
    return;
  }
  const own = at.context.namespace;
  const message = `no namespace: the Service of namespace ${own} is meant, and Calico's agent finds none`;
  services.report("PC126", message, `write \`namespace: ${own}\` beside name`);
}

function checkIcmp({ protocol, icmp, notICMP }: CalicoRule, at: Cursor): void {
  const isIcmp = protocol !== undefined && [1, 58].includes(protocolNumber(protocol));
  if (isIcmp || (protocol === undefined && at.has("protocol"))) return;
  const remedy = "write `protocol: ICMP` or ICMPv6 beside it";
  if (icmp !== undefined) {
    at.child("icmp").reportKey("PC114", `${at.child("icmp").pathText}: needs protocol ICMP or ICMPv6`, remedy);
  }
  if (notICMP === undefined) return;
  const place = at.child("notICMP");
  const consequence =
    protocol === undefined
      ? "Calico takes this and then matches ICMP packets only"
      : `Calico takes this beside ${protocolText(protocol)}, and its agent then cannot load any rule`;
  place.reportKey("PC114", `${place.pathText}: needs protocol ICMP or ICMPv6; ${consequence}`, remedy);
}

function checkIpVersion(value: CalicoRule, at: Cursor): void {
  if (value.ipVersion === undefined) return;
  for (const field of ["protocol", "notProtocol"] as const) {
    const protocol = value[field];
    // Only the names imply a version; numbers imply nothing.
    const name = protocol?.kind === "name" ? protocol.name : undefined;
    const needed = name === "ICMP" ? 4 : name === "ICMPv6" ? 6 : undefined;
    if (needed === undefined || needed === value.ipVersion) continue;
    const remedy = `write \`ipVersion: ${needed}\`, or \`${field}: ${needed === 4 ? "ICMPv6" : "ICMP"}\``;
    at.child("ipVersion").report(
      "PC114",
      `${field} ${needed === 4 ? "ICMP" : "ICMPv6"} needs IP version ${needed}`,
      remedy,
    );
  }
}

/** All CIDRs of a rule, of both sides, are of one IP version: that of the rule, if it names one. */
function checkFamilies(value: CalicoRule, at: Cursor): void {
  let first: number | undefined;
  for (const side of SIDES) {
    for (const field of ["nets", "notNets"] as const) {
      for (const [i, text] of value[side][field].entries()) {
        const parsed = parseCidr(text);
        if (isAddressError(parsed)) continue;
        const place = at.child(side).child(field).child(i);
        if (value.ipVersion !== undefined && value.ipVersion !== parsed.family) {
          const message = `${text} is of IP version ${parsed.family}, and the rule of ${value.ipVersion}`;
          place.report(
            "PC114",
            message,
            `write \`ipVersion: ${parsed.family}\`, or a CIDR of version ${value.ipVersion}`,
          );
          return;
        }
        first ??= parsed.family;
        if (first === parsed.family) continue;
        const message = `${text} is of IP version ${parsed.family}, and other CIDRs of the rule are of ${first}`;
        place.report("PC114", message, "make them two rules, one for each IP version");
        return;
      }
    }
  }
}

function checkHttp({ action, protocol }: CalicoRule, at: Cursor, place: RulePlace): void {
  const http = at.child("http");
  const refuse = (why: string, remedy: string): void =>
    http.reportKey("PC114", `${http.pathText}: http is not allowed ${why}`, remedy);
  if (place.direction === "egress") refuse("in egress rules", "move it to an ingress rule of the server");
  if (action !== "Allow") refuse(`beside action ${action}`, "write `action: Allow`, or remove http");
  if (protocol !== undefined && protocolNumber(protocol) !== 6) {
    refuse(`beside ${protocolText(protocol)}`, "write `protocol: TCP`, or remove protocol");
  }
}
