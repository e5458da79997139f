/** Assertions with their ends looked up in a situation. */
import { isKind, NAMESPACE_NAME } from "../cluster/labelled.ts";
import type { Pod } from "../cluster/endpoint.ts";
import { matchSelector } from "../fold/match.ts";
import { all, equals, EVERYTHING, type Selector, selectorText } from "../labels/selector.ts";
import { type AddressSet, ALL_ADDRESSES, familyOf, single } from "../net/address.ts";
import { subtract, unionOf } from "../net/intervals.ts";
import { type End, endsOfPod } from "../path/end.ts";
import {
  type Asked,
  EVERYTHING_ASKED,
  isReferenceError,
  parseAsked,
  parseReference,
  splitDestination,
} from "../path/reference.ts";
import { type Resolved, resolve } from "../path/resolve.ts";
import { lowerLabelSelector, podsSelector } from "../policy/dialects/kubernetes/selectors.ts";
import type { AssertionsResource, AssertionSpec, EndPattern, Expectation } from "../resources/assertion-kinds.ts";
import type { Situation } from "../situation/situation.ts";
import type { Fact } from "../source/fact.ts";
import { type Finding, finding } from "../source/finding.ts";
import type { Origin, Path } from "../source/origin.ts";

/** Everybody on one side of a flow. */
export interface Selection {
  readonly ends: readonly End[];
  readonly services: readonly Extract<Resolved, { kind: "service" }>[];
  /** Pods of which the input does not tell whether they are meant, with what would tell. */
  readonly doubtful: readonly { readonly ends: readonly End[]; readonly fact: Fact }[];
}

export interface Assertion {
  readonly expectation: Expectation;
  /** What it is called: its own name, else the flow. */
  readonly name: string;
  readonly because: string | undefined;
  readonly from: Selection;
  readonly to: Selection;
  /** Each of these; never empty. */
  readonly asked: readonly Asked[];
  readonly origin: Origin;
}

/** The assertions of all files, in their order. What names no end that exists is a finding, and no assertion comes of it. */
export function assertionsOf(
  situation: Situation,
  resources: readonly AssertionsResource[],
): { readonly assertions: readonly Assertion[]; readonly findings: readonly Finding[] } {
  const findings: Finding[] = [];
  const assertions = resources.flatMap((resource) =>
    resource.spec.flatMap((spec, index) => {
      const errors = findings.length;
      const reader = new AssertionReader(situation, resource, ["assertions", index, spec.expectation], findings);
      const assertion = reader.read(spec);
      return findings.length > errors ? [] : [assertion];
    }),
  );
  return { assertions, findings };
}

class AssertionReader {
  readonly #situation: Situation;
  readonly #resource: AssertionsResource;
  readonly #path: Path;
  readonly #findings: Finding[];

  constructor(situation: Situation, resource: AssertionsResource, path: Path, findings: Finding[]) {
    this.#situation = situation;
    this.#resource = resource;
    this.#path = path;
    this.#findings = findings;
  }

  read({ expectation, flow, name, because }: AssertionSpec): Assertion {
    const asked: Asked[] = flow.ports.map((port, i) => this.#asked(port, ["ports", i]));
    const from = joined(flow.from.map((pattern, i) => this.#selection(pattern, ["from", i])));
    const to = joined(flow.to.map((pattern, i) => this.#destination(pattern, i, asked)));
    for (const { text } of from.services) this.#report(`${text} opens no connections`, "name its pods", ["from"]);
    return {
      expectation,
      name: name ?? flowText(flow),
      because,
      from,
      to,
      asked: asked.length > 0 ? asked : [EVERYTHING_ASKED],
      origin: this.#resource.origin(this.#path),
    };
  }

  /** The port may stand behind the last end, as on the command line. */
  #destination(pattern: EndPattern, index: number, asked: Asked[]): Selection {
    const path = ["to", index];
    if (pattern.kind !== "text") return this.#selection(pattern, path);
    const { end, traffic } = splitDestination(pattern.text);
    if (traffic !== undefined) asked.push(this.#asked(traffic, path));
    return this.#selection({ ...pattern, text: end }, path);
  }

  #asked(text: string, path: Path): Asked {
    const asked = parseAsked(text);
    if (!isReferenceError(asked)) return asked;
    this.#report(asked.error, asked.remedy, path);
    return EVERYTHING_ASKED;
  }

  #selection(pattern: EndPattern, path: Path): Selection {
    if (pattern.kind === "selectors") return this.#selected(pattern);
    const { text } = pattern;
    const { inventory } = this.#situation;
    if (text === "*") return { ends: everybody(this.#situation), services: [], doubtful: [] };
    if (text.endsWith("/*")) {
      const pods = inventory.pods.filter(({ namespace }) => namespace.name === text.slice(0, -2));
      return { ends: pods.flatMap((pod) => this.#ends(pod)), services: [], doubtful: [] };
    }
    const reference = parseReference(text, this.#resource.metadata.namespace);
    const found = isReferenceError(reference) ? reference : resolve(this.#situation, reference);
    if (isReferenceError(found)) {
      this.#report(found.error, found.remedy, path);
      return NOBODY;
    }
    return found.kind === "service" ? { ...NOBODY, services: [found] } : { ...NOBODY, ends: found.ends };
  }

  #selected({ namespace, namespaceSelector, podSelector }: Extract<EndPattern, { kind: "selectors" }>): Selection {
    const namespaces =
      namespaceSelector === undefined
        ? all([isKind("pod"), equals(NAMESPACE_NAME, namespace ?? this.#resource.metadata.namespace)])
        : podsSelector(lowerLabelSelector(namespaceSelector), EVERYTHING);
    const pods: Selector = podSelector === undefined ? EVERYTHING : lowerLabelSelector(podSelector);
    const selector = all([namespaces, pods]);
    const ends: End[] = [];
    const doubtful: Selection["doubtful"][number][] = [];
    for (const pod of this.#situation.inventory.pods) {
      const own = this.#ends(pod);
      const [first] = own;
      const holds = first === undefined ? false : matchSelector(this.#situation, selector, first);
      if (holds === true) ends.push(...own);
      if (holds === undefined) {
        const text = `the labels of namespace ${pod.namespace.name}, which decide whether its pods are meant`;
        doubtful.push({ ends: own, fact: { text, remedy: "add the Namespace objects" } });
      }
    }
    return { ends, services: [], doubtful };
  }

  #ends(pod: Pod): readonly End[] {
    return endsOfPod(this.#situation.inventory, pod, this.#situation.podRange);
  }

  #report(message: string, remedy: string, path: Path): void {
    const { resource, file, line, column } = this.#resource.origin([...this.#path, ...path]);
    this.#findings.push(finding("PC160", message, remedy, { position: { file, line, column }, resource }));
  }
}

const NOBODY: Selection = { ends: [], services: [], doubtful: [] };

function joined(selections: readonly Selection[]): Selection {
  return {
    ends: selections.flatMap(({ ends }) => ends),
    services: selections.flatMap(({ services }) => services),
    doubtful: selections.flatMap(({ doubtful }) => doubtful),
  };
}

/** All pods, and all addresses besides; nodes are among these as strangers, not as those who reach their own pods anyway. */
export function everybody({ inventory, podRange }: Situation): readonly End[] {
  return [
    ...inventory.pods.flatMap((pod) => endsOfPod(inventory, pod, podRange)),
    ...outside(subtract(ALL_ADDRESSES, unionOf([...inventory.podsAt.keys()].flatMap(single)))),
  ];
}

/** Everybody but those. A pod is left out whole, of addresses outside those that are named. */
export function everybodyElse(situation: Situation, ends: readonly End[]): readonly End[] {
  const pods = new Set(ends.flatMap((end) => (end.kind === "pod" ? [end.pod] : [])));
  const named = unionOf(ends.flatMap((end) => (end.kind === "pod" ? [] : end.where)));
  return everybody(situation).flatMap((end): readonly End[] => {
    if (end.kind === "pod") return pods.has(end.pod) ? [] : [end];
    return outside(subtract(end.where, named));
  });
}

function outside(where: AddressSet): readonly End[] {
  return ([4, 6] as const).flatMap((family): readonly End[] => {
    const own = where.filter(({ start }) => familyOf(start) === family);
    return own.length === 0 ? [] : [{ kind: "outside", where: own }];
  });
}

function flowText({ from, to, ports }: AssertionSpec["flow"]): string {
  const side = (patterns: readonly EndPattern[]): string => patterns.map(patternText).join(", ");
  return `${side(from)} -> ${side(to)}${ports.length === 0 ? "" : ` on ${ports.join(", ")}`}`;
}

function patternText(pattern: EndPattern): string {
  if (pattern.kind === "text") return pattern.text;
  const { namespace, namespaceSelector, podSelector } = pattern;
  const pods = podSelector === undefined ? "pods" : `pods with ${selectorText(lowerLabelSelector(podSelector))}`;
  if (namespaceSelector !== undefined)
    return `${pods} of namespaces with ${selectorText(lowerLabelSelector(namespaceSelector))}`;
  return namespace === undefined ? pods : `${pods} of ${namespace}`;
}
