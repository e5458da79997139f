/** HostEndpoint: an interface or address of a node. */
import type { HostEndpointPort, HostEndpointSpec } from "../../calico-kinds.ts";
import { addressObjection } from "../address.ts";
import type { Cursor } from "../cursor.ts";
import { portNameObjection, portNumberObjection, shown } from "../syntax.ts";
import { checked, integer, list, record, required, string, type Type } from "../types.ts";
import { hasPorts, protocol } from "./traffic.ts";

const NO_PROTOCOL = { kind: "name", name: "TCP" } as const;

const writtenPort = record(
  {
    name: checked(string, (name) => (name === "" ? undefined : portNameObjection(name))),
    protocol,
    port: required(checked(integer, portNumberObjection), "write `port:` and its number"),
  },
  {
    check: (value, at) => {
      if (value.name === "" && at.child("name").node?.kind !== "map") {
        at.report("PC113", "a port without name", "write `name:`; rules refer to the port by it");
      }
      if (!at.has("protocol")) at.report("PC113", "a port without protocol", "write `protocol: TCP`, UDP or SCTP");
      if (value.protocol === undefined || hasPorts(value.protocol)) return;
      at.child("protocol").report("PC112", "this protocol has no ports", "write TCP, UDP or SCTP");
    },
  },
);

const hostPort: Type<HostEndpointPort> = (at) => {
  const value = writtenPort(at);
  return { ...value, protocol: value.protocol ?? NO_PROTOCOL };
};

const interfaceName = checked(string, (name) =>
  name === "" || name === "*" || /^[A-Za-z0-9_.-]{1,15}$/.test(name)
    ? undefined
    : {
        reason: `${shown(name)} is not the name of an interface`,
        remedy: 'write at most 15 letters, digits, _, . and -, or "*" for every interface',
      },
);

const writtenHost = record(
  {
    node: string,
    interfaceName,
    expectedIPs: list(checked(string, addressObjection)),
    profiles: list(string),
    ports: list(hostPort),
  },
  { check: (value, at) => checkHost(value, at) },
);

function checkHost(value: Pick<HostEndpointSpec, "node" | "interfaceName" | "expectedIPs">, at: Cursor): void {
  if (value.node === "" && !isOtherType(at.child("node"))) {
    at.report("PC113", "no node", "write `node:` and the name of the node that has the interface");
  }
  if (value.interfaceName !== "" || value.expectedIPs.length > 0) return;
  if (isOtherType(at.child("interfaceName")) || at.has("expectedIPs")) return;
  const remedy = 'write `interfaceName:` ("*" for every interface), `expectedIPs:`, or both';
  at.report("PC113", "neither interfaceName nor expectedIPs", remedy);
}

/** Such a value is reported already. */
function isOtherType({ node, isPresent }: Cursor): boolean {
  return isPresent && !(node?.kind === "scalar" && typeof node.value === "string");
}

export const hostEndpointSpec: Type<HostEndpointSpec> = (at) => {
  const value = writtenHost(at);
  return { ...value, interfaceName: value.interfaceName || undefined };
};
