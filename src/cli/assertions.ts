/** `portcullis test [paths...]` */
import { assertionsOf } from "../reach/assertion.ts";
import { flowsOf } from "../reach/flows.ts";
import { type Proof, prove } from "../reach/proof.ts";
import type { Situation } from "../situation/situation.ts";
import { EXIT, type ExitCode } from "./exit-code.ts";
import type { Io } from "./io.ts";
import { loadResources } from "./load.ts";
import type { InputOptions } from "./options.ts";
import { type Proved, proofJson, proofLines } from "./output/proofs.ts";
import { junitText, tapText } from "./output/proof-reports.ts";
import { findingLines } from "./output/findings.ts";
import { jsonText } from "./output/json.ts";
import { print } from "./output/lines.ts";
import { UsageError } from "./usage-error.ts";
import { whyAnswer } from "./why-answer.ts";
import { exampleText } from "./output/words.ts";
import type { Case } from "../reach/cases.ts";

export interface TestOptions extends InputOptions {
  readonly output: "text" | "json" | "junit" | "tap";
}

/** Proves every assertion of the input. Throws `UsageError` where there is none. */
export async function test(paths: readonly string[], options: TestOptions, io: Io): Promise<ExitCode> {
  const loaded = await loadResources(paths, options, io);
  if (loaded === undefined) return EXIT.usage;
  const { situation, resources } = loaded;
  const { assertions, findings } = assertionsOf(
    situation,
    resources.filter((resource) => resource.kind === "Assertions"),
  );
  print(io.stderr, io.env, findingLines(findings));
  if (findings.length > 0) return EXIT.usage;
  if (assertions.length === 0) {
    throw new UsageError(
      "the input holds no assertions",
      "add a file with `apiVersion: portcullis.dev/v1`, `kind: Assertions` and a list of assertions: docs/assertions.md",
    );
  }
  const flows = flowsOf(situation);
  const proved = assertions.map((assertion): Proved => told(situation, prove(flows, assertion)));
  switch (options.output) {
    case "text":
      print(io.stdout, io.env, proofLines(proved, situation.assumptions));
      break;
    case "json":
      io.stdout.write(jsonText(proofJson(proved, situation.assumptions)));
      break;
    case "junit":
      io.stdout.write(junitText(proved, situation.assumptions));
      break;
    case "tap":
      io.stdout.write(tapText(proved, situation.assumptions));
      break;
  }
  const kinds = new Set(proved.map(({ proof }) => proof.kind));
  return kinds.has("fails") ? EXIT.no : kinds.has("undecided") ? EXIT.undecided : EXIT.yes;
}

/** A proof with the answer of `why` to what breaks it. */
function told(situation: Situation, proof: Proof): Proved {
  const shown = proof.kind === "fails" ? proof.counterexample : proof.kind === "undecided" ? proof.example : undefined;
  return { proof, why: shown && whyOf(situation, shown) };
}

function whyOf(situation: Situation, shown: Case): Proved["why"] {
  const name = (end: Case["to"]): { readonly kind: "ends"; readonly text: string; readonly ends: [] } => ({
    kind: "ends",
    text: end === undefined ? "what was asked for" : exampleText(end),
    ends: [],
  });
  const question = {
    from: name(shown.from),
    to: name(shown.to),
    asked: { kind: "traffic", traffic: shown.traffic },
    sourcePort: undefined,
  } as const;
  return whyAnswer(situation, question, { kind: shown.kind, cases: [shown], reason: undefined });
}
