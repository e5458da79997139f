/** Flow records and their counts as text. */
import { serviceText } from "../../cluster/service.ts";
import type { FlowRecord, Judged } from "../../flows/record.ts";
import type { Decider, Replay } from "../../flows/replay.ts";
import type { Tally } from "../../flows/tally.ts";
import { addressText } from "../../net/address.ts";
import { pointText } from "../../net/traffic-text.ts";
import { type End, endText } from "../../path/end.ts";
import { policyText } from "../../policy/model.ts";
import { lineText } from "../../source/origin.ts";
import { isLossy, type Loss } from "./flow-json.ts";
import { align, type Line, type Span, styled, type Style } from "./lines.ts";
import { counted } from "./words.ts";

const STYLES: Readonly<Record<FlowRecord["event"]["kind"], Style>> = {
  allowed: "good",
  denied: "bad",
  dropped: "bad",
  ended: "faint",
  logged: "unsure",
};

/** `10:02:03.123 DENIED   shop/web → shop/db  TCP 5432  by shop/db-allow (policies.yaml:12)`; times are UTC. */
export function flowLine(record: FlowRecord): Line {
  const { event, tuple, judged } = record;
  const time = new Date(event.time).toISOString().slice(11, 23);
  const ends = judged && `${endName(judged.from)} → ${endName(judged.to)}`;
  return [
    styled("faint", time),
    " ",
    styled(STYLES[event.kind], event.kind.toUpperCase().padEnd(7)),
    ` ${ends ?? `${addressText(tuple.source)} → ${addressText(tuple.destination)}`}  ${pointText(tuple.traffic)}`,
    ...(judged === undefined ? [styled("unsure", `  generation ${event.generation} is not known`)] : because(judged)),
    ...volumes(record),
  ];
}

/** A pod as its namespace and name, which is what people look for in a log. */
function endName(end: End): string {
  return end.kind === "pod" ? `${end.pod.namespace.name}/${end.pod.name}` : endText(end);
}

function because({ service, replay, pending, agrees }: Judged): Line {
  const via = service === undefined ? "" : `  via ${serviceText(service)}`;
  const reason = reasonOf(replay);
  return [
    via,
    ...(agrees ? [`  ${reason}`] : [styled("bad", `  the policies say ${replay.verdict}: ${reason}`)]),
    ...(pending === undefined || pending.verdict === replay.verdict
      ? []
      : [styled("unsure", `  [staged: ${pending.verdict}, ${reasonOf(pending)}]`)]),
  ];
}

function reasonOf({ verdict, deciders, reason, missing }: Replay): string {
  if (deciders.length > 0) return `by ${deciders.map(deciderText).join(", ")}`;
  if (reason !== undefined) return reason;
  if (verdict === "undecided") return `undecided: ${missing.map(({ text }) => text).join("; ")}`;
  return "no policy has a say";
}

function deciderText({ policy, origin }: Decider): string {
  return `${policyText(policy)} (${lineText(origin)})`;
}

function volumes({ event }: FlowRecord): readonly Span[] {
  if (event.volumes === undefined) return [];
  const { original, reply } = event.volumes;
  return [styled("faint", `  ${original.bytes} bytes sent, ${reply.bytes} received`)];
}

export function lossLines(loss: Loss): readonly Line[] {
  if (!isLossy(loss)) return [];
  const packets =
    loss.packets > 0 ? `${counted(loss.packets, "logged packet")} did not fit and are not told` : undefined;
  const overruns = loss.overruns > 0 ? `events were lost ${counted(loss.overruns, "time")}` : undefined;
  const what = [packets, overruns].filter((text) => text !== undefined).join("; ");
  return [[styled("unsure", "warning"), `: ${what}; counts are lower bounds`]];
}

export function summaryLines(tally: Tally, loss: Loss): readonly Line[] {
  const least = isLossy(loss) ? "at least " : "";
  const { allowed, denied, dropped, ungoverned, disagreeing, unjudged, pending } = tally;
  const rows = tally.policies.map(({ policy, ...counts }): readonly Line[] => [
    [styled("strong", policyText(policy))],
    [`${least}${counted(counts.allowed, "connection")} allowed`],
    [`${least}${counted(counts.denied, "packet")} denied`],
    [styled("faint", lineText(policy.origin))],
  ]);
  return [
    [],
    [`${least}${counted(allowed, "connection")} allowed, ${least}${counted(denied, "packet")} denied`],
    ...align(rows),
    ...(dropped > 0 ? [[`at least ${counted(dropped, "packet")} dropped whatever the policies say`]] : []),
    ...(ungoverned > 0 ? [[`${counted(ungoverned, "flow")} that no policy has a say about`]] : []),
    ...(unjudged > 0 ? [[styled("unsure", `${counted(unjudged, "flow")} that the input does not tell about`)]] : []),
    ...(disagreeing > 0
      ? [[styled("bad", `${counted(disagreeing, "flow")} of which the policies say otherwise than the kernel did`)]]
      : []),
    ...(pending.allowed + pending.denied > 0
      ? [
          [
            styled(
              "unsure",
              `once staged policies are live: ${pending.allowed} of these denied would be allowed, ${pending.denied} of these allowed denied`,
            ),
          ],
        ]
      : []),
  ];
}
