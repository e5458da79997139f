/** What can be chosen about a generated cluster. */

export interface ClusterOptions {
  readonly pods: number;
  /** 1 where not given. */
  readonly seed?: number;
  /** One for 20 pods where not given; a few for the system come first. */
  readonly namespaces?: number;
  /** All policies of all languages; one for 5 pods where not given. */
  readonly policies?: number;
  /** Whether nodes, pods and Services have IPv6 addresses too; no where not given. */
  readonly dualStack?: boolean;
  /** One more policy, which denies this many blocks of addresses. */
  readonly blocksOfOnePolicy?: number;
}

/** The options with what they leave open filled in. */
export interface ClusterShape {
  readonly pods: number;
  readonly seed: number;
  readonly namespaces: number;
  readonly policies: number;
  readonly nodes: number;
  readonly dualStack: boolean;
  readonly blocksOfOnePolicy: number;
}

/** A node takes 110 pods by default; clusters leave some room. */
const PODS_PER_NODE = 80;
const FEWEST_NODES = 3;

/** The system alone needs this many; see `system.ts`. */
const FEWEST_PODS = 40;
const FEWEST_NAMESPACES = 5;

/** Throws RangeError for what no cluster can be. */
export function shapeOf({
  pods,
  seed = 1,
  namespaces = Math.max(FEWEST_NAMESPACES, Math.round(pods / 20)),
  policies = Math.round(pods / 5),
  dualStack = false,
  blocksOfOnePolicy = 0,
}: ClusterOptions): ClusterShape {
  if (!Number.isSafeInteger(pods) || pods < FEWEST_PODS || pods > 1_000_000) {
    throw new RangeError(`a cluster has ${FEWEST_PODS} to 1000000 pods, not ${pods}`);
  }
  if (namespaces < FEWEST_NAMESPACES) throw new RangeError(`a cluster has at least ${FEWEST_NAMESPACES} namespaces`);
  const nodes = Math.max(FEWEST_NODES, Math.ceil(pods / PODS_PER_NODE));
  return { pods, seed, namespaces, policies, nodes, dualStack, blocksOfOnePolicy };
}
