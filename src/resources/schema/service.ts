import type { ServicePort, ServiceSpec } from "../kinds.ts";
import { address, addressObjection } from "./address.ts";
import type { Cursor } from "./cursor.ts";
import { labels } from "./metadata.ts";
import { portNumberObjection } from "./syntax.ts";
import {
  boolean,
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

const writtenPort = record(
  {
    name: string,
    protocol: oneOf(["TCP", "UDP", "SCTP"] as const, "TCP"),
    port: required(checked(integer, portNumberObjection), "write `port:` and its number"),
    targetPort: integerOrString,
    nodePort: integer,
  },
  { passive: "any" },
);

const servicePort: Type<ServicePort> = (at) => {
  const { name, protocol, port, targetPort, nodePort } = writtenPort(at);
  return { name: name || undefined, protocol, port, targetPort: targetPort || port, nodePort: nodePort || undefined };
};

const clusterIP = checked(string, (text) => (text === "" || text === "None" ? undefined : addressObjection(text)));

const writtenSpec = record(
  {
    type: oneOf(["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"] as const, "ClusterIP"),
    selector: optional(labels),
    clusterIP,
    clusterIPs: list(clusterIP),
    externalIPs: list(address),
    loadBalancerIP: address,
    externalName: string,
    publishNotReadyAddresses: boolean,
    externalTrafficPolicy: oneOf(["Cluster", "Local"] as const, "Cluster"),
    ports: list(servicePort),
  },
  { passive: "any" },
);

const ingressPoint = record({ ip: address }, { passive: "any" });
const writtenStatus = record(
  { loadBalancer: record({ ingress: list(ingressPoint) }, { passive: "any" }) },
  { passive: "any" },
);

/** Reads spec and status, so the cursor stands on the object. */
export function serviceSpec(at: Cursor): ServiceSpec {
  const { selector, clusterIP, clusterIPs, loadBalancerIP, externalName, ...rest } = writtenSpec(at.enter("spec"));
  const assigned = writtenStatus(at.enter("status")).loadBalancer.ingress.map(({ ip }) => ip);
  const cluster = unique([clusterIP, ...clusterIPs]);
  return {
    ...rest,
    selector: selector === undefined || Object.keys(selector).length === 0 ? undefined : selector,
    clusterIPs: cluster.filter((ip) => ip !== "None"),
    headless: cluster.includes("None"),
    loadBalancerIPs: unique([loadBalancerIP, ...assigned]),
    externalName: externalName || undefined,
  };
}

function unique(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].filter((text) => text !== "");
}
