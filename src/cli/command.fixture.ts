/** Command lines run inside the test: manifests in a folder of their own, outputs kept. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { runCommandLine } from "./command-line.ts";
import type { Io } from "./io.ts";

export interface Outcome {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Writes files into a new folder that is gone after the test; returns the folder. */
export function folderOf(t: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "portcullis-cli-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

export interface Surroundings {
  readonly env?: Io["env"];
  readonly stdin?: string;
  readonly isTerminal?: boolean;
  readonly write?: (text: string) => void;
}

/** Runs a command line in this process. */
export async function command(args: readonly string[], surroundings: Surroundings = {}): Promise<Outcome> {
  const { env = {}, stdin = "", isTerminal = false, write = () => undefined } = surroundings;
  const written = { stdout: "", stderr: "" };
  const output = (name: "stdout" | "stderr") => ({
    write: (text: string) => {
      if (name === "stdout") write(text);
      written[name] += text;
    },
    isTerminal,
    columns: undefined,
  });
  const exit = await runCommandLine(args, {
    stdin: (async function* () {
      yield stdin;
    })(),
    stdout: output("stdout"),
    stderr: output("stderr"),
    env,
  });
  return { exit, ...written };
}

/** Runs a command on one file `all.yaml`, whose folder is taken out of what is printed. */
export async function onManifests(
  t: TestContext,
  args: readonly string[],
  manifests: string,
  surroundings: Surroundings = {},
): Promise<Outcome> {
  const folder = folderOf(t, { "all.yaml": manifests });
  const { exit, stdout, stderr } = await command([...args, folder], surroundings);
  return { exit, stdout: stdout.replaceAll(`${folder}/`, ""), stderr: stderr.replaceAll(`${folder}/`, "") };
}

export function namespaceManifest(name: string): string {
  return `---\napiVersion: v1\nkind: Namespace\nmetadata: {name: ${name}}\n`;
}

export interface PodManifest {
  readonly namespace?: string;
  readonly name: string;
  readonly labels: string;
  readonly addresses?: readonly string[];
  readonly ports?: string;
  readonly owner?: string;
}

/** A pod; it runs when it has addresses. */
export function podManifest({
  namespace = "shop",
  name,
  labels,
  addresses = [],
  ports = "[]",
  owner,
}: PodManifest): string {
  const references =
    owner === undefined
      ? ""
      : `, ownerReferences: [{apiVersion: apps/v1, kind: StatefulSet, name: ${owner}, uid: "1", controller: true}]`;
  const status =
    addresses.length === 0
      ? ""
      : `status: {phase: Running, podIPs: [${addresses.map((address) => `{ip: "${address}"}`).join(", ")}], ` +
        'conditions: [{type: Ready, status: "True"}]}\n';
  return (
    `---\napiVersion: v1\nkind: Pod\nmetadata: {namespace: ${namespace}, name: ${name}, labels: {${labels}}${references}}\n` +
    `spec: {nodeName: worker-1, containers: [{name: main, image: x, ports: ${ports}}]}\n${status}`
  );
}

export function policyManifest(name: string, spec: string, namespace = "shop"): string {
  return `---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {namespace: ${namespace}, name: ${name}}\nspec: ${spec}\n`;
}

export function serviceManifest(name: string, spec: string): string {
  return `---\napiVersion: v1\nkind: Service\nmetadata: {namespace: shop, name: ${name}}\nspec: ${spec}\n`;
}

/** `web` may reach `db` on TCP 5432 and nobody else may; `web` is open. */
export const SHOP = [
  namespaceManifest("shop"),
  podManifest({ name: "web", labels: "app: web", addresses: ["10.0.0.1"] }),
  podManifest({ name: "db", labels: "app: db", addresses: ["10.0.0.2"], ports: "[{name: pg, containerPort: 5432}]" }),
  serviceManifest("db", "{selector: {app: db}, ports: [{port: 5000, targetPort: pg}]}"),
  policyManifest(
    "db-allow",
    `
  podSelector: {matchLabels: {app: db}}
  policyTypes: [Ingress]
  ingress:
  - from:
    - podSelector: {matchLabels: {app: web}}
    ports:
    - {protocol: TCP, port: 5432}`,
  ),
].join("");

export function nodeManifest(name: string, address: string, labels = ""): string {
  return (
    `---\napiVersion: v1\nkind: Node\nmetadata: {name: ${name}, labels: {${labels}}}\n` +
    `status: {addresses: [{type: InternalIP, address: ${address}}]}\n`
  );
}

export function clusterPolicyManifest(name: string, spec: string): string {
  return `---\napiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\nmetadata: {name: ${name}}\nspec: ${spec}\n`;
}

/** A policy of Calico; namespaced unless its kind is global. */
export function calicoManifest(kind: string, name: string, spec: string): string {
  const namespace = kind.includes("Global") || kind === "Tier" ? "" : "namespace: shop, ";
  return `---\napiVersion: projectcalico.org/v3\nkind: ${kind}\nmetadata: {${namespace}name: ${name}}\nspec: ${spec}\n`;
}

/** A filter that is not modelled, in the namespace `shop`. */
export const CILIUM = `---
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {namespace: shop, name: l7}
spec: {endpointSelector: {}}
`;
