/** Messages that the kernel takes all or none of. */
import * as attribute from "./attribute.ts";
import { Bytes } from "./bytes.ts";
import {
  beginBatchEnd,
  beginBatchStart,
  beginMessage,
  endMessage,
  type MessageKind,
  NLM_F_ACK,
  setFlags,
} from "./message.ts";

/** NFNL_BATCH_GENID of `enum nfnl_batch_attributes` in linux/netfilter/nfnetlink.h. */
const NFNL_BATCH_GENID = 1;

/** Says what a message is about; of several objects, which lies at the offset from the message's first byte. */
export type About = string | ((offset: number | undefined) => string);

/** Every message has the sequence number after the one before, by which the kernel's complaints find their object. */
export class Batch {
  readonly #bytes = new Bytes();
  readonly #abouts: About[] = [];
  readonly #first: number;
  #last = 0;
  #lastFlags = 0;

  /** With a generation, the kernel refuses the batch (ERESTART) unless its tables are of that generation. */
  constructor(firstSequence: number, generation: number | undefined) {
    this.#first = firstSequence;
    const start = beginBatchStart(this.#bytes, { flags: 0, sequence: firstSequence });
    if (generation !== undefined) attribute.putU32(this.#bytes, NFNL_BATCH_GENID, generation);
    endMessage(this.#bytes, start);
  }

  /** The sequence numbers of its messages, the frame included: the last is not part of them any more. */
  get sequences(): { readonly start: number; readonly end: number } {
    return { start: this.#first, end: this.#first + this.#abouts.length + 2 };
  }

  /** The number of the message that is acknowledged, which is the last but for the frame. */
  get acknowledged(): number {
    return this.#first + this.#abouts.length;
  }

  message(kind: MessageKind, flags: number, about: About, body: (to: Bytes, start: number) => void): void {
    this.#abouts.push(about);
    this.#last = beginMessage(this.#bytes, kind, { flags, sequence: this.acknowledged });
    this.#lastFlags = flags;
    body(this.#bytes, this.#last);
    endMessage(this.#bytes, this.#last);
  }

  /** The bytes to send. The batch is not added to any more. */
  finish(): Uint8Array {
    // Not the end of the frame: kernels before 6.10 do not acknowledge it.
    setFlags(this.#bytes, this.#last, this.#lastFlags | NLM_F_ACK);
    const end = beginBatchEnd(this.#bytes, { flags: 0, sequence: this.acknowledged + 1 });
    endMessage(this.#bytes, end);
    return this.#bytes.written();
  }

  /** The object that a complaint is about; undefined: the batch as a whole. */
  objectOf(sequence: number, offset: number | undefined): string | undefined {
    const about = this.#abouts[sequence - this.#first - 1];
    return typeof about === "function" ? about(offset) : about;
  }
}
