/** Blocks of addresses outside a generated cluster, as policies name them. */
import type { Random } from "./random.ts";

/** Networks of the company around the cluster. */
export const COMPANY = "10.0.0.0/9";
export const METADATA = "169.254.169.254/32";
/** Everything outside: what egress to the internet leaves out. */
export const PRIVATE_BLOCKS = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"] as const;

/** A block of somebody else, inside RFC 2544's block for benchmarks, which nobody has. */
export function partnerBlock(random: Random): string {
  return blockAt(random.integer(0, PARTNER_BLOCKS - 1));
}

const PARTNER_BLOCKS = 4096;

/** `count` different blocks of 16 addresses. */
export function partnerBlocks(count: number, random: Random): readonly string[] {
  if (count > PARTNER_BLOCKS) throw new RangeError(`there are no more than ${PARTNER_BLOCKS} blocks of partners`);
  const start = random.integer(0, PARTNER_BLOCKS - 1);
  // The step has no factor in common with the number of blocks, so none comes twice.
  return Array.from({ length: count }, (_, i) => blockAt((start + i * 37) % PARTNER_BLOCKS));
}

function blockAt(index: number): string {
  return `198.18.${index >> 4}.${(index & 15) << 4}/28`;
}

/** A block inside the company's networks. */
export function companyBlock(random: Random): string {
  return `10.${random.integer(0, 99)}.${random.integer(0, 255)}.0/24`;
}
