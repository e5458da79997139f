/** Chains: `enum nft_chain_attributes` of linux/netfilter/nf_tables.h. */
import type { Chain, Hook } from "../../dataplane/ruleset.ts";
import * as attribute from "./attribute.ts";
import type { Attributes } from "./attribute.ts";
import type { Batch } from "./batch.ts";
import { NLM_F_CREATE, NLM_F_EXCL } from "./message.ts";
import { putComment } from "./user-data.ts";

export const NFTA_CHAIN_TABLE = 1;
export const NFTA_CHAIN_NAME = 3;
const NFTA_CHAIN_HOOK = 4;
const NFTA_CHAIN_POLICY = 5;
const NFTA_CHAIN_TYPE = 7;
const NFTA_CHAIN_USERDATA = 12;

/** `enum nft_hook_attributes`. */
const NFTA_HOOK_HOOKNUM = 1;
const NFTA_HOOK_PRIORITY = 2;

/** `enum nf_inet_hooks` of linux/netfilter.h. */
const POINTS: readonly Hook["point"][] = ["prerouting", "input", "forward", "output", "postrouting"];
/** NF_DROP and NF_ACCEPT. */
const POLICIES: readonly Hook["policy"][] = ["drop", "accept"];

/** Makes a chain that must not exist yet, without its rules. */
export function putNewChain(batch: Batch, table: string, { name, about, hook }: Chain): void {
  batch.message("newChain", NLM_F_CREATE | NLM_F_EXCL, `chain ${name}`, (to) => {
    attribute.putText(to, NFTA_CHAIN_TABLE, table);
    attribute.putText(to, NFTA_CHAIN_NAME, name);
    if (hook !== undefined) {
      const nest = attribute.beginNested(to, NFTA_CHAIN_HOOK);
      attribute.putU32(to, NFTA_HOOK_HOOKNUM, POINTS.indexOf(hook.point));
      attribute.putU32(to, NFTA_HOOK_PRIORITY, hook.priority);
      attribute.end(to, nest);
      attribute.putU32(to, NFTA_CHAIN_POLICY, POLICIES.indexOf(hook.policy));
      attribute.putText(to, NFTA_CHAIN_TYPE, "filter");
    }
    const notes = attribute.begin(to, NFTA_CHAIN_USERDATA);
    putComment(to, about);
    attribute.end(to, notes);
  });
}

/** Removes a chain that no rule and no element leads to any more, with its rules. */
export function putDeleteChain(batch: Batch, table: string, name: string): void {
  batch.message("deleteChain", 0, `chain ${name}`, (to) => {
    attribute.putText(to, NFTA_CHAIN_TABLE, table);
    attribute.putText(to, NFTA_CHAIN_NAME, name);
  });
}

/** A chain of a dump; `foreign`: hooked in a way that this code never does. */
export interface ReadChain {
  readonly table: string;
  readonly name: string;
  readonly hook: Hook | "foreign" | undefined;
}

export function readChain(from: Attributes): ReadChain {
  return { table: from.text(NFTA_CHAIN_TABLE) ?? "", name: from.text(NFTA_CHAIN_NAME) ?? "", hook: hookOf(from) };
}

function hookOf(from: Attributes): ReadChain["hook"] {
  const nest = from.nested(NFTA_CHAIN_HOOK);
  if (nest === undefined) return undefined;
  const point = POINTS[nest.u32(NFTA_HOOK_HOOKNUM) ?? -1];
  const policy = POLICIES[from.u32(NFTA_CHAIN_POLICY) ?? -1];
  const priority = nest.u32(NFTA_HOOK_PRIORITY);
  const isKnown = from.text(NFTA_CHAIN_TYPE) === "filter" && point !== undefined && policy !== undefined;
  return isKnown && priority !== undefined ? { point, priority: priority | 0, policy } : "foreign";
}
