/** Connections as conntrack writes them: `enum ctattr_type` and its like of linux/netfilter/nfnetlink_conntrack.h. */
import { type Address, type Family, familyOf } from "../../net/address.ts";
import { headerKind } from "../../net/protocol.ts";
import type { TrafficPoint } from "../../net/traffic.ts";
import type { Connection, Tuple } from "../../net/tuple.ts";
import { addressOfBytes, bytesOfAddress } from "../ip-address.ts";
import { type Attributes, beginNested, end, putRaw, putU16, putU8 } from "../netlink/attribute.ts";
import type { Bytes } from "../netlink/bytes.ts";

const CTA_TUPLE_ORIG = 1;
const CTA_TUPLE_REPLY = 2;
const CTA_STATUS = 3;
const CTA_MARK = 8;
const CTA_COUNTERS_ORIG = 9;
const CTA_COUNTERS_REPLY = 10;

const CTA_TUPLE_IP = 1;
const CTA_TUPLE_PROTO = 2;

const CTA_IP = { 4: { source: 1, destination: 2 }, 6: { source: 3, destination: 4 } } as const;

const CTA_PROTO_NUM = 1;
const CTA_PROTO_SRC_PORT = 2;
const CTA_PROTO_DST_PORT = 3;
const CTA_PROTO_ICMP = { 4: { type: 5, code: 6 }, 6: { type: 8, code: 9 } } as const;

const CTA_COUNTERS_PACKETS = 1;
const CTA_COUNTERS_BYTES = 2;

/** What has passed in one direction. */
export interface Volume {
  readonly packets: bigint;
  readonly bytes: bigint;
}

export interface TrackedConnection extends Connection {
  /** `enum ip_conntrack_status` of linux/netfilter/nf_conntrack_common.h. */
  readonly status: number;
  readonly mark: number;
  /** Undefined unless the kernel keeps accounts (sysctl net.netfilter.nf_conntrack_acct). */
  readonly volumes: { readonly original: Volume; readonly reply: Volume } | undefined;
}

/** Undefined where tuples are missing, or are of a family other than IPv4 and IPv6. */
export function readConnection(attributes: Attributes): TrackedConnection | undefined {
  const original = readTuple(attributes.nested(CTA_TUPLE_ORIG));
  const reply = readTuple(attributes.nested(CTA_TUPLE_REPLY));
  if (original === undefined || reply === undefined) return undefined;
  const sent = readVolume(attributes.nested(CTA_COUNTERS_ORIG));
  const answered = readVolume(attributes.nested(CTA_COUNTERS_REPLY));
  return {
    original,
    reply,
    status: attributes.u32(CTA_STATUS) ?? 0,
    mark: attributes.u32(CTA_MARK) ?? 0,
    volumes: sent === undefined || answered === undefined ? undefined : { original: sent, reply: answered },
  };
}

function readTuple(attributes: Attributes | undefined): Tuple | undefined {
  const places = attributes?.nested(CTA_TUPLE_IP);
  const protocol = attributes?.nested(CTA_TUPLE_PROTO);
  if (places === undefined || protocol === undefined) return undefined;
  for (const family of [4, 6] as const) {
    const source = readAddress(places, CTA_IP[family].source);
    const destination = readAddress(places, CTA_IP[family].destination);
    if (source !== undefined && destination !== undefined) {
      return { source, destination, traffic: readTraffic(protocol, family) };
    }
  }
  return undefined;
}

function readAddress(attributes: Attributes, type: number): Address | undefined {
  const bytes = attributes.raw(type);
  return bytes && addressOfBytes(bytes);
}

function readTraffic(attributes: Attributes, family: Family): TrafficPoint {
  const protocol = attributes.u8(CTA_PROTO_NUM) ?? 0;
  switch (headerKind(protocol)) {
    case "none":
      return { protocol, first: 0, second: 0 };
    case "icmp": {
      const { type, code } = CTA_PROTO_ICMP[family];
      return { protocol, first: attributes.u8(type) ?? 0, second: attributes.u8(code) ?? 0 };
    }
    case "ports": {
      const [first = 0, second = 0] = [attributes.u16(CTA_PROTO_SRC_PORT), attributes.u16(CTA_PROTO_DST_PORT)];
      return { protocol, first, second };
    }
  }
}

function readVolume(attributes: Attributes | undefined): Volume | undefined {
  const packets = attributes?.u64(CTA_COUNTERS_PACKETS);
  const bytes = attributes?.u64(CTA_COUNTERS_BYTES);
  return packets === undefined || bytes === undefined ? undefined : { packets, bytes };
}

/** Writes the tuple of a question. Throws a RangeError for ICMP, whose tuples also hold an identifier. */
export function putTuple(to: Bytes, { source, destination, traffic }: Tuple): void {
  const kind = headerKind(traffic.protocol);
  if (kind === "icmp") throw new RangeError("connections of ICMP cannot be asked for by type and code");
  const places = CTA_IP[familyOf(source)];
  const tuple = beginNested(to, CTA_TUPLE_ORIG);
  const addresses = beginNested(to, CTA_TUPLE_IP);
  putRaw(to, places.source, bytesOfAddress(source));
  putRaw(to, places.destination, bytesOfAddress(destination));
  end(to, addresses);
  const protocol = beginNested(to, CTA_TUPLE_PROTO);
  putU8(to, CTA_PROTO_NUM, traffic.protocol);
  if (kind === "ports") {
    putU16(to, CTA_PROTO_SRC_PORT, traffic.first);
    putU16(to, CTA_PROTO_DST_PORT, traffic.second);
  }
  end(to, protocol);
  end(to, tuple);
}
