/** Workers as `ibmcloud ks worker` and `kubectl describe node` print them. */
import type { Worker } from "../../model.ts";
import { addressOf, blockOf } from "../addresses.ts";
import type { ReadingDraft } from "../reading-draft.ts";
import { cellOf, type Cell, type Row, toldCell } from "./cells.ts";
import { requiredCell, type RowPlace } from "./networks.ts";

type WorkerInterface = Worker["interfaces"][number];

/** A row of `ks worker ls`. */
export function listedWorker(place: RowPlace, draft: ReadingDraft): Worker {
  const { row, offset, resource } = place;
  const primary = cellOf(row, "primary ip");
  const address = primary && addressOf(toldCell(primary, draft, resource));
  return {
    id: requiredCell(place, draft, "id").text,
    cluster: undefined,
    pool: cellOf(row, "worker pool name", "pool name", "worker pool")?.text,
    zone: cellOf(row, "zone")?.text ?? "",
    interfaces: address === undefined ? [] : [{ subnet: undefined, address, range: undefined, primary: true }],
    version: cellOf(row, "version")?.text,
    state: cellOf(row, "state")?.text,
    origin: draft.origin(offset, resource),
  };
}

/** The block of `ks worker get`, and the rows of its subnets. */
export function describedWorker(place: RowPlace, subnets: readonly Row[], draft: ReadingDraft): Worker {
  const { resource } = place;
  const interfaces = subnets.map((row) => subnetRow({ ...place, row }, draft)).filter((each) => each !== undefined);
  return { ...listedWorker(place, draft), interfaces, origin: draft.origin(place.offset, resource) };
}

/** `10.240.0.67 (primary)` and the block it is in. */
function subnetRow(place: RowPlace, draft: ReadingDraft): WorkerInterface | undefined {
  const { row, resource } = place;
  const cell = requiredCell(place, draft, "ip address");
  const [, text = "", primary] = /^(\S*)(\s+\(primary\))?$/.exec(cell.text) ?? [undefined, cell.text];
  const address = cell.text === "" ? undefined : addressOf(toldCell({ ...cell, text }, draft, resource));
  const block = cellOf(row, "cidr");
  const range = block && blockOf(toldCell(block, draft, resource));
  return address === undefined
    ? undefined
    : { subnet: cellOf(row, "id")?.text, address, range, primary: primary !== undefined };
}

const LABEL_PREFIX = "ibm-cloud.kubernetes.io/";

/** `kubectl describe node`: the labels tell the worker, its address and its subnet. */
export function nodeWorker(name: Cell, labels: Row, draft: ReadingDraft): Worker {
  const label = (key: string): Cell | undefined => labels.get(LABEL_PREFIX + key);
  const resource = `worker ${label("worker-id")?.text ?? name.text}`;
  const place = { row: labels, offset: name.offset, resource };
  const ip = label("internal-ip") ?? requiredCell(place, draft, `${LABEL_PREFIX}internal-ip`);
  const address = ip.text === "" ? undefined : addressOf(toldCell(ip, draft, resource));
  const subnet = label("subnet-id")?.text;
  return {
    id: label("worker-id")?.text ?? name.text,
    cluster: undefined,
    pool: label("worker-pool-name")?.text,
    zone: (label("zone") ?? labels.get("topology.kubernetes.io/zone"))?.text ?? "",
    interfaces: address === undefined ? [] : [{ subnet, address, range: undefined, primary: true }],
    version: label("worker-version")?.text,
    state: undefined,
    origin: draft.origin(name.offset, resource),
  };
}
