/** Managed clusters and their workers, as `ibmcloud ks` writes them. */
import type { Cursor } from "../../resources/schema/cursor.ts";
import { boolean, list, record, string, type Type } from "../../resources/schema/types.ts";
import type { Cluster, Worker } from "../model.ts";
import type { VpcObject } from "../reading.ts";
import { addressField, blockField, identifier, originOf } from "./fields.ts";

type WorkerInterface = Worker["interfaces"][number];

const workerInterfaces = list((at: Cursor): readonly WorkerInterface[] => {
  const address = addressField(at.enter("ipAddress"));
  const range = blockField(at.enter("cidr"));
  const subnet = string(at.enter("subnetID")) || undefined;
  const primary = boolean(at.enter("primary"));
  return address === undefined ? [] : [{ subnet, address, range: range.length > 0 ? range : undefined, primary }];
});

/** Where the list of interfaces is left out, the address stands here. */
function privateAddress(at: Cursor): readonly WorkerInterface[] {
  const address = addressField(at.enter("privateIP"));
  return address === undefined ? [] : [{ subnet: undefined, address, range: undefined, primary: true }];
}

const kubeVersion = record({ actual: string }, { passive: "any" });
const health = record({ state: string }, { passive: "any" });
const lifecycle = record({ actualState: string }, { passive: "any" });

export function worker(at: Cursor): readonly VpcObject[] {
  return [{ kind: "worker", value: readWorker(at, string(at.enter("clusterID")) || undefined) }];
}

function readWorker(at: Cursor, cluster: string | undefined): Worker {
  const listed = workerInterfaces(at.enter("networkInterfaces")).flat();
  return {
    id: identifier(at.enter("id")),
    cluster,
    pool: string(at.enter("poolName")) || undefined,
    zone: string(at.enter("location")),
    interfaces: listed.length > 0 ? listed : privateAddress(at.enter("networkInformation")),
    version: kubeVersion(at.enter("kubeVersion")).actual || undefined,
    state: health(at.enter("health")).state || lifecycle(at.enter("lifecycle")).actualState || undefined,
    origin: originOf(at),
  };
}

const texts: Type<readonly string[]> = list(string);

/** A cluster, and its workers where a collector put them inside. */
export function cluster(at: Cursor): readonly VpcObject[] {
  const id = identifier(at.enter("id"));
  const [vpc] = texts(at.enter("vpcs"));
  const value: Cluster = {
    id,
    name: string(at.enter("name")),
    vpc,
    podRange: blockField(at.enter("podSubnet")),
    serviceRange: blockField(at.enter("serviceSubnet")),
    version: string(at.enter("masterKubeVersion")) || undefined,
    origin: originOf(at),
  };
  const workers = list((item: Cursor) => readWorker(item, id))(at.enter("WorkerNodes"));
  return [{ kind: "cluster", value }, ...workers.map((value): VpcObject => ({ kind: "worker", value }))];
}
