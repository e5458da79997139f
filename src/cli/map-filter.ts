/** Which flows the options of `map` ask for. */
import { type TrafficSet, unionTraffic } from "../net/traffic.ts";
import { type End, endAt, endsOfPod } from "../path/end.ts";
import { isReferenceError, parseAsked, type ReferenceError } from "../path/reference.ts";
import type { Resolved } from "../path/resolve.ts";
import { type EndsReference, parseEnds, resolveEnds } from "../reach/named-ends.ts";
import type { FlowFilter } from "../reach/flow-filter.ts";
import type { Situation } from "../situation/situation.ts";
import type { FilterOptions } from "./map-options.ts";
import { UsageError } from "./usage-error.ts";

/** What options ask for, before looking whether it exists. */
export interface AskedFlows {
  readonly from: readonly EndsReference[] | undefined;
  readonly to: readonly EndsReference[] | undefined;
  readonly traffic: TrafficSet | undefined;
  readonly namespaces: readonly string[];
  readonly external: boolean;
  readonly crossing: boolean;
}

/** Undefined where everything is asked for. Throws `UsageError`. */
export function parseFilter(options: FilterOptions): AskedFlows | undefined {
  const { from, to, port, inNamespace = [], external = false, crossing, namespace = "default" } = options;
  if (external && crossing !== undefined) {
    throw new UsageError("no flow is both --external and --crossing namespaces", "leave out one of them");
  }
  const parsed = (option: string, texts: readonly string[] | undefined): readonly EndsReference[] | undefined =>
    texts?.map((text) => checked(option, parseEnds(text, namespace)));
  const asked = {
    from: parsed("--from", from),
    to: parsed("--to", to),
    traffic: port?.map(trafficOf).reduce(unionTraffic),
    namespaces: inNamespace,
    external,
    crossing: crossing !== undefined,
  };
  const isNothing = [from, to, port].every((option) => option === undefined);
  return isNothing && inNamespace.length === 0 && !external && crossing === undefined ? undefined : asked;
}

/** The filter in a situation. Throws `UsageError` for what does not exist. */
export function filterIn(situation: Situation, asked: AskedFlows): FlowFilter {
  const known = new Set(situation.inventory.namespaces.keys());
  for (const name of asked.namespaces) {
    if (known.has(name)) continue;
    const names = [...known].sort().join(", ");
    throw new UsageError(
      `--in-namespace: there is no namespace ${name} in the input`,
      names === "" ? "check the paths that were read" : `there are ${names}`,
    );
  }
  const endsOf = (option: string, references: readonly EndsReference[] | undefined): readonly End[] | undefined =>
    references?.flatMap((reference) => endsBehind(situation, checked(option, resolveEnds(situation, reference))));
  const named = new Set(
    [...(asked.from ?? []), ...(asked.to ?? [])].flatMap((one) => (one.kind === "node" ? one.name : [])),
  );
  return {
    ...asked,
    from: endsOf("--from", asked.from),
    to: endsOf("--to", asked.to),
    nodes: situation.inventory.nodes.filter(({ name }) => named.has(name)),
  };
}

/** The ends that are named; behind a Service those that serve it, whatever the port. */
function endsBehind({ inventory, podRange }: Situation, resolved: Resolved): readonly End[] {
  if (resolved.kind === "ends") return resolved.ends;
  const { namespace, name } = resolved.service;
  const members = inventory.serviceEndpoints.get(`${namespace}/${name}`)?.members ?? [];
  return members.flatMap((place) =>
    "pod" in place ? endsOfPod(inventory, place.pod, podRange) : [endAt(inventory, place.address)],
  );
}

function trafficOf(text: string): TrafficSet {
  const asked = checked("--port", parseAsked(text));
  if (asked.kind === "traffic") return asked.traffic;
  throw new UsageError(
    `--port: "${text}" is the name of a port, which may be another port at each pod`,
    "write its number, such as 8080 or 53/udp",
  );
}

function checked<T extends object>(option: string, value: T | ReferenceError): T {
  if (isReferenceError(value)) throw new UsageError(`${option}: ${value.error}`, value.remedy);
  return value;
}
