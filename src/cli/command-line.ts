/** The commands, their help, and what a run of one comes to: an exit code. */
import { readFileSync } from "node:fs";
import { Command, CommanderError, Option } from "commander";
import type { ConvertOptions } from "./convert.ts";
import type { DiffOptions } from "./diff.ts";
import type { EnforceOptions, PlaceOptions, StatusOptions } from "./enforce.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import type { FlowsOptions } from "./flows.ts";
import type { Io } from "./io.ts";
import type { LabName, LabOptions, LabPlanOptions } from "./lab.ts";
import type { MapOptions } from "./map.ts";
import { withMapOptions } from "./map-options.ts";
import { outputOption, withInputOptions, withReadingOptions } from "./options.ts";
import { hasColour, print, styled } from "./output/lines.ts";
import { UsageError } from "./usage-error.ts";
import type { SnapshotOptions } from "./snapshot.ts";
import type { TestOptions } from "./assertions.ts";
import type { VpcCheckOptions } from "./vpc-check.ts";
import type { VpcImportOptions } from "./vpc-import.ts";
import type { WhyOptions } from "./why.ts";

/** Runs one command line, without the name of the program. Never rejects: whatever happens becomes an exit code. */
export async function runCommandLine(args: readonly string[], io: Io): Promise<ExitCode> {
  let exit: ExitCode = EXIT.yes;
  try {
    const program = commands(io, (code) => {
      exit = code;
    });
    await program.parseAsync(args, { from: "user" });
    return exit;
  } catch (error) {
    return failed(error, args, io);
  }
}

function failed(error: unknown, args: readonly string[], io: Io): ExitCode {
  // Commander has printed what is wrong, or the help that was asked for.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.yes : EXIT.usage;
  if (error instanceof UsageError) {
    print(io.stderr, io.env, [[styled("bad", "error"), `: ${error.message}`], [styled("faint", `  ${error.remedy}`)]]);
    return EXIT.usage;
  }
  reportFault(error, args, io);
  return EXIT.internal;
}

/** Says how to report a fault of the program itself. */
export function reportFault(error: unknown, args: readonly string[], io: Io): void {
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const isDebug = args.includes("--debug");
  print(io.stderr, io.env, [
    [styled("bad", "internal error"), `: ${message}`],
    ["  This is a fault of Portcullis and no answer. Please report it with this command line and its input:"],
    [`  portcullis ${args.map(shellWord).join(" ")}`],
    [`  Portcullis ${version()}, Node ${process.versions.node}, ${process.platform}`],
    ...(isDebug ? stack.split("\n").map((line) => [line]) : [["  --debug prints where it happened"]]),
  ]);
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

function version(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
  return typeof manifest === "object" && manifest !== null && "version" in manifest ? String(manifest.version) : "?";
}

const EXIT_HELP = `
Exit codes:
  0   allowed; nothing found; no difference
  1   denied, one-way, partial or no route; a difference
  2   wrong usage, or input that cannot be used: there is no answer
  3   undecided: the input does not tell, and the answer names what is missing
  70  a fault of Portcullis itself`;

const ENDS_HELP = `
Ends of a flow:
  NAMESPACE/NAME            a workload or Service        accounts/frontend
  NAMESPACE/KIND/NAME       pod, deploy, sts, ds, svc... accounts/svc/db
  node/NAME                 a node                       node/worker-1
  NAMESPACE/*, *            all its pods, everybody      accounts/*
  ADDRESS, CIDR, internet   outside                      203.0.113.7, 10.0.0.0/8
  TO:PORT[/PROTOCOL]        a number, range or name      db:5432, dns:53/udp, web:http, [fd00::1]:443
  TO:/PROTOCOL              icmp[.TYPE[.CODE]], number   web:/icmp.8, 10.0.0.1:/47
  Without a port: all of TCP, UDP, SCTP and ICMP. "ns:" in front makes the first word a namespace.`;

function commands(io: Io, done: (code: ExitCode) => void): Command {
  const program = new Command("portcullis")
    .description("Exact answers about Kubernetes network policies, and their enforcement.")
    .version(version(), "-V, --version", "print the version")
    .helpOption("-h, --help", "print help")
    .showHelpAfterError("(--help shows what there is)")
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      getOutHelpWidth: () => io.stdout.columns ?? 100,
      getErrHelpWidth: () => io.stderr.columns ?? 100,
      getOutHasColors: () => hasColour(io.stdout, io.env),
      getErrHasColors: () => hasColour(io.stderr, io.env),
    })
    .addHelpText(
      "after",
      `
Examples:
  portcullis why accounts/frontend accounts/backend:8080 manifests/
  kubectl get pods,svc,netpol,ns,nodes -A -o yaml | portcullis map -
  portcullis map manifests/ -o mermaid
${EXIT_HELP}`,
    );
  addWhy(program, io, done);
  addMap(program, io, done);
  addDiff(program, io, done);
  addTest(program, io, done);
  addSnapshot(program, io, done);
  addConvert(program, io, done);
  addVpc(program, io, done);
  addLab(program, io, done);
  addEnforce(program, io, done);
  addFlows(program, io, done);
  return program;
}

type Done = (code: ExitCode) => void;

const PATHS = "files, folders, globs, git:REF[:PATH], or - for standard input";

function addWhy(program: Command, io: Io, done: Done): void {
  withInputOptions(
    program
      .command("why")
      .summary("may this flow pass, who decides, and what would change it")
      .description("May this flow pass? Who decides, at which line, and what is the smallest change?")
      .argument("<from>", "where the connection comes from")
      .argument("<to>", "where it goes, with :PORT[/PROTOCOL]")
      .argument("[paths...]", PATHS)
      .addOption(outputOption(["text", "json"]))
      .option("--source-port <port>", "only connections from this port"),
  )
    .addHelpText(
      "after",
      `${ENDS_HELP}

Examples:
  portcullis why accounts/frontend accounts/backend:8080 manifests/
  portcullis why accounts/frontend accounts/svc/db:5432 -f pods.yaml -f policies/
  portcullis why internet shop/web:443 manifests/ -o json
  portcullis why shop/api 10.20.0.0/16 manifests/
${EXIT_HELP}`,
    )
    .action(async (from: string, to: string, paths: string[], options: WhyOptions) => {
      const { why } = await import("./why.ts");
      done(await why(from, to, paths, options, io));
    });
}

function addMap(program: Command, io: Io, done: Done): void {
  withInputOptions(
    withMapOptions(
      program
        .command("map")
        .summary("everything that may talk")
        .description("Everything that may talk, exactly, by workload and address range; or what is asked for of it.")
        .argument("[paths...]", PATHS),
    ),
  )
    .addHelpText(
      "after",
      `
Examples:
  portcullis map manifests/
  kubectl get pods,svc,netpol,ns,nodes -A -o yaml | portcullis map -
  portcullis map manifests/ --to shop/db --port 5432
  portcullis map manifests/ --by namespace -o svg > map.svg
${EXIT_HELP}`,
    )
    .action(async (paths: string[], options: MapOptions) => {
      const { map } = await import("./map.ts");
      done(await map(paths, options, io));
    });
}

function addDiff(program: Command, io: Io, done: Done): void {
  withInputOptions(
    program
      .command("diff")
      .summary("what opens and closes between two inputs")
      .description(
        "Connections that open and close between two inputs, exactly, with the policies that decided before and after.\n" +
          "Paths given with -f are read with both.",
      )
      .argument("<before>", DIFF_INPUT)
      .argument("<after>", "the same")
      .addOption(outputOption(["text", "json", "markdown"]))
      .option("--fail-on <kinds>", "what exit code 1 is for: opened, closed or any", "any"),
  )
    .addHelpText(
      "after",
      `
Examples:
  portcullis diff git:origin/main:policies policies/ -f cluster.jsonl
  portcullis diff git:HEAD~1 git:HEAD --fail-on opened
  portcullis diff before/ after/ -o markdown

Exit codes:
  0   nothing that --fail-on names has changed
  1   something has
  2   wrong usage, or input that cannot be used
  3   nothing has for certain, and of something it is not known, or was not
  70  a fault of Portcullis itself`,
    )
    .action(async (before: string, after: string, options: DiffOptions) => {
      const { diff } = await import("./diff.ts");
      done(await diff(before, after, options, io));
    });
}

const DIFF_INPUT = "a file, folder, glob, bundle, git:REF[:PATH], or -";

function addTest(program: Command, io: Io, done: Done): void {
  withInputOptions(
    program
      .command("test")
      .summary("prove what must hold")
      .description(
        "Proves the assertions of the input (kind Assertions, portcullis.dev/v1) for every packet they speak of. One that\n" +
          "does not hold is shown with a packet that breaks it, and why.",
      )
      .argument("[paths...]", `${PATHS}; manifests and assertions`)
      .addOption(outputOption(["text", "json", "junit", "tap"])),
  )
    .addHelpText(
      "after",
      `
Assertions:
  apiVersion: portcullis.dev/v1
  kind: Assertions
  metadata: {name: shop, namespace: shop}
  assertions:
  - allow: web -> db:5432                every packet passes
  - deny: internet -> db                 no connection comes about
  - never: "*" -> payments/*:22          not even one packet arrives, whoever will be there
  - only: {from: [web, jobs], to: db}    nobody else may

Examples:
  portcullis test manifests/ shop.assert.yaml
  portcullis test manifests/ -o junit > results.xml

Exit codes:
  0   every assertion holds
  1   some do not
  2   wrong usage, or input or assertions that cannot be used
  3   none fails, and some are undecided: the input does not tell
  70  a fault of Portcullis itself`,
    )
    .action(async (paths: string[], options: TestOptions) => {
      const { test } = await import("./assertions.ts");
      done(await test(paths, options, io));
    });
}

function addSnapshot(program: Command, io: Io, done: Done): void {
  withReadingOptions(
    program
      .command("snapshot")
      .summary("record an input as one file that gives the same answers")
      .description(
        "Records an input as a bundle: of each object what is read of it and where it stands, and nothing else. Every\n" +
          "command reads bundles where it reads files, and answers as it would from the input.",
      )
      .argument("[paths...]", PATHS)
      .option("-o, --output <file>", "the file to write, or - for standard output", "-"),
    "record what cannot be read as unknown; commands then need the same option",
  )
    .addHelpText(
      "after",
      `
Examples:
  kubectl get pods,svc,endpointslices,netpol,ns,nodes -A -o yaml | portcullis snapshot - -o cluster.jsonl
  portcullis why shop/web shop/db:5432 cluster.jsonl
  portcullis diff cluster.jsonl cluster-later.jsonl

Exit codes:
  0   the bundle is written
  2   wrong usage, input that cannot be used, or a file that cannot be written
  70  a fault of Portcullis itself`,
    )
    .action(async (paths: string[], options: SnapshotOptions) => {
      const { snapshot } = await import("./snapshot.ts");
      done(await snapshot(paths, options, io));
    });
}

function addConvert(program: Command, io: Io, done: Done): void {
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
      const { convert } = await import("./convert.ts");
      done(await convert(paths, options, io));
    });
}

function addVpc(program: Command, io: Io, done: Done): void {
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
      .addOption(outputOption(["text", "json"])),
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
  70  a fault of Portcullis itself`,
    )
    .action(async (paths: string[], options: VpcCheckOptions) => {
      const { vpcCheck } = await import("./vpc-check.ts");
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
      const { vpcImport } = await import("./vpc-import.ts");
      done(await vpcImport(paths, options, io));
    });
}

function addLab(program: Command, io: Io, done: Done): void {
  const lab = program
    .command("lab")
    .summary("build the cluster on this machine and probe it with real packets")
    .description(
      "A cluster of network namespaces on this machine, the policies enforced in its kernel, and pairs probed with real\n" +
        "packets and held against the prediction. Needs Linux, root and nft.",
    );
  const steps = [
    ["run", "build, probe, and take down"],
    ["up", "build the lab and leave it standing"],
    ["probe", "probe a lab that stands, built from the same input"],
    ["reload", "load changed policies and Services into a lab that stands, with the same pods and nodes"],
  ] as const;
  for (const [step, about] of steps) {
    const command = withLabOptions(lab.command(step).description(about).argument("[paths...]", PATHS))
      .addOption(denialOption())
      .option("--limit <probes>", "the most probes", "20000");
    if (step === "run") {
      command.option(
        "--change <paths...>",
        "change the lab into this second input, with the same pods, while packets are under way; -f is read with both",
      );
    }
    withInputOptions(command)
      .addHelpText("after", LAB_EXIT_HELP)
      .action(async (paths: string[], options: LabOptions) => {
        const { labOnInput } = await import("./lab.ts");
        done(await labOnInput(step, paths, options, io));
      });
  }
  withInputOptions(
    withLabOptions(
      lab
        .command("plan")
        .description("what the lab would consist of, or the kernel program of one node; builds nothing, needs no root")
        .argument("[paths...]", PATHS),
    )
      .addOption(denialOption())
      .option("--node <name>", "print the kernel program that this node would get"),
  ).action(async (paths: string[], options: LabPlanOptions) => {
    const { labPlan } = await import("./lab.ts");
    done(await labPlan(paths, options, io));
  });
  withLabOptions(lab.command("down").description("take a lab down"))
    .option("--debug", "print the stack of internal errors")
    .action(async (options: LabName) => {
      const { labDown } = await import("./lab.ts");
      done(await labDown(options, io));
    });
}

function denialOption(): Option {
  return new Option("--denial <how>", "what denied packets meet; drop takes longer, for silence has to be waited for")
    .choices(["reject", "drop"])
    .default("reject");
}

function withLabOptions(command: Command): Command {
  return command.addOption(outputOption(["text", "json"])).option("--name <name>", "name of the lab", "lab");
}

const LAB_EXIT_HELP = `
Exit codes:
  0   every probe agrees with the prediction
  1   differences, each printed with what was predicted and why
  2   the lab cannot be built here, and why; or wrong usage or input`;

function addEnforce(program: Command, io: Io, done: Done): void {
  const command = withPlaceOptions(
    withInputOptions(
      program
        .command("enforce")
        .summary("enforce the policies on this node, once or for as long as it runs")
        .description(
          "Brings the policies for the pods of one node into force on this machine, in one table of nftables, and says what that\n" +
            "comes to: enforced, or degraded and why. The table stays until `enforce stop`. With --watch it follows the files.",
        )
        .argument("[paths...]", PATHS)
        .option("--node <name>", "the node that this machine is")
        .option("--print", "print the program as text for `nft -f`; nothing is changed on this machine")
        .option("--watch", "stay, follow the files, and repair the table when others change it")
        .addOption(new Option("--denial <how>", "what denied packets meet").choices(["reject", "drop"]).default("drop"))
        .addOption(
          new Option("--start <how>", "closed: where no table is in force yet, no pod may talk before the first is")
            .choices(["open", "closed"])
            .default("open"),
        )
        .option("--interval <seconds>", "how often the table is compared with what it should hold", "60"),
    ),
  )
    .addHelpText(
      "after",
      `
Examples:
  portcullis enforce manifests/ --node worker-1 --print > portcullis.nft
  portcullis enforce manifests/ --node worker-1
  portcullis enforce manifests/ --node worker-1 --watch --start closed --pod-cidr 10.244.0.0/16
  portcullis enforce status
  portcullis enforce stop
  A folder that is called status or stop is ./status or ./stop.`,
    )
    .action(async (paths: string[], options: EnforceOptions) => {
      const { enforce } = await import("./enforce.ts");
      done(await enforce(paths, options, io));
    });
  withPlaceOptions(command.command("status").summary("what is in force, held against the kernel"))
    .description(
      "What is in force on this machine, held against the kernel. Exit codes: 0 enforced, 3 degraded, 1 not enforced.",
    )
    .addOption(outputOption(["text", "json"]))
    .action(async (_options: StatusOptions, self: Command) => {
      const { enforceStatus } = await import("./enforce.ts");
      done(await enforceStatus(self.optsWithGlobals<StatusOptions>(), io));
    });
  withPlaceOptions(command.command("stop").summary("remove the table: nothing is enforced any more"))
    .description("Ends the enforcer, if one runs, and removes its table: nothing is enforced any more.")
    .action(async (_options: PlaceOptions, self: Command) => {
      const { enforceStop } = await import("./enforce.ts");
      done(await enforceStop(self.optsWithGlobals<PlaceOptions>(), io));
    });
}

/** Where an enforcer keeps its rules and its state. */
function withPlaceOptions(command: Command): Command {
  return command
    .option("--table <name>", "the table of nftables, of family inet", "portcullis")
    .option("--state <folder>", "where the enforcer tells of itself", "/run/portcullis")
    .option("--netns <name>", "a network namespace other than that of this process");
}

function addFlows(program: Command, io: Io, done: Done): void {
  withInputOptions(
    program
      .command("flows")
      .summary("follow allowed and denied flows on a node, with the policy and the line that decided")
      .description(
        "Follows what the kernel of this node allows and denies, one line for each flow, with the policy and the line that decided:\n" +
          "each is judged anew against the input. Needs Linux, root, and a program of Portcullis in the kernel.",
      )
      .argument("[paths...]", PATHS)
      .requiredOption("--node <name>", "the node that this machine is")
      .addOption(outputOption(["text", "json"]))
      .option("--denied", "only denied packets")
      .option("--allowed", "only connections that came about")
      .option("--ended", "also connections that ended, with their bytes where the kernel counts them")
      .option("--limit <flows>", "stop after so many")
      .option("--seconds <seconds>", "stop after so long")
      .option("--summary", "at the end, count by policy")
      .option("--group <number>", "the log group to read", "4477")
      .option("--explain <name>", "follow nothing; say what a chain or a pair of the kernel's table stands for"),
  )
    .addHelpText(
      "after",
      `
Examples:
  portcullis flows manifests/ --node worker-1
  portcullis flows manifests/ --node worker-1 --denied -o json | jq .judged.policies
  portcullis flows manifests/ --node worker-1 --seconds 60 --summary
  portcullis flows manifests/ --node worker-1 --explain traffic_0a1b2c3d4e5f
  portcullis flows manifests/ --node worker-1 --explain "ingress_pairs4 10.0.0.1 . 0:2"

Exit codes:
  0   followed to the end
  2   wrong usage or input, or this kernel does not tell, and why
  70  a fault of Portcullis itself`,
    )
    .action(async (paths: string[], options: FlowsOptions) => {
      const { flows } = await import("./flows.ts");
      done(await flows(paths, options, io));
    });
}
