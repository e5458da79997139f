/** `portcullis flows --explain NAME`: what a chain or a pair of the kernel's table stands for. */
import type { Node } from "../cluster/endpoint.ts";
import { keepClassNumbers } from "../dataplane/class-numbers.ts";
import { compile } from "../dataplane/compile.ts";
import { familiesIn } from "../dataplane/in-force.ts";
import type { Program } from "../dataplane/program.ts";
import { rulesetOf } from "../dataplane/program-ruleset.ts";
import { provenanceOf } from "../dataplane/provenance.ts";
import { NetlinkError, SystemCallError, SystemCallsUnavailableError } from "../kernel/errors.ts";
import { TableWriter } from "../kernel/netlink/writer.ts";
import type { Situation } from "../situation/situation.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import type { Io } from "./io.ts";
import { jsonText } from "./output/json.ts";
import { print, styled } from "./output/lines.ts";
import { provenanceJson, provenanceLines } from "./output/provenance.ts";
import { UsageError } from "./usage-error.ts";

const TABLE = "portcullis";

export interface NameAsked {
  readonly name: string;
  readonly output: "text" | "json";
}

/** Throws `UsageError` for a name that the program of the node does not have. */
export async function explainName(
  situation: Situation,
  node: Node,
  { name, output }: NameAsked,
  io: Io,
): Promise<ExitCode> {
  const fresh = compile(situation, node, { table: TABLE, generation: 1, denial: "drop", interfaces: [] });
  const kept = await numberedAsInKernel(fresh);
  if (kept !== undefined) {
    const note = `classes are numbered as in table inet ${TABLE} of this machine`;
    print(io.stderr, io.env, [[styled("faint", note)]]);
  }
  const found = provenanceOf(situation, kept ?? fresh, name);
  if (found.kind === "unknown") throw new UsageError(`--explain: ${found.reason}`, found.remedy);
  if (output === "json") io.stdout.write(jsonText(provenanceJson(found)));
  else print(io.stdout, io.env, provenanceLines(found));
  return EXIT.yes;
}

/** With the class numbers of the table in the kernel, which last from change to change; undefined: there is none to read. */
async function numberedAsInKernel(program: Program): Promise<Program | undefined> {
  try {
    const writer = TableWriter.open({ table: TABLE });
    try {
      const held = await writer.readBack(rulesetOf(program));
      return held && keepClassNumbers({ families: familiesIn(held) }, program);
    } finally {
      writer.close();
    }
  } catch (error) {
    const isOutOfReach =
      error instanceof SystemCallError || error instanceof SystemCallsUnavailableError || error instanceof NetlinkError;
    if (isOutOfReach) return undefined;
    throw error;
  }
}
