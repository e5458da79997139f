/**
 * Named choices where implementations differ or the input cannot tell. Each has values, a default per profile and a switch
 * (`--assume name=value`); an answer that depends on one names it.
 */

interface Choice {
  readonly values: readonly string[];
  readonly about: string;
}

const CHOICES = {
  "cidr-matches-pods": {
    values: ["yes", "no"],
    about: "whether an ipBlock also matches pods with an address in it",
  },
  "pod-to-own-node": {
    values: ["allow", "judge", "drop"],
    about: "whether a pod always reaches its own node, its egress policy is asked, or all of it is dropped",
  },
  "service-hairpin": {
    values: ["judge", "allow"],
    about: "whether a pod that reaches itself through a Service is judged by policy",
  },
  "unlisted-namespace-labels": {
    values: ["unknown", "none"],
    about: "whether a namespace that is not in the input may have labels beside its name",
  },
  "unlisted-service-account-labels": {
    values: ["unknown", "none"],
    about: "whether a service account that is not in the input may have labels",
  },
  "equal-priority": {
    values: ["contest", "by-name"],
    about:
      "whether cluster network policies of one priority that disagree leave the answer open, or the first by name decides",
  },
  "failsafe-ports": {
    values: ["open", "none"],
    about: "whether host endpoints let pass the failsafe ports that Calico opens where it is not told otherwise",
  },
  "overlay-matched-by-legacy-all": {
    values: ["unknown", "yes", "no"],
    about: "whether a legacy rule for all protocols also matches others than ICMP, TCP and UDP, such as an overlay's",
  },
  "pod-overlay": {
    values: ["ipip-cross-subnet", "ipip", "vxlan-cross-subnet", "vxlan", "wireguard", "none"],
    about: "how packets for pods travel between nodes, inside others everywhere or only between subnets",
  },
  "pod-masquerade": {
    values: ["pools-only", "pools-and-hosts", "off"],
    about: "which destinations see a pod's own address rather than its node's: pods only, nodes too, or all",
  },
  "unlisted-acl": {
    values: ["allow", "unknown"],
    about: "whether a subnet's default access list that is not in the input still allows everything, as it is born",
  },
  "unlisted-security-groups": {
    values: ["by-name", "open", "unknown"],
    about: "which security groups count where none are told: by the provider's naming, or none that refuse anything",
  },
  "unlisted-routes": {
    values: ["private", "none", "unknown"],
    about:
      "whether VPNs and transit gateways, which no export lists, may lead to private addresses, nowhere or anywhere",
  },
} as const satisfies Readonly<Record<string, Choice>>;

export type AssumptionName = keyof typeof CHOICES;
export type Assumptions = { readonly [N in AssumptionName]: (typeof CHOICES)[N]["values"][number] };

/** What networks around a cluster are taken for in every profile. */
const NETWORK_DEFAULTS = {
  "overlay-matched-by-legacy-all": "unknown",
  "pod-overlay": "ipip-cross-subnet",
  "pod-masquerade": "pools-only",
  "unlisted-acl": "allow",
  "unlisted-security-groups": "by-name",
  "unlisted-routes": "private",
} as const satisfies Partial<Assumptions>;

export const PROFILES = {
  kubernetes: {
    "cidr-matches-pods": "yes",
    "pod-to-own-node": "allow",
    "service-hairpin": "judge",
    "unlisted-namespace-labels": "unknown",
    "unlisted-service-account-labels": "unknown",
    "equal-priority": "contest",
    "failsafe-ports": "open",
    ...NETWORK_DEFAULTS,
  },
  calico: {
    "cidr-matches-pods": "yes",
    // Egress policy first, and what it lets through is dropped where the agent is not told otherwise.
    "pod-to-own-node": "drop",
    "service-hairpin": "judge",
    "unlisted-namespace-labels": "unknown",
    "unlisted-service-account-labels": "unknown",
    "equal-priority": "by-name",
    "failsafe-ports": "open",
    ...NETWORK_DEFAULTS,
  },
} as const satisfies Readonly<Record<string, Assumptions>>;

export type ProfileName = keyof typeof PROFILES;

export const ASSUMPTION_NAMES: readonly AssumptionName[] = Object.keys(CHOICES).filter(isAssumptionName);

export function isAssumptionName(name: string): name is AssumptionName {
  return Object.hasOwn(CHOICES, name);
}

export function isProfileName(name: string): name is ProfileName {
  return Object.hasOwn(PROFILES, name);
}

/** What the choice is about and its values, for help texts and errors. */
export function choice(name: AssumptionName): Choice {
  return CHOICES[name];
}

/** The profile with one assumption set; an error text when the name or the value does not exist. */
export function assume(assumptions: Assumptions, name: string, value: string): Assumptions | string {
  if (!isAssumptionName(name)) return `there is no assumption "${name}"; known are ${ASSUMPTION_NAMES.join(", ")}`;
  const { values } = choice(name);
  if (!values.includes(value)) return `"${value}" is no value of ${name}; choose ${values.join(" or ")}`;
  return { ...assumptions, [name]: value };
}
