import * as fc from "fast-check";
import { blockAround, contains, formatAddress, formatBlock, parseAddress, widthOf } from "../naive/address.ts";
import type { Address, Block } from "../naive/address.ts";
import type { RawIpBlock } from "../naive/raw-objects.ts";
import type { Inventory } from "./inventory.ts";
import { chance } from "./draft.ts";
import type { DraftOf } from "./draft.ts";
import { reference, resolve, resolveSome } from "./reference.ts";
import { externalAddresses } from "./vocabulary.ts";

/**
 * A block of a random world: it lies around an address that is in the world, so that it covers pods, nodes or outside
 * addresses, and its exceptions lie, where they can, around such an address too.
 */
export const ipBlockDraft = fc.record({
  family: fc.constantFrom<4 | 6>(4, 4, 4, 6, 6),
  center: reference,
  /** Index into the widths below. */
  width: fc.nat({ max: 7 }),
  hasHostBits: chance(1, 20),
  exceptions: fc.array(
    fc.record({ center: reference, onAddress: fc.boolean(), narrower: fc.constantFrom(1, 2, 8, 128) }),
    { maxLength: 3 },
  ),
});
export type IpBlockDraft = DraftOf<typeof ipBlockDraft>;

const widths = {
  4: [32, 31, 24, 16, 30, 28, 8, 0],
  6: [128, 127, 64, 48, 126, 120, 16, 0],
} as const;

export function buildIpBlock(draft: IpBlockDraft, inventory: Inventory): RawIpBlock {
  const addresses = worldAddresses(inventory).filter(({ family }) => family === draft.family);
  const center = resolveSome(draft.center, addresses, formatAddress);
  const block = blockAround(center, widths[draft.family][draft.width] ?? widthOf(draft.family));
  const cidr = draft.hasHostBits ? `${formatAddress(center)}/${block.prefix}` : formatBlock(block);
  if (draft.exceptions.length === 0 || block.prefix === widthOf(block.family)) return { cidr };
  const inside = addresses.filter((address) => contains(block, address));
  return { cidr, except: draft.exceptions.map((exception) => formatBlock(buildException(exception, block, inside))) };
}

function buildException(
  { center, onAddress, narrower }: IpBlockDraft["exceptions"][number],
  block: Block,
  inside: readonly Address[],
): Block {
  const prefix = Math.min(block.prefix + narrower, widthOf(block.family));
  const size = block.last - block.first + 1n;
  const somewhere: Address = { family: block.family, value: block.first + (BigInt(center) * size) / 0x100_0000n };
  return blockAround((onAddress ? resolve(center, inside, formatAddress) : undefined) ?? somewhere, prefix);
}

/** Every address of pods and nodes, and the outside ones. */
export function worldAddresses({ pods, nodes }: Inventory): readonly Address[] {
  const ofPods = pods.flatMap(({ status }) => (status?.podIPs ?? []).map(({ ip }) => ip));
  const ofNodes = nodes
    .flatMap(({ status }) => status?.addresses ?? [])
    .filter(({ type }) => type !== "Hostname")
    .map(({ address }) => address);
  return [...ofPods, ...ofNodes, ...externalAddresses].map(parseAddress);
}
