/** What `test` found, for programs that collect results: JUnit's XML and the Test Anything Protocol, version 14. */
import type { Assumptions } from "../../situation/assumptions.ts";
import { positionText } from "../../source/origin.ts";
import { escapeTerminal, render } from "./lines.ts";
import { countOf, type Proved, reasonsOf } from "./proofs.ts";
import { whyLines } from "./why-text.ts";

/** One test suite; `undecided` counts as an error, which JUnit tells from a failure. */
export function junitText(proved: readonly Proved[], assumptions: Assumptions): string {
  const [failures, errors] = [countOf(proved, "fails"), countOf(proved, "undecided")];
  const head = `name="portcullis test" tests="${proved.length}" failures="${failures}" errors="${errors}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${head}>`,
    `  <testsuite ${head}>`,
    ...proved.flatMap((one) => testCase(one, assumptions)),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

function testCase(one: Proved, assumptions: Assumptions): readonly string[] {
  const { kind, assertion } = one.proof;
  const { file, line } = assertion.origin;
  const name = xml(`${assertion.expectation} ${assertion.name}`);
  const open = `    <testcase name="${name}" classname="${xml(file)}" file="${xml(file)}" line="${line}"`;
  if (kind === "holds") return [`${open}/>`];
  const word = kind === "fails" ? "failure" : "error";
  const [first = "", ...rest] = detailsOf(one, assumptions);
  return [
    `${open}>`,
    `      <${word} message="${xml(first)}">${xml([first, ...rest].join("\n"))}</${word}>`,
    "    </testcase>",
  ];
}

/** `&`, quotes and brackets written out; control characters, which XML cannot hold, shown as `escapeTerminal` shows them. */
function xml(text: string): string {
  const names: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&apos;",
  };
  const shown = text.split("\n").map(escapeTerminal).join("\n");
  return shown.replaceAll(/[&<>"']/g, (character) => names[character] ?? character);
}

/** Undecided assertions are `not ok`: nobody has proved them. */
export function tapText(proved: readonly Proved[], assumptions: Assumptions): string {
  const lines = proved.flatMap((one, index) => {
    const { kind, assertion } = one.proof;
    const head = `${kind === "holds" ? "ok" : "not ok"} ${index + 1} - ${tap(`${assertion.expectation} ${assertion.name}`)}`;
    if (kind === "holds") return [head];
    return [
      head,
      "  ---",
      `  result: ${kind}`,
      `  at: ${JSON.stringify(positionText(assertion.origin))}`,
      "  message: |",
      ...detailsOf(one, assumptions).map((line) => `    ${escapeTerminal(line)}`),
      "  ...",
    ];
  });
  return ["TAP version 14", `1..${proved.length}`, ...lines, ""].join("\n");
}

/** A description has no line breaks, and `#` begins a directive. */
function tap(text: string): string {
  return escapeTerminal(text)
    .replaceAll("\\", "\\\\")
    .replaceAll("#", String.raw`\#`);
}

function detailsOf({ proof, why }: Proved, assumptions: Assumptions): readonly string[] {
  const { because } = proof.assertion;
  return [
    ...(why === undefined ? [] : render(whyLines(why, assumptions), false).trimEnd().split("\n")),
    ...reasonsOf(proof),
    ...(because === undefined ? [] : [because]),
  ];
}
