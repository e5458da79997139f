/** Tables: `enum nft_table_attributes` of linux/netfilter/nf_tables.h. */
import * as attribute from "./attribute.ts";
import type { Attributes } from "./attribute.ts";
import type { Batch } from "./batch.ts";
import { NLM_F_CREATE } from "./message.ts";

export const NFTA_TABLE_NAME = 1;
const NFTA_TABLE_FLAGS = 2;
const NFTA_TABLE_OWNER = 7;

/** `enum nft_table_flags`: no chain of the table is called; the table belongs to the socket that made it (Linux 5.12), and outlives it (6.9). */
const NFT_TABLE_F_DORMANT = 0x1;
const NFT_TABLE_F_OWNER = 0x2;
const NFT_TABLE_F_PERSIST = 0x4;
const OWNED = NFT_TABLE_F_OWNER | NFT_TABLE_F_PERSIST;

/**
 * Makes the table unless it is there. An owned one no other socket can change, and it stays when its owner dies; a table
 * that was left so is taken over.
 */
export function putTable(batch: Batch, name: string, owned: boolean): void {
  batch.message("newTable", NLM_F_CREATE, `table ${name}`, (to) => {
    attribute.putText(to, NFTA_TABLE_NAME, name);
    attribute.putU32(to, NFTA_TABLE_FLAGS, owned ? OWNED : 0);
  });
}

/** Removes a table with all it holds. */
export function putDeleteTable(batch: Batch, name: string): void {
  batch.message("deleteTable", 0, `table ${name}`, (to) => {
    attribute.putText(to, NFTA_TABLE_NAME, name);
  });
}

/** `shared`: whoever may change tables may change it. `orphaned`: its owner is gone, and the next may take it. */
export type Ownership = { readonly kind: "shared" | "orphaned" } | { readonly kind: "owned"; readonly port: number };

export interface TableHead {
  readonly ownership: Ownership;
  /** Then the kernel calls none of its chains, whatever they say. */
  readonly isDormant: boolean;
}

export function readHead(from: Attributes): TableHead {
  const flags = from.u32(NFTA_TABLE_FLAGS) ?? 0;
  return { ownership: ownershipOf(flags, from.u32(NFTA_TABLE_OWNER)), isDormant: (flags & NFT_TABLE_F_DORMANT) !== 0 };
}

function ownershipOf(flags: number, port: number | undefined): Ownership {
  if ((flags & NFT_TABLE_F_OWNER) !== 0) return { kind: "owned", port: port ?? 0 };
  return { kind: (flags & NFT_TABLE_F_PERSIST) === 0 ? "shared" : "orphaned" };
}
