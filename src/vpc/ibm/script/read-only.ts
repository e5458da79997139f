/** Commands of scripts that change no network. */

const IS_NOUNS = [
  "bare-metal-server",
  "endpoint-gateway",
  "floating-ip",
  "instance",
  "instance-network-interface",
  "load-balancer",
  "load-balancer-listener",
  "load-balancer-pool",
  "load-balancer-pool-member",
  "network-acl",
  "network-acl-rule",
  "public-gateway",
  "security-group",
  "security-group-rule",
  "subnet",
  "subnet-reserved-ip",
  "virtual-network-interface",
  "vpc",
  "vpc-address-prefix",
  "vpc-default-network-acl",
  "vpc-routing-table",
  "vpc-routing-table-route",
];

/** Listing commands are the plural; one ends in `es`, one in `ses`. */
const IS_PRINTS: ReadonlySet<string> = new Set([
  ...IS_NOUNS,
  ...IS_NOUNS.map((noun) => `${noun}s`),
  "vpc-address-prefixes",
  "regions",
  "zones",
]);

const KS_PRINTS: ReadonlySet<string> = new Set([
  "worker ls",
  "worker get",
  "cluster ls",
  "cluster get",
  "workers",
  "clusters",
]);

/** Whether the command, of which variables are left out, only prints, or sets up the tool itself. */
export function isReadOnly(words: readonly string[]): boolean {
  const [program, first = "", second = "", third = ""] = words;
  switch (program) {
    case "set":
      return true;
    case "kubectl":
      // What is applied to the cluster counts where it stands: in the manifests of the input.
      return ["get", "describe", "apply"].includes(first);
    case "ibmcloud":
    case "ic":
    case "bx":
      if (first === "is") return IS_PRINTS.has(second) || second === "target";
      if (first === "ks" || first === "cs" || first === "oc")
        return KS_PRINTS.has(second) || KS_PRINTS.has(`${second} ${third}`);
      return ["target", "login", "plugin", "config"].includes(first);
    default:
      return false;
  }
}
