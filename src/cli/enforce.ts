/** `portcullis enforce [paths...] --node NAME --print` */
import { podText } from "../cluster/endpoint.ts";
import { compile } from "../dataplane/compile.ts";
import { nftText } from "../dataplane/nft-text.ts";
import type { Situation } from "../situation/situation.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import type { Io } from "./io.ts";
import { load } from "./load.ts";
import type { InputOptions } from "./options.ts";
import { UsageError } from "./usage-error.ts";

export interface EnforceOptions extends InputOptions {
  readonly node: string;
  readonly print?: boolean;
  readonly denial: "reject" | "drop";
}

/** Prints the kernel program of a node. Throws `UsageError` without `--print`, and for a node that does not exist. */
export async function enforce(paths: readonly string[], options: EnforceOptions, io: Io): Promise<ExitCode> {
  if (options.print !== true) {
    throw new UsageError(
      "enforcing on a live node is not part of this version",
      "add --print for the kernel program of the node; `portcullis lab run` enforces and probes it on this machine",
    );
  }
  const situation = await load(paths, options, io);
  if (situation === undefined) return EXIT.usage;
  const node = situation.inventory.nodes.find(({ name }) => name === options.node);
  if (node === undefined) {
    const known = situation.inventory.nodes.map(({ name }) => name).sort();
    throw new UsageError(
      `there is no node "${options.node}" in the input`,
      known.length === 0
        ? "add the Node objects, or pods with spec.nodeName (kubectl get nodes,pods -A -o yaml)"
        : `choose one of ${known.join(", ")}`,
    );
  }
  const program = compile(situation, node, {
    table: "portcullis",
    generation: 1,
    denial: options.denial,
    interfaces: [],
  });
  io.stdout.write(nftText(program, namesOf(situation)));
  return EXIT.yes;
}

function namesOf({ inventory }: Situation): (address: bigint) => string | undefined {
  return (address) => {
    const [pod] = inventory.podsAt.get(address) ?? [];
    if (pod !== undefined) return podText(pod);
    const node = inventory.nodeAt.get(address);
    return node && `node/${node.name}`;
  };
}
