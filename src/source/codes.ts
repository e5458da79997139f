/**
 * The one registry of error codes: every message of Portcullis has a code that is born here. Numbers never change their
 * meaning. `docs/errors.md` explains each one, and a test holds the two against each other.
 */

/**
 * `error`: the input cannot be used as it is, and no answer is given unless the user asks for one; of a lint rule: what the
 * input describes cannot work. `warning`: the answer holds, but probably not as the author thinks. `info`: worth knowing.
 */
export type Severity = "error" | "warning" | "info";

interface Code {
  readonly severity: Severity;
  readonly title: string;
}

export const CODES = {
  // Reading files and text.
  PC100: { severity: "error", title: "input cannot be read" },
  PC101: { severity: "error", title: "not YAML or JSON" },
  PC102: { severity: "error", title: "input exceeds a limit" },
  PC103: { severity: "error", title: "not UTF-8 text" },
  PC104: { severity: "error", title: "not a Kubernetes object" },
  PC105: { severity: "warning", title: "key stands twice, the last one counts" },
  // Decoding and validating objects.
  PC110: { severity: "error", title: "unknown field" },
  PC111: { severity: "error", title: "wrong type" },
  PC112: { severity: "error", title: "invalid value" },
  PC113: { severity: "error", title: "required value is missing" },
  PC114: { severity: "error", title: "fields exclude each other" },
  PC115: { severity: "error", title: "unsupported API version" },
  PC116: { severity: "warning", title: "unknown field dropped" },
  PC117: { severity: "warning", title: "address or CIDR that newer clusters refuse" },
  PC118: { severity: "warning", title: "one identity, several objects; the later one replaces the earlier" },
  // What the input holds beside policies we model.
  PC120: { severity: "info", title: "kinds that do not filter packets" },
  PC121: { severity: "warning", title: "filter that is not modelled" },
  PC122: { severity: "warning", title: "no namespace given" },
  PC123: { severity: "warning", title: "valid, but matches nothing" },
  PC124: { severity: "warning", title: "field of a newer API" },
  PC125: { severity: "info", title: "kind or form that newer clusters replaced" },
  PC126: { severity: "warning", title: "defaults were not filled in" },
  // The inventory.
  PC130: { severity: "warning", title: "pods without an address" },
  PC131: { severity: "warning", title: "several pods bear one address" },
  PC132: { severity: "warning", title: "pods that no node may run" },
  // Policies in their cluster.
  PC140: { severity: "warning", title: "policy for everyone locks out system namespaces" },
  PC141: { severity: "warning", title: "policy for everyone governs host endpoints too" },
  PC142: { severity: "warning", title: "node-local DNS is no endpoint of cluster DNS" },
  PC143: { severity: "warning", title: "Service in a rule matches nothing today" },
  // Converting policies.
  PC150: { severity: "error", title: "policy has no exact form in the other language" },
  PC151: { severity: "info", title: "policies that are left as they are" },
  // Asserting what must hold.
  PC160: { severity: "error", title: "assertion about what does not exist" },
  // Reading the networks around a cluster.
  PC200: { severity: "error", title: "cloud export that is not understood" },
  PC201: { severity: "warning", title: "cloud export that is not complete" },
  PC202: { severity: "error", title: "order of rules is told twice, and not the same" },
  PC203: { severity: "warning", title: "address inside a block stands for the block" },
  PC204: { severity: "info", title: "protocol that only IPv6 has" },
  PC205: { severity: "error", title: "command that is not understood" },
  PC206: { severity: "error", title: "command that the cloud would refuse" },
  PC207: { severity: "error", title: "line of a table that is not understood" },
  PC208: { severity: "warning", title: "objects that cannot exist beside each other" },
  // Access lists of networks: their rules among themselves.
  PC220: { severity: "error", title: "every reply to what a rule admits is dropped" },
  PC221: { severity: "warning", title: "rule admits replies, and nothing may ask for them" },
  PC222: { severity: "warning", title: "some replies to what a rule admits are dropped" },
  PC223: { severity: "warning", title: "source and destination ports look exchanged" },
  PC224: { severity: "warning", title: "rule never matches, rules before it decide otherwise" },
  PC225: { severity: "info", title: "rule changes nothing, rules before it do the same" },
  PC226: { severity: "warning", title: "rule stands behind the deny-all of its direction" },
  PC227: { severity: "warning", title: "rule that allows everything stands before others" },
  PC228: { severity: "error", title: "one name, several rules of a list" },
  PC229: { severity: "info", title: "the order of rules decides" },
  // Access lists and the networks they are for.
  PC230: { severity: "warning", title: "own side of a rule is in no subnet of the list" },
  PC231: { severity: "warning", title: "rule about traffic inside a subnet" },
  PC232: { severity: "info", title: "rule splits a subnet" },
  PC233: { severity: "warning", title: "access list of another zone" },
  PC234: { severity: "info", title: "access list without a subnet" },
  PC235: { severity: "warning", title: "default access list was changed" },
  PC236: { severity: "warning", title: "address ranges overlap" },
  PC237: { severity: "warning", title: "name of a rule says otherwise" },
  PC238: { severity: "info", title: "legacy protocol all may leave out overlay packets" },
  PC239: { severity: "warning", title: "quota is nearly or more than used up" },
  // Networks and what a cluster needs of them.
  PC240: { severity: "warning", title: "rule for public addresses, and no way there" },
  PC241: { severity: "warning", title: "public gateway behind a closed access list" },
  PC242: { severity: "error", title: "public gateway cannot serve" },
  PC243: { severity: "warning", title: "only one of two access lists knows the other subnet" },
  PC244: { severity: "error", title: "workers of a cluster cannot reach each other" },
  PC245: { severity: "error", title: "workers cannot reach the provider's services" },
  PC246: { severity: "warning", title: "workers cannot reach an endpoint gateway" },
  PC247: { severity: "warning", title: "load balancer cannot reach its members" },
  PC248: { severity: "info", title: "fragmentation-needed messages are dropped" },
  PC249: { severity: "info", title: "access lists beside security groups" },
} as const satisfies Record<string, Code>;

export type CodeName = keyof typeof CODES;
