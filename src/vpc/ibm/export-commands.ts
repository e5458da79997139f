import type { VpcKind } from "../model.ts";

/** The command that exports every object of a kind. Upper-case words are for the user to fill in. */
export const EXPORT_COMMANDS: Readonly<Record<VpcKind, string>> = {
  vpc: "ibmcloud is vpcs --output json",
  subnet: "ibmcloud is subnets --output json",
  "network acl": "ibmcloud is network-acls --output json",
  "security group": "ibmcloud is security-groups --output json",
  "public gateway": "ibmcloud is public-gateways --output json",
  "floating ip": "ibmcloud is floating-ips --output json",
  instance: "ibmcloud is instances --output json",
  worker: "ibmcloud ks worker ls --cluster CLUSTER --output json",
  cluster: "ibmcloud ks cluster get --cluster CLUSTER --output json",
  "load balancer": "ibmcloud is load-balancers --output json",
  "endpoint gateway": "ibmcloud is endpoint-gateways --output json",
  "routing table": "ibmcloud is vpc-routing-tables VPC --output json",
};

/** What to do so that the objects of a kind are known. */
export function exportRemedy(kind: VpcKind): string {
  return `add the output of \`${EXPORT_COMMANDS[kind]}\``;
}

/** `network ACL`: a kind as messages call it. */
export function nounOf(kind: VpcKind): string {
  return kind.replace(/\b(vpc|acl|ip)\b/, (word) => word.toUpperCase());
}
