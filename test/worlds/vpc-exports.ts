/** Networks as people have them in files: printed by the API, by its command line, or collected into one document. */
import type { RawAcl, RawNetworks, RawReference } from "../naive/vpc-objects.ts";

export interface ExportFile {
  readonly name: string;
  readonly text: string;
}

/** `rest`: a page of each collection. `cli`: a bare array of each. `container`: all of them in one object. */
export type ExportStyle = "rest" | "cli" | "container";

const API = "https://us-south.iaas.cloud.ibm.com/v1";

/**
 * The files of an export. A bare empty array does not say what it lists, so in style `cli` empty collections are left out; what
 * lists workers comes from another command, which prints bare arrays only.
 */
export function exportFiles(networks: RawNetworks, style: ExportStyle): readonly ExportFile[] {
  const { workers, ...collections } = networks;
  const printed = Object.entries(collections).map(([name, list]) => ({ name, list: list.map(printerOf(name)) }));
  const workerFiles =
    workers === undefined || workers.length === 0 ? [] : [file("workers", workers.map(printedWorker))];
  switch (style) {
    case "container": {
      const all = Object.fromEntries(printed.map(({ name, list }) => [name, list]));
      return [file("networks", { collector_version: "0.11.0", provider: "ibm", ...all }), ...workerFiles];
    }
    case "rest":
      return [...printed.map(({ name, list }) => file(name, pageOf(name, list))), ...workerFiles];
    case "cli":
      return [
        ...printed.filter(({ list }) => list.length > 0).map(({ name, list }) => file(name, list)),
        ...workerFiles,
      ];
  }
}

function file(name: string, value: unknown): ExportFile {
  return { name: `${name}.json`, text: `${JSON.stringify(value, null, 2)}\n` };
}

function pageOf(name: string, list: readonly object[]): object {
  return { first: { href: `${API}/${name}?limit=50` }, limit: 50, total_count: list.length, [name]: list };
}

/** The fields that the API adds to every object of a collection. */
function printerOf(collection: string): (object: RawReference) => object {
  return (object) => {
    const { id, ...rest } = collection === "network_acls" ? withLinks(object) : object;
    const type = resourceTypes.get(collection);
    const kind = collection.replace(/s$/u, "").replaceAll("_", "-");
    return {
      id,
      crn: `crn:v1:bluemix:public:is:us-south:a/123456::${kind}:${id}`,
      href: `${API}/${collection}/${id}`,
      created_at: "2026-07-01T10:00:00Z",
      ...(type === undefined ? {} : { resource_type: type }),
      ...rest,
    };
  };
}

/** Not every kind of object says what it is. */
const resourceTypes: ReadonlyMap<string, string> = new Map([
  ["vpcs", "vpc"],
  ["subnets", "subnet"],
  ["public_gateways", "public_gateway"],
  ["instances", "instance"],
]);

/** Each rule links to the next one of the list. */
function withLinks(object: RawReference): RawReference {
  if (!isAcl(object)) return object;
  const rules = object.rules.map((rule, index) => {
    const next = object.rules[index + 1];
    const href = `${API}/network_acls/${object.id}/rules/${rule.id}`;
    const before = next === undefined ? {} : { before: { id: next.id, name: next.name ?? "" } };
    return { ...rule, href, ip_version: "ipv4", ...before };
  });
  const linked = { ...object, rules };
  return linked;
}

function isAcl(object: RawReference): object is RawAcl {
  return "rules" in object && "subnets" in object;
}

function printedWorker(worker: object): object {
  return {
    ...worker,
    flavor: "bx2.4x16",
    poolName: "default",
    kubeVersion: { actual: "1.33.4_1550" },
    lifecycle: { actualState: "deployed" },
    health: { state: "normal" },
  };
}
