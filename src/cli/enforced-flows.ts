/** The flows of a node, told by the process that enforces: it knows what was in force when each of them happened. */
import { LOG_GROUP } from "../dataplane/log-prefix.ts";
import { emptyHistory, type History, withGeneration } from "../flows/history.ts";
import { flowRecord } from "../flows/record.ts";
import type { Situation } from "../situation/situation.ts";
import { followFlows } from "./follow-flows.ts";
import type { Io } from "./io.ts";
import { flowJson } from "./output/flow-json.ts";
import { flowLine, lossLines } from "./output/flow-text.ts";
import { print } from "./output/lines.ts";
import { isOfPods } from "./flows.ts";
import { UsageError } from "./usage-error.ts";

/** Generations whose situations are kept; connections of older ones are judged anew at their next packet. */
const KEPT = 8;

/** Enforcing goes on whatever becomes of the flows. */
export class EnforcedFlows {
  readonly #node: string;
  readonly #namespace: string | undefined;
  readonly #output: "text" | "json";
  #history: History = emptyHistory(KEPT);
  #end: () => void = () => undefined;

  constructor(node: string, namespace: string | undefined, output: "text" | "json") {
    this.#node = node;
    this.#namespace = namespace;
    this.#output = output;
  }

  inForce(generation: number, situation: Situation): void {
    this.#history = withGeneration(this.#history, generation, situation);
  }

  /** Prints flows from now on, until `end`. */
  follow(io: Io): void {
    const following = {
      node: this.#node,
      namespace: this.#namespace,
      group: LOG_GROUP,
      connections: true,
      seconds: undefined,
    };
    const endable: Io = {
      get stdin() {
        return io.stdin;
      },
      stdout: io.stdout,
      stderr: io.stderr,
      env: io.env,
      onInterrupt: (stop) => {
        this.#end = stop;
        return () => undefined;
      },
    };
    followFlows(following, endable, (event) => {
      const record = flowRecord(event, this.#history, this.#node);
      if (!isOfPods(record)) return;
      if (this.#output === "json") io.stdout.write(`${JSON.stringify(flowJson(record))}\n`);
      else print(io.stdout, io.env, [flowLine(record)]);
    }).then(
      (loss) => print(io.stderr, io.env, lossLines(loss)),
      (error: unknown) => {
        const why = error instanceof UsageError ? `${error.message}: ${error.remedy}` : String(error);
        print(io.stderr, io.env, [[`flows are not told: ${why}`]]);
      },
    );
  }

  end(): void {
    this.#end();
  }
}
