/** `vpc check` and `vpc import`: the networks around a cluster. */
import { type Command, Option } from "commander";
import type { Io } from "../io.ts";
import { assumeOption, assumptionHelp, outputOption, withReadingOptions } from "../options.ts";
import type { VpcCheckOptions } from "../vpc-check.ts";
import type { VpcImportOptions } from "../vpc-import.ts";
import { PATHS, type Done } from "./definition.ts";

export function addVpc(program: Command, io: Io, done: Done): void {
  const vpc = program
    .command("vpc")
    .summary("the networks around a cluster: access lists, groups, gateways of IBM Cloud VPC")
    .description(
      "The networks around a cluster: subnets with their access lists, groups and gateways, of IBM Cloud VPC.",
    );
  addVpcCheck(vpc, io, done);
  addVpcImport(vpc, io, done);
}

function addVpcCheck(vpc: Command, io: Io, done: Done): void {
  withReadingOptions(
    vpc
      .command("check")
      .summary("mistakes in access lists, and what they break")
      .description(
        "What is wrong with access lists and the networks they are for: rules that never match, replies that are dropped, lists at the " +
          "wrong subnet, what a cluster needs and does not get. Each finding has a place, a consequence and a remedy.",
      )
      .argument("[paths...]", PATHS)
      .addOption(
        new Option("--fail-on <severity>", "exit with 1 for findings of this severity or above")
          .choices(["error", "warning", "info"])
          .default("warning"),
      )
      .addOption(outputOption(["text", "json"]))
      .addOption(assumeOption()),
    "check although some of the input cannot be read",
  )
    .addHelpText(
      "after",
      `
Add what the cluster tells for more: workers (ibmcloud ks workers) and clusters, or Kubernetes nodes.

Examples:
  portcullis vpc check exports/
  portcullis vpc check exports/ --fail-on error
  ibmcloud is network-acls --output json | portcullis vpc check - subnets.json -o json

Exit codes:
  0   nothing found at or above --fail-on
  1   findings at or above --fail-on
  2   wrong usage, or input that cannot be used: nothing was checked
  70  a fault of Portcullis itself
${assumptionHelp(["overlay-matched-by-legacy-all"])}`,
    )
    .action(async (paths: string[], options: VpcCheckOptions) => {
      const { vpcCheck } = await import("../vpc-check.ts");
      done(await vpcCheck(paths, options, io));
    });
}

function addVpcImport(vpc: Command, io: Io, done: Done): void {
  withReadingOptions(
    vpc
      .command("import")
      .summary("what exports tell, and what they leave out")
      .description(
        "Reads exports of IBM Cloud VPC and prints what was understood, and what they speak of and do not tell.",
      )
      .argument("[paths...]", PATHS)
      .addOption(outputOption(["text", "json"])),
    "print what can be read although the rest cannot",
  )
    .addHelpText(
      "after",
      `
What is read, also by every other command:
  ibmcloud is vpcs, subnets, network-acls, public-gateways, floating-ips, security-groups, instances, load-balancers,
  endpoint-gateways, vpc-routing-tables VPC ... --output json
  ibmcloud is load-balancer-listeners, load-balancer-pools, load-balancer-pool-members, vpc-routing-table-routes,
  virtual-network-interfaces, instance-network-interfaces, vpc-address-prefixes ... --output json
  ibmcloud ks cluster get, ks worker ls, ks worker get ... --output json
  The same from the API, page by page; everything in one object, as collectors write it.

  As a convenience, in files that are named outright or on standard input: what these commands print as tables
  (public-gateways, public-gateway, subnet, network-acl without ports, ks worker ls, ks worker get, kubectl describe node),
  and scripts of network-acl-create, network-acl-rule-add, network-acl-rule-delete, subnet-update and
  public-gateway-create, which are run on what the other files tell. Tables are never taken for complete.

Examples:
  for kind in vpcs subnets network-acls public-gateways security-groups; do
    ibmcloud is $kind --output json > export/$kind.json
  done
  portcullis vpc import export/
  portcullis vpc import export/ create-acls.sh -o json
  ibmcloud is network-acls --output json | portcullis vpc import -

Exit codes:
  0   everything that the input speaks of is told
  2   wrong usage, input that cannot be used, or nothing of a VPC in it
  3   something that the input speaks of is not told, and is named
  70  a fault of Portcullis itself`,
    )
    .action(async (paths: string[], options: VpcImportOptions) => {
      const { vpcImport } = await import("../vpc-import.ts");
      done(await vpcImport(paths, options, io));
    });
}
