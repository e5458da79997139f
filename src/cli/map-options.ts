/** The options of `map`: which flows, and how they are shown. */
import { type Command, Option } from "commander";
import { outputOption } from "./options.ts";

export type MapFormat = "text" | "json" | "csv" | "markdown" | "mermaid" | "dot" | "svg";

const FORMATS: readonly [MapFormat, ...MapFormat[]] = ["text", "json", "csv", "markdown", "mermaid", "dot", "svg"];

/** As commander hands them over. */
export interface FilterOptions {
  readonly from?: readonly string[];
  readonly to?: readonly string[];
  readonly port?: readonly string[];
  readonly inNamespace?: readonly string[];
  readonly external?: boolean;
  readonly crossing?: "namespaces";
  /** Where names are looked up that give no namespace. */
  readonly namespace?: string;
}

/** Adds the options that only `map` has. */
export function withMapOptions(command: Command): Command {
  return command
    .addOption(outputOption(FORMATS))
    .addOption(
      new Option("--by <group>", "what a row is between").choices(["workload", "namespace"]).default("workload"),
    )
    .option("--exposure", "instead: what pods that do not exist yet could reach, and who could reach them")
    .option("--from <end>", "only flows from this end, as in why, or NAMESPACE/*; may be repeated", collect)
    .option("--to <end>", "only flows to this end; may be repeated", collect)
    .option("--port <port[/protocol]>", "only this traffic, such as 443, 53/udp or /icmp; may be repeated", collect)
    .option("--in-namespace <name>", "only flows of pods of this namespace, in and out; may be repeated", collect)
    .option("--external", "only flows with an end that is no pod")
    .addOption(
      new Option("--crossing <borders>", "only flows between pods of different namespaces").choices(["namespaces"]),
    );
}

function collect(value: string, earlier: readonly string[] = []): readonly string[] {
  return [...earlier, value];
}
