/** The same world with ranges, blocks and lists of values written out. */
import { contains, formatBlock, parseCidr, widthOf } from "../../naive/address.ts";
import type { Block } from "../../naive/address.ts";
import type { RawObject } from "../../naive/raw-objects.ts";
import { isList, isPolicy, isSelectorField, isTreeObject, rewritten, type Tree, type TreeObject } from "./rewriting.ts";

/** Ranges of more ports stay as they are. */
const MOST_PORTS = 40;

/** How much a rule may list: of a ClusterNetworkPolicy, and of Calico. */
const MOST_PROTOCOLS = 25;
const MOST_ENTRIES = 50;

/** Every small range of ports as single ones, in whichever way the language of the policy writes them. */
export function withRangesExpanded(objects: readonly RawObject[]): readonly RawObject[] {
  return inPolicies(objects, (tree, path) => {
    const field = path.at(-1) ?? "";
    if (!isList(tree) || !/^(?:ports|notPorts|protocols)$/u.test(field)) return tree;
    const single = tree.flatMap(singlePorts);
    return single.length > (field === "protocols" ? MOST_PROTOCOLS : MOST_ENTRIES) ? tree : single;
  });
}

function singlePorts(entry: Tree): readonly Tree[] {
  if (typeof entry === "string") {
    const [, start, end] = /^(\d+):(\d+)$/u.exec(entry) ?? [];
    return start === undefined ? [entry] : expanded(entry, Number(start), Number(end), (port) => port);
  }
  if (!isTreeObject(entry)) return [entry];
  const { port, endPort, portRange } = entry;
  if (typeof port === "number" && typeof endPort === "number") {
    const { endPort: _end, ...rest } = entry;
    return expanded(entry, port, endPort, (one) => ({ ...rest, port: one }));
  }
  if (isTreeObject(portRange)) {
    const { start, end, ...rest } = portRange;
    return expanded(entry, Number(start), Number(end), (one) => ({ portNumber: { ...rest, port: one } }));
  }
  const [protocol] = Object.keys(entry);
  const ports = protocol === undefined ? undefined : entry[protocol];
  const range =
    isTreeObject(ports) && isTreeObject(ports["destinationPort"]) ? ports["destinationPort"]["range"] : undefined;
  if (protocol === undefined || !isTreeObject(range)) return [entry];
  return expanded(entry, Number(range["start"]), Number(range["end"]), (one) => ({
    [protocol]: { destinationPort: { number: one } },
  }));
}

function expanded(entry: Tree, start: number, end: number, write: (port: number) => Tree): readonly Tree[] {
  if (end - start >= MOST_PORTS) return [entry];
  return Array.from({ length: end - start + 1 }, (_, i) => write(start + i));
}

/** Every block of addresses as its two halves. */
export function withBlocksHalved(objects: readonly RawObject[]): readonly RawObject[] {
  return inPolicies(objects, (tree, path) => {
    const field = path.at(-1) ?? "";
    if (!isList(tree)) return tree;
    if (/^(?:nets|notNets|networks)$/u.test(field)) return [...new Set(tree.flatMap(halvesOfCidr))];
    return field === "from" || field === "to" ? tree.flatMap(halvesOfPeer) : tree;
  });
}

function halvesOfCidr(cidr: Tree): readonly Tree[] {
  return typeof cidr === "string" && cidr.includes("/") ? halves(parseCidr(cidr)).map(formatBlock) : [cidr];
}

function halvesOfPeer(peer: Tree): readonly Tree[] {
  const block = isTreeObject(peer) ? peer["ipBlock"] : undefined;
  if (!isTreeObject(block) || typeof block["cidr"] !== "string") return [peer];
  const except = isList(block["except"]) ? block["except"].map((cidr) => parseCidr(String(cidr))) : [];
  const parts = halves(parseCidr(block["cidr"]));
  // An exception has to be smaller than its block.
  if (except.some(({ prefix }) => parts.some((part) => part.prefix >= prefix))) return [peer];
  return parts.map((part) => {
    const own = except.filter(({ family, first }) => contains(part, { family, value: first })).map(formatBlock);
    return { ipBlock: { cidr: formatBlock(part), ...(own.length === 0 ? {} : { except: own }) } };
  });
}

function halves(block: Block): readonly Block[] {
  const { family, first, last } = block;
  if (block.prefix === widthOf(family)) return [block];
  const [prefix, middle] = [block.prefix + 1, first + (last - first + 1n) / 2n];
  return [
    { family, prefix, first, last: middle - 1n },
    { family, prefix, first: middle, last },
  ];
}

/** Every list of label values written out: `In` and `matchLabels` as each other, `NotIn` as one for each value, `in` as `||`. */
export function withValuesExpanded(objects: readonly RawObject[]): readonly RawObject[] {
  return inPolicies(objects, (tree, path) => {
    if (typeof tree === "string") return isSelectorField(path.at(-1) ?? "") ? expandedSelector(tree) : tree;
    if (!isTreeObject(tree) || !("matchLabels" in tree || "matchExpressions" in tree)) return tree;
    return expandedLabelSelector(tree);
  });
}

function expandedLabelSelector({ matchLabels, matchExpressions }: TreeObject): Tree {
  const requirements = isList(matchExpressions) ? matchExpressions.filter(isTreeObject) : [];
  const equal = requirements.filter(
    ({ operator, values }) => operator === "In" && isList(values) && values.length === 1,
  );
  const labels = isTreeObject(matchLabels) ? Object.entries(matchLabels) : [];
  const others = requirements
    .filter((requirement) => !equal.includes(requirement))
    .flatMap(({ key, operator, values }): readonly Tree[] =>
      operator === "NotIn" && isList(values)
        ? values.map((value) => ({ key, operator, values: [value] }))
        : [{ key, operator, ...(values === undefined ? {} : { values }) }],
    );
  // Two values for one key cannot both be asked for by labels.
  const keys = equal.map(({ key }) => String(key));
  const [asLabels, asExpressions] = new Set(keys).size === keys.length ? [equal, []] : [[], equal];
  return {
    matchLabels: Object.fromEntries(
      asLabels.map(({ key, values }) => [String(key), isList(values) ? values[0] : undefined]),
    ),
    matchExpressions: [
      ...labels.map(([key, value]) => ({ key, operator: "In", values: [value] })),
      ...asExpressions,
      ...others,
    ],
  };
}

const LISTED = /([\w./-]+)\s+(not in|in)\s*\{([^}]+)\}/gu;

function expandedSelector(text: string): string {
  return text.replaceAll(LISTED, (whole, key: string, operator: string, list: string) => {
    const values = list.match(/'[^']*'/gu) ?? [];
    if (values.length === 0) return whole;
    const any = `(${values.map((value) => `${key} == ${value}`).join(" || ")})`;
    return operator === "in" ? any : `!${any}`;
  });
}

/** Every selector of one list of values in a peer as one peer for each value. */
export function withPeersExpanded(objects: readonly RawObject[]): readonly RawObject[] {
  return inPolicies(objects, (tree, path) => {
    const field = path.at(-1);
    return isList(tree) && (field === "from" || field === "to") ? tree.flatMap(peersOfValues) : tree;
  });
}

function peersOfValues(peer: Tree): readonly Tree[] {
  if (!isTreeObject(peer)) return [peer];
  for (const field of ["podSelector", "namespaceSelector", "namespaces", "pods"]) {
    const selector = peer[field];
    if (!isTreeObject(selector)) continue;
    const parts = field === "pods" ? peersOfValues(selector) : selectorsOfValues(selector);
    if (parts.length > 1) return parts.map((part) => ({ ...peer, [field]: part }));
  }
  return [peer];
}

function selectorsOfValues(selector: TreeObject): readonly Tree[] {
  const { matchExpressions } = selector;
  const requirements = isList(matchExpressions) ? matchExpressions.filter(isTreeObject) : [];
  const index = requirements.findIndex(
    ({ operator, values }) => operator === "In" && isList(values) && values.length > 1,
  );
  const chosen = requirements[index];
  if (chosen === undefined || !isList(chosen["values"])) return [selector];
  return chosen["values"].map((value) => ({
    ...selector,
    matchExpressions: requirements.with(index, { ...chosen, values: [value] }),
  }));
}

function inPolicies(
  objects: readonly RawObject[],
  rewrite: (tree: Tree, path: readonly string[]) => Tree,
): readonly RawObject[] {
  return objects.map((object) =>
    isPolicy(object) ? rewritten(object, (tree, path) => (path[0] === "spec" ? rewrite(tree, path) : tree)) : object,
  );
}
