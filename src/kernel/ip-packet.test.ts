import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isAddressError, parseAddress } from "../net/address.ts";
import { ICMP, ICMPV6, SCTP, TCP, UDP } from "../net/protocol.ts";
import { bytesOfAddress } from "./ip-address.ts";
import { ipPacketBytes, parseIpPacket } from "./ip-packet.ts";
import { type IpPacket, transportBytes } from "./transport-packet.ts";

function packet(protocol: number, first: number, second: number, more: Partial<IpPacket> = {}): IpPacket {
  return {
    source: addressOf("10.0.0.1"),
    destination: addressOf("10.0.0.2"),
    traffic: { protocol, first, second },
    role: "request",
    icmpRest: 0,
    payload: Buffer.from("12345"),
    ...more,
  };
}

function addressOf(text: string): bigint {
  const address = parseAddress(text);
  return isAddressError(address) ? assert.fail(address.reason) : address;
}

/** The ones' complement sum over everything, which is all ones where a checksum is right. */
function sumOf(bytes: Buffer): number {
  const padded = Buffer.concat([bytes, Buffer.alloc(bytes.length % 2)]);
  let sum = 0;
  for (let i = 0; i < padded.length; i += 2) sum += padded.readUInt16BE(i);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return sum;
}

describe("an IP packet", () => {
  for (const one of [
    packet(TCP, 40_000, 80),
    packet(TCP, 80, 40_000, { role: "reply" }),
    packet(UDP, 40_000, 4789),
    packet(ICMP, 8, 0, { icmpRest: 0x12340001 }),
    packet(ICMP, 3, 4),
    packet(SCTP, 5000, 6000),
    packet(4, 0, 0),
    packet(255, 0, 0),
  ]) {
    it(`of protocol ${one.traffic.protocol}, ${one.role}, is read as it was written`, () => {
      const read = parseIpPacket(ipPacketBytes(one));
      // Only TCP tells answers from requests.
      assert.deepEqual(read, one);
    });
  }

  it("carries right checksums", () => {
    for (const protocol of [TCP, UDP]) {
      const bytes = ipPacketBytes(packet(protocol, 4000, 53));
      const pseudo = Buffer.concat([bytes.subarray(12, 20), Buffer.from([0, protocol, 0, bytes.length - 20])]);
      assert.equal(sumOf(Buffer.concat([pseudo, bytes.subarray(20)])), 0xffff);
    }
    assert.equal(sumOf(ipPacketBytes(packet(ICMP, 8, 0)).subarray(20)), 0xffff);
  });

  it("carries right checksums behind an IPv6 header too, also where the protocol has none of its own", () => {
    const ends = { source: addressOf("fd00::1"), destination: addressOf("fd00::2") };
    for (const protocol of [TCP, UDP, ICMPV6, 253]) {
      const bytes = transportBytes(packet(protocol, 128, 0, ends));
      const addresses = Buffer.concat([bytesOfAddress(ends.source), bytesOfAddress(ends.destination)]);
      const pseudo = Buffer.concat([addresses, Buffer.from([0, 0, 0, bytes.length, 0, 0, 0, protocol])]);
      assert.equal(sumOf(Buffer.concat([pseudo, bytes])), 0xffff, `protocol ${protocol}`);
    }
  });

  it("is no packet when it is cut off, a later fragment, or of another version", () => {
    const bytes = ipPacketBytes(packet(UDP, 1, 2));
    assert.equal(parseIpPacket(bytes.subarray(0, 24)), undefined);
    const fragment = Buffer.from(bytes);
    fragment.writeUInt16BE(100, 6);
    assert.equal(parseIpPacket(fragment), undefined);
    const six = Buffer.from(bytes);
    six[0] = 0x65;
    assert.equal(parseIpPacket(six), undefined);
  });

  it("has no form for IPv6 addresses", () => {
    assert.throws(() => ipPacketBytes(packet(TCP, 1, 2, { destination: addressOf("fd00::1") })), RangeError);
  });
});
