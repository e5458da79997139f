/** Who is in a generated cluster: namespaces with the workloads in them, before anything becomes an object. */
import type { KubernetesObject, Labels } from "./objects.ts";
import { MOMENT } from "./objects.ts";
import type { ClusterShape } from "./options.ts";
import { Random } from "./random.ts";
import { type Role, ROLES, type Workload, workloadOf } from "./workloads.ts";

export interface Namespace {
  readonly name: string;
  readonly labels: Labels;
  readonly team: string;
  readonly env: Environment;
  readonly workloads: readonly Workload[];
}

const ENVIRONMENTS = ["prod", "staging", "dev"] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

const PRODUCTS = [
  ..."accounts billing cart catalog checkout claims delivery fraud identity inventory invoices ledger".split(" "),
  ..."loans media messages notifications orders payments pricing profile quotes ratings recommendations".split(" "),
  ..."refunds reports returns rewards routing search sessions shipping stock subscriptions support".split(" "),
  ..."taxes telemetry tickets trips uploads vouchers wallet warehouse".split(" "),
] as const;

/** How many namespaces a team has. */
const NAMESPACES_PER_TEAM = 8;
/** A few namespaces have hundreds of pods, most have a handful. */
const LARGEST_TO_SMALLEST = 60;

/** The namespaces of the teams, with `pods` pods among them. O(pods). */
export function teamNamespaces(shape: ClusterShape, count: number, pods: number): readonly Namespace[] {
  const random = new Random(shape.seed).fork("namespaces");
  const sizes = partsOf(
    pods,
    Array.from({ length: count }, () => random.longTail(10, 10 * LARGEST_TO_SMALLEST, 1.1)),
  );
  return sizes.map((size, index) => {
    const own = random.fork(`namespace ${index}`);
    const product = PRODUCTS[index % PRODUCTS.length] ?? "shop";
    const env = ENVIRONMENTS[Math.floor(index / PRODUCTS.length) % ENVIRONMENTS.length] ?? "prod";
    const round = Math.floor(index / (PRODUCTS.length * ENVIRONMENTS.length));
    const name = `${product}${round === 0 ? "" : `-${round + 1}`}-${env}`;
    const team = `team-${Math.floor((index * 7) / NAMESPACES_PER_TEAM) % Math.ceil(count / NAMESPACES_PER_TEAM)}`;
    return {
      name,
      labels: {
        "kubernetes.io/metadata.name": name,
        env,
        team,
        "pod-security.kubernetes.io/enforce": own.chance(0.7) ? "restricted" : "baseline",
        ...(own.chance(0.4) ? { "cost-center": `cc-${own.integer(100, 140)}` } : {}),
      },
      team,
      env,
      workloads: workloadsOf({ namespace: name, product, team, size }, own),
    };
  });
}

/** Whole numbers in proportion to the weights, each at least 1 where the total allows, that sum up to `total`. O(weights). */
function partsOf(total: number, weights: readonly number[]): readonly number[] {
  const sum = weights.reduce((left, right) => left + right, 0);
  const least = total >= weights.length ? 1 : 0;
  const free = total - least * weights.length;
  const parts = weights.map((weight) => least + Math.floor((free * weight) / sum));
  const missing = total - parts.reduce((left, right) => left + right, 0);
  return parts.map((part, i) => part + (i < missing ? 1 : 0));
}

interface Crowd {
  readonly namespace: string;
  readonly product: string;
  readonly team: string;
  readonly size: number;
}

/** In the order in which a namespace gets them; then they come again. */
const ORDER: readonly Role[] = ["frontend", "api", "db", "worker", "cache", "api", "queue", "api", "batch", "gateway"];

function workloadsOf({ namespace, product, team, size }: Crowd, random: Random): readonly Workload[] {
  const workloads: Workload[] = [];
  let left = size;
  for (let i = 0; left > 0; i++) {
    const role = ORDER[i % ORDER.length] ?? "api";
    const { most } = ROLES[role];
    const replicas = Math.min(left, random.longTail(1, most, 0.9));
    const name = i < ORDER.length && ORDER.indexOf(role) === i ? `${product}-${role}` : `${product}-${role}-${i}`;
    workloads.push(workloadOf({ namespace, name, role, partOf: product, team, replicas }, random.fork(name)));
    left -= replicas;
  }
  return workloads;
}

export function namespaceObject({ name, labels }: Namespace, random: Random): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: {
      name,
      uid: random.uuid(),
      resourceVersion: String(random.integer(1000, 9_999_999)),
      creationTimestamp: MOMENT,
      labels,
    },
    spec: { finalizers: ["kubernetes"] },
    status: { phase: "Active" },
  };
}
