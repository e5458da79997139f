/**
 * The one registry of error codes: every message of Portcullis has a code that is born here. Numbers never change their
 * meaning. `docs/errors.md` explains each one, and a test holds the two against each other.
 */

/**
 * `error`: the input cannot be used as it is; no answer is given unless the user asks for one. `warning`: the answer holds,
 * but probably not as the author thinks. `info`: worth knowing.
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
} as const satisfies Record<string, Code>;

export type CodeName = keyof typeof CODES;
