/** Values of registers, keys and maps: bytes as they lie in a register, or verdicts. */
import type { Verdict } from "../../dataplane/statement.ts";
import * as attribute from "./attribute.ts";
import type { Attributes } from "./attribute.ts";
import { Bytes } from "./bytes.ts";

/** `enum nft_data_attributes` of linux/netfilter/nf_tables.h. */
export const NFTA_DATA_VALUE = 1;
const NFTA_DATA_VERDICT = 2;

/** `enum nft_verdict_attributes`. */
const NFTA_VERDICT_CODE = 1;
const NFTA_VERDICT_CHAIN = 2;

/** `enum nft_verdicts`, and NF_DROP and NF_ACCEPT of linux/netfilter.h. */
const VERDICTS: Readonly<Record<Verdict["kind"], number>> = {
  drop: 0,
  accept: 1,
  continue: -1,
  jump: -3,
  goto: -4,
  return: -5,
};

export function putData(to: Bytes, type: number, data: Uint8Array | Verdict): void {
  if (!(data instanceof Uint8Array)) return putVerdict(to, type, data);
  const nest = attribute.beginNested(to, type);
  attribute.putRaw(to, NFTA_DATA_VALUE, data);
  attribute.end(to, nest);
}

export function putVerdict(to: Bytes, type: number, verdict: Verdict): void {
  const nest = attribute.beginNested(to, type);
  const inner = attribute.beginNested(to, NFTA_DATA_VERDICT);
  attribute.putU32(to, NFTA_VERDICT_CODE, VERDICTS[verdict.kind] >>> 0);
  if ("chain" in verdict) attribute.putText(to, NFTA_VERDICT_CHAIN, verdict.chain);
  attribute.end(to, inner);
  attribute.end(to, nest);
}

/** Undefined for verdicts that this code never writes. */
export function readData(from: Attributes): Uint8Array | Verdict | undefined {
  const verdict = from.nested(NFTA_DATA_VERDICT);
  return verdict === undefined ? from.raw(NFTA_DATA_VALUE)?.slice() : readVerdict(verdict);
}

function readVerdict(from: Attributes): Verdict | undefined {
  const code = (from.u32(NFTA_VERDICT_CODE) ?? 0) | 0;
  const chain = from.text(NFTA_VERDICT_CHAIN);
  switch (code) {
    case VERDICTS.drop:
      return { kind: "drop" };
    case VERDICTS.accept:
      return { kind: "accept" };
    case VERDICTS.continue:
      return { kind: "continue" };
    case VERDICTS.return:
      return { kind: "return" };
    case VERDICTS.jump:
      return chain === undefined ? undefined : { kind: "jump", chain };
    case VERDICTS.goto:
      return chain === undefined ? undefined : { kind: "goto", chain };
    default:
      return undefined;
  }
}

/** A number as registers hold marks, priorities and states. */
export function hostNumber(value: number): Uint8Array {
  const bytes = new Bytes();
  bytes.hostU32(value);
  return bytes.written().slice();
}
