/**
 * Services as rules of nft, in a table of the lab's own: what kube-proxy does on a real node. Destinations are translated
 * before any policy is asked; the program of the node never sees the address of a Service.
 */
import { type Address, addressText, type Family, familyOf } from "../net/address.ts";
import { protocolText } from "../net/protocol.ts";
import { type LabService, type Target, targetsOf } from "./services.ts";

/** Not the program's table: nothing of it belongs to what the lab tests. */
export const SERVICE_TABLE = "portcullis_lab";

const IP = { 4: "ip", 6: "ip6" } as const;
const ADDRESS_TYPE = { 4: "ipv4_addr", 6: "ipv6_addr" } as const;

/**
 * Replaces the table as a whole. `nodeAddresses` are those of the node it is for, under which a pod of its own that reaches
 * itself through a Service appears to itself; else it would answer its own address, past the translation.
 */
export function serviceRules(services: readonly LabService[], nodeAddresses: readonly Address[]): string {
  const table = `inet ${SERVICE_TABLE}`;
  const head = [`table ${table}`, `delete table ${table}`];
  if (services.length === 0) return `${head.join("\n")}\n`;
  const entries = services.flatMap(entriesOf);
  const families = ([4, 6] as const).filter((family) =>
    services.some(({ addresses }) => addresses.some((address) => familyOf(address) === family)),
  );
  const look = families.map((family) => `${IP[family]} daddr . meta l4proto . th dport vmap @services${family}`);
  const unserved = families.map((family) => `${IP[family]} daddr @addresses${family} goto unserved`);
  return [
    ...head,
    `table ${table} {`,
    ...families.flatMap((family) => objectsOf(services, entries, family)),
    ...entries.flatMap(chainsOf),
    ...chain("prerouting", ["type nat hook prerouting priority dstnat; policy accept;", ...look]),
    ...chain("output", ["type nat hook output priority -100; policy accept;", ...look]),
    ...chain("postrouting", [
      "type nat hook postrouting priority srcnat; policy accept;",
      ...families.flatMap((family) => {
        const own = nodeAddresses.find((address) => familyOf(address) === family);
        const ip = IP[family];
        return own === undefined
          ? []
          : [`ct status dnat ${ip} saddr . ${ip} daddr @selves${family} snat ${ip} to ${addressText(own)}`];
      }),
    ]),
    // What still has the address of a Service after translation asked for a port that leads nowhere.
    ...chain("unserved_forward", ["type filter hook forward priority filter - 20; policy accept;", ...unserved]),
    ...chain("unserved_output", ["type filter hook output priority filter - 20; policy accept;", ...unserved]),
    ...chain("unserved", ["meta l4proto tcp reject with tcp reset", "reject with icmpx port-unreachable"]),
    "}",
    "",
  ].join("\n");
}

/** A port of a Service at its addresses of one family. */
interface Entry {
  readonly name: string;
  readonly about: string;
  readonly family: Family;
  readonly keys: readonly string[];
  readonly protocol: string;
  readonly targets: readonly Target[];
}

function entriesOf({ identity, service, addresses }: LabService, index: number): readonly Entry[] {
  return service.ports.flatMap((port) =>
    ([4, 6] as const).flatMap((family) => {
      const own = addresses.filter((address) => familyOf(address) === family);
      const targets = targetsOf(port, family);
      if (own.length === 0 || targets.length === 0) return [];
      const protocol = protocolText(port.protocol);
      return [
        {
          name: `service${index}_${protocol}_${port.port}_${family}`,
          about: `${identity} ${protocol}/${port.port}`,
          family,
          keys: own.map((address) => `${addressText(address)} . ${protocol} . ${port.port}`),
          protocol,
          targets,
        },
      ];
    }),
  );
}

function objectsOf(services: readonly LabService[], entries: readonly Entry[], family: Family): readonly string[] {
  const type = ADDRESS_TYPE[family];
  const ofFamily = (address: Address): boolean => familyOf(address) === family;
  const own = entries.filter((entry) => entry.family === family);
  const targets = new Set(own.flatMap((entry) => entry.targets.map(({ address }) => address)));
  return [
    ...object(
      `map services${family}`,
      `type ${type} . inet_proto . inet_service : verdict`,
      own.flatMap(({ keys, name }) => keys.map((key) => `${key} : goto ${name}`)),
    ),
    ...object(
      `set addresses${family}`,
      `type ${type}`,
      services.flatMap(({ addresses }) => addresses.filter(ofFamily).map(addressText)),
    ),
    ...object(
      `set selves${family}`,
      `type ${type} . ${type}`,
      [...targets].map((address) => `${addressText(address)} . ${addressText(address)}`),
    ),
  ];
}

function object(head: string, type: string, elements: readonly string[]): readonly string[] {
  const list =
    elements.length === 0 ? [] : ["\t\telements = {", ...elements.map((element) => `\t\t\t${element},`), "\t\t}"];
  return [`\t${head} {`, `\t\t${type}`, ...list, "\t}"];
}

/** The backends take turns, so that a few connections reach every one of them. */
function chainsOf({ name, about, family, protocol, targets }: Entry): readonly string[] {
  const to = ({ address, port }: Target): string => {
    const place = family === 4 ? addressText(address) : `[${addressText(address)}]`;
    return `meta l4proto ${protocol} dnat ${IP[family]} to ${place}:${port}`;
  };
  const [only, ...more] = targets;
  if (only === undefined || more.length === 0) return [`\t# ${about}`, ...chain(name, targets.map(to))];
  const turns = targets.map((_, i) => `${i} : goto ${name}_${i}`).join(", ");
  return [
    ...targets.flatMap((target, i) => chain(`${name}_${i}`, [to(target)])),
    `\t# ${about}`,
    ...chain(name, [`numgen inc mod ${targets.length} vmap { ${turns} }`]),
  ];
}

function chain(name: string, rules: readonly string[]): readonly string[] {
  return [`\tchain ${name} {`, ...rules.map((rule) => `\t\t${rule}`), "\t}"];
}
