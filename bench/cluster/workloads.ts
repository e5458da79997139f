/** What runs in a namespace: a controller with its pods' labels, ports and revisions. */
import type { Json, Labels } from "./objects.ts";
import type { Random } from "./random.ts";

export interface Port {
  readonly name: string;
  readonly port: number;
  readonly protocol: "TCP" | "UDP" | "SCTP";
}

export interface Workload {
  readonly kind: "Deployment" | "StatefulSet" | "DaemonSet" | "Job";
  readonly namespace: string;
  readonly name: string;
  readonly role: Role | "system";
  /** Of all its pods; those of a revision come on top. */
  readonly labels: Labels;
  readonly ports: readonly Port[];
  readonly serviceAccount: string;
  readonly hostNetwork: boolean;
  /** The current one first. Old revisions of a Deployment without pods stay as empty ReplicaSets. */
  readonly revisions: readonly Revision[];
}

export interface Revision {
  readonly hash: string;
  readonly version: string;
  readonly replicas: number;
}

interface RoleTraits {
  readonly kind: Workload["kind"];
  readonly tier: "frontend" | "backend" | "data";
  readonly ports: readonly Port[];
  /** The most replicas it can have. */
  readonly most: number;
}

function tcp(name: string, port: number): Port {
  return { name, port, protocol: "TCP" };
}

const METRICS = tcp("metrics", 9090);

export const ROLES = {
  frontend: { kind: "Deployment", tier: "frontend", ports: [tcp("http", 8080), METRICS], most: 50 },
  api: { kind: "Deployment", tier: "backend", ports: [tcp("http", 8080), tcp("grpc", 9000), METRICS], most: 50 },
  worker: { kind: "Deployment", tier: "backend", ports: [METRICS], most: 50 },
  db: { kind: "StatefulSet", tier: "data", ports: [tcp("postgres", 5432)], most: 5 },
  cache: { kind: "StatefulSet", tier: "data", ports: [tcp("redis", 6379)], most: 6 },
  queue: { kind: "StatefulSet", tier: "data", ports: [tcp("amqp", 5672), METRICS], most: 5 },
  batch: { kind: "Job", tier: "backend", ports: [], most: 1 },
  gateway: {
    kind: "Deployment",
    tier: "frontend",
    ports: [
      { name: "signal", port: 38_412, protocol: "SCTP" },
      { name: "media", port: 40_000, protocol: "UDP" },
    ],
    most: 10,
  },
} as const satisfies Readonly<Record<string, RoleTraits>>;

export type Role = keyof typeof ROLES;

export interface Draft {
  readonly namespace: string;
  readonly name: string;
  readonly role: Role;
  readonly partOf: string;
  readonly team: string;
  readonly replicas: number;
}

/** A workload of a team. */
export function workloadOf({ namespace, name, role, partOf, team, replicas }: Draft, random: Random): Workload {
  const { kind, tier, ports } = ROLES[role];
  return {
    kind,
    namespace,
    name,
    role,
    labels: {
      app: name,
      "app.kubernetes.io/name": role,
      "app.kubernetes.io/part-of": partOf,
      "app.kubernetes.io/managed-by": "Helm",
      tier,
      team,
    },
    ports,
    serviceAccount: random.chance(0.5) ? name : "default",
    hostNetwork: false,
    revisions: kind === "Deployment" ? deploymentRevisions(replicas, random) : [revision(replicas, random)],
  };
}

/** Some Deployments are in the middle of a roll-out, and all keep ReplicaSets of the past. */
function deploymentRevisions(replicas: number, random: Random): readonly Revision[] {
  const old = replicas > 2 && random.chance(0.04) ? Math.floor(replicas / 3) : 0;
  const past = Array.from({ length: random.integer(0, 2) }, () => revision(0, random));
  return [revision(replicas - old, random), ...(old > 0 ? [revision(old, random)] : []), ...past];
}

export function revision(replicas: number, random: Random): Revision {
  return {
    hash: random.word(10),
    version: `v${random.integer(1, 4)}.${random.integer(0, 30)}.${random.integer(0, 9)}`,
    replicas,
  };
}

export function replicasOf({ revisions }: Workload): number {
  return revisions.reduce((sum, { replicas }) => sum + replicas, 0);
}

/** The labels of the pods of a revision, without those that controllers add. */
export function templateLabels({ labels }: Workload, { version }: Revision): Labels {
  return { ...labels, version };
}

/** The `spec` of the pod template of a revision. */
export function templateSpec(workload: Workload, { version }: Revision): { readonly [field: string]: Json } {
  const { name, ports, role, serviceAccount, hostNetwork } = workload;
  const probe = { httpGet: { path: "/healthz", port: ports[0]?.name ?? "http", scheme: "HTTP" }, periodSeconds: 10 };
  const isWeb = ports.some((port) => port.name === "http");
  return {
    restartPolicy: workload.kind === "Job" ? "Never" : "Always",
    serviceAccountName: serviceAccount,
    ...(hostNetwork ? { hostNetwork: true } : {}),
    dnsPolicy: "ClusterFirst",
    schedulerName: "default-scheduler",
    terminationGracePeriodSeconds: 30,
    securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name: role === "system" ? name : role,
        image: `registry.example/${name}:${version}`,
        imagePullPolicy: "IfNotPresent",
        ports: ports.map(({ name, port, protocol }) => ({ name, containerPort: port, protocol })),
        env: [
          { name: "LOG_LEVEL", value: "info" },
          { name: "POD_IP", valueFrom: { fieldRef: { apiVersion: "v1", fieldPath: "status.podIP" } } },
        ],
        resources: { limits: { memory: "512Mi" }, requests: { cpu: "100m", memory: "256Mi" } },
        ...(isWeb ? { livenessProbe: probe, readinessProbe: probe } : {}),
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
        terminationMessagePath: "/dev/termination-log",
        terminationMessagePolicy: "File",
        volumeMounts: [{ name: "config", mountPath: "/etc/config", readOnly: true }],
      },
    ],
    volumes: [{ name: "config", configMap: { name: `${name}-config`, defaultMode: 420 } }],
  };
}
