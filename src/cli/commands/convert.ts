/** `convert`: policies of one language in another. */
import { type Command, Option } from "commander";
import type { ConvertOptions } from "../convert.ts";
import type { Io } from "../io.ts";
import { outputOption, withReadingOptions } from "../options.ts";
import { PATHS, type Done } from "./definition.ts";

export function addConvert(program: Command, io: Io, done: Done): void {
  withReadingOptions(
    program
      .command("convert")
      .summary("policies of one language in another, with the same meaning")
      .description(
        "Policies of one language as manifests of another, with exactly the same meaning. NetworkPolicy becomes Calico's " +
          "NetworkPolicy (projectcalico.org/v3); AdminNetworkPolicy and BaselineAdminNetworkPolicy (v1alpha1) become " +
          "ClusterNetworkPolicy (v1alpha2). What has no exact form is an error that names the field and the reason.",
      )
      .argument("[paths...]", PATHS)
      .addOption(
        new Option(
          "--to <language>",
          "what to convert to; may be left out where the input holds policies for only one of them",
        ).choices(["calico", "cluster-network-policy"]),
      )
      .addOption(outputOption(["yaml", "json"])),
    "write what can be converted although the rest cannot be read or has no exact form",
  )
    .addHelpText(
      "after",
      `
What is written:
  Converted policies only, in the order of the input: YAML documents, or with -o json one List. Names, namespaces, labels
  and annotations stay, except for kubectl's last-applied-configuration. Put in place of their sources, the manifests
  leave every verdict as it was, whatever other policies there are. Where a list is too long for the other language, a
  rule becomes several. Policies that --to does not concern are left alone and named.

What has no exact form:
  To Calico: selectors by labels whose keys mean something else there (projectcalico.org/namespace, pcns.*, ...), names
  with more than one dot, more than 1024 characters in a selector or 1024 rules in a direction.
  To ClusterNetworkPolicy: more than 25 rules in a direction, fields of an API that is not known here.
  To both: a name that another policy of the input has there, or would have.

Examples:
  portcullis convert manifests/ --to calico > calico.yaml
  kubectl get netpol -A -o yaml | portcullis convert - --to calico
  kubectl get anp,banp -o yaml | portcullis convert - -o json

Exit codes:
  0   every policy that --to concerns is written
  1   only some of them are, because of --skip-unreadable; the errors name the others
  2   wrong usage, or a policy that cannot be read or has no exact form: nothing is written
  70  a fault of Portcullis itself`,
    )
    .action(async (paths: string[], options: ConvertOptions) => {
      const { convert } = await import("../convert.ts");
      done(await convert(paths, options, io));
    });
}
