/** Objects of IBM Cloud that are not part of the model: with no say in who may talk, or with one that is not known. */
import type { MapNode } from "../../resources/yaml/nodes.ts";
import type { Fact } from "../../source/fact.ts";
import { resourceType, textAt } from "./recognition.ts";

/** Types of objects that neither carry nor filter packets between others. */
const SILENT: ReadonlySet<string> = new Set([
  "backup-policy",
  "dedicated-host",
  "dedicated-host-group",
  "flow-log-collector",
  "image",
  "instance-group",
  "instance-template",
  "key",
  "placement-group",
  "reservation",
  "snapshot",
  "snapshot-consistency-group",
  "volume",
]);

/** Types of objects that add ways in and out of a VPC. */
const ROUTERS: ReadonlyMap<string, string> = new Map([
  ["public-address-range", "public address range"],
  ["private-path-service-gateway", "private path service gateway"],
  ["vpn", "VPN gateway"],
  ["vpn-gateway", "VPN gateway"],
  ["vpn-server", "VPN server"],
  ["transit-gateway", "transit gateway"],
]);

export type OtherObject =
  | { readonly kind: "silent"; readonly type: string }
  /** It may open ways that are not modelled. */
  | { readonly kind: "gap"; readonly gap: Fact };

/** Undefined for what is no object of IBM Cloud, or of a type that is not known. */
export function otherObject(node: MapNode): OtherObject | undefined {
  const type = isTransit(node) ? "transit-gateway" : resourceType(node);
  if (type === undefined) return undefined;
  const router = ROUTERS.get(type);
  if (router !== undefined) return { kind: "gap", gap: routerGap(router, textAt(node, "name") ?? "without name") };
  return SILENT.has(type) ? { kind: "silent", type } : undefined;
}

function routerGap(what: string, name: string): Fact {
  return {
    text: `what ${what} ${name} connects: ways through it are not modelled`,
    remedy: "ask about flows that stay inside one VPC, or that leave it by its gateways",
  };
}

function isTransit(node: MapNode): boolean {
  return textAt(node, "crn")?.split(":")[4] === "transit";
}
