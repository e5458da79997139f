import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { addressText, isAddressError, parseAddress } from "../../net/address.ts";
import { SCTP, TCP, UDP } from "../../net/protocol.ts";
import { addressOfBytes, bytesOfAddress } from "../ip-address.ts";
import { readTuple } from "./ip-headers.ts";

function ipv4(
  protocol: number,
  transport: readonly number[],
  fragment = 0,
  options: readonly number[] = [],
): Uint8Array {
  const words = 5 + options.length / 4;
  const header = [0x40 | words, 0, 0, 0, 0, 0, fragment >> 8, fragment & 255, 64, protocol, 0, 0];
  return Uint8Array.from([...header, 10, 0, 0, 1, 10, 0, 0, 2, ...options, ...transport]);
}

function ipv6(next: number, rest: readonly number[]): Uint8Array {
  const address = (last: number): readonly number[] => [0xfd, ...Array.from({ length: 14 }, () => 0), last];
  return Uint8Array.from([0x60, 0, 0, 0, 0, 0, next, 64, ...address(1), ...address(2), ...rest]);
}

const PORTS = [0x9c, 0x40, 0, 80, 0, 0, 0, 0];

function text(packet: Uint8Array): string | undefined {
  const tuple = readTuple(packet);
  if (tuple === undefined) return undefined;
  const { protocol, first, second } = tuple.traffic;
  return [addressText(tuple.source), addressText(tuple.destination), protocol, first, second].join(" ");
}

describe("the tuple of a packet", () => {
  it("is read behind IPv4 options, of every protocol with ports, and of those without", () => {
    assert.equal(text(ipv4(TCP, PORTS)), `10.0.0.1 10.0.0.2 ${TCP} 40000 80`);
    assert.equal(text(ipv4(SCTP, PORTS, 0, [1, 1, 1, 0])), `10.0.0.1 10.0.0.2 ${SCTP} 40000 80`);
    assert.equal(text(ipv4(47, [])), "10.0.0.1 10.0.0.2 47 0 0");
  });

  it("is read behind IPv6 extension headers", () => {
    const hopByHop = [60, 0, 0, 0, 0, 0, 0, 0];
    const destination = [44, 0, 0, 0, 0, 0, 0, 0];
    const firstFragment = [UDP, 0, 0, 1, 0, 0, 0, 0];
    assert.equal(
      text(ipv6(0, [...hopByHop, ...destination, ...firstFragment, ...PORTS])),
      `fd00::1 fd00::2 ${UDP} 40000 80`,
    );
  });

  it("is not made up where a later fragment has no ports, or the bytes end before them", () => {
    assert.equal(text(ipv4(UDP, PORTS, 185)), undefined);
    assert.equal(text(ipv6(44, [UDP, 0, 5, 0, 0, 0, 0, 0, ...PORTS])), undefined);
    for (const packet of [
      ipv4(TCP, [1, 2]),
      ipv6(0, [6]),
      ipv6(0, []),
      Uint8Array.of(0x45),
      Uint8Array.of(),
      ipv6(43, [6, 255, 0, 0, 0, 0, 0, 0]),
    ]) {
      assert.equal(text(packet), undefined);
    }
  });
});

describe("the bytes of an address", () => {
  for (const written of ["10.0.0.1", "255.255.255.255", "::", "fd00::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]) {
    it(`are those of ${written}, both ways`, () => {
      const address = parseAddress(written);
      assert.ok(!isAddressError(address));
      assert.equal(addressOfBytes(bytesOfAddress(address)), address);
    });
  }
});
