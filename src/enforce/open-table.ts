/** Choosing who writes the table. */
import { SystemCallError, SystemCallsUnavailableError } from "../kernel/errors.ts";
import { type EnforcedTable, netlinkTable } from "./enforced-table.ts";
import { nftTable } from "./nft-table.ts";
import type { WriterKind } from "./state.ts";

export interface OpenTable {
  readonly table: EnforcedTable;
  /** What is enforced less for the way in which the table is written. */
  readonly degraded: readonly string[];
}

/** Over netlink, or where that is not possible as text; `writer` chooses one. Changes nothing. */
export function openTable(name: string, namespace: string | undefined, writer?: WriterKind): OpenTable {
  if (writer === "nft") return asText(name, namespace, "it was asked for");
  try {
    return { table: netlinkTable(name, namespace), degraded: [] };
  } catch (error) {
    if (!(error instanceof SystemCallsUnavailableError || error instanceof SystemCallError)) throw error;
    return asText(name, namespace, error.message);
  }
}

function asText(name: string, namespace: string | undefined, why: string): OpenTable {
  const what =
    "the table is written by the program nft: a change replaces it and may lose packets, and other processes can change it";
  return { table: nftTable(name, namespace), degraded: [`${what} (${why})`] };
}
