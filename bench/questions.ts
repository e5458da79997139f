/** Questions that somebody might ask about a cluster: the same for the same seed. */
import { isTemplate, type Pod } from "../src/cluster/endpoint.ts";
import { TCP } from "../src/net/protocol.ts";
import type { TrafficPoint } from "../src/net/traffic.ts";
import { isReferenceError, parseAsked, parseReference, type ReferenceError } from "../src/path/reference.ts";
import { resolve } from "../src/path/resolve.ts";
import type { Question } from "../src/reach/question.ts";
import type { Situation } from "../src/situation/situation.ts";
import { Random } from "./cluster/random.ts";

/** Two live pods, and a port that the second serves where it declares one. */
export interface Pair {
  readonly from: Pod;
  readonly to: Pod;
  readonly packet: TrafficPoint;
}

const SOURCE_PORT = 40_000;
const SOME_PORT = 8080;

/** Throws on a situation without live pods. */
export function* pairsOf({ inventory }: Situation, count: number, seed: number): Generator<Pair> {
  const random = new Random(seed).fork("questions");
  const pods = inventory.pods.filter((pod) => !isTemplate(pod));
  for (let i = 0; i < count; i++) {
    const [from, to] = [random.pick(pods), random.pick(pods)];
    const [port = { protocol: TCP, port: SOME_PORT }] = random.sample(to.declaredPorts, 1);
    yield { from, to, packet: { protocol: port.protocol, first: SOURCE_PORT, second: port.port } };
  }
}

/** What `why NS/pod/NAME NS/pod/NAME:PORT` asks, looked up as the command does. */
export function questionOf(situation: Situation, { from, to, packet }: Pair): Question {
  return {
    from: found(situation, from),
    to: found(situation, to),
    asked: checked(parseAsked(`${packet.second}/${packet.protocol}`)),
    sourcePort: undefined,
  };
}

function found(situation: Situation, { namespace, name }: Pod): Question["from"] {
  return checked(resolve(situation, checked(parseReference(`${namespace.name}/pod/${name}`, "default"))));
}

function checked<T extends object>(value: T | ReferenceError): T {
  if (isReferenceError(value)) throw new Error(value.error);
  return value;
}
