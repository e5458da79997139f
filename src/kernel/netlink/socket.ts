/** A socket to nf_tables, in the network namespace in which it was opened. */
import { closeSync, writeSync } from "node:fs";
import { NetlinkError, SystemCallError } from "../errors.ts";
import * as c from "../libc.ts";
import { inNamespace } from "../namespace.ts";
import { ON } from "../open-socket.ts";
import { Attributes } from "./attribute.ts";
import type { Batch } from "./batch.ts";
import { Bytes, LITTLE_ENDIAN, viewOf } from "./bytes.ts";
import { errnoName } from "./errno.ts";
import {
  type Answer,
  answersIn,
  beginConnectionsQuestion,
  beginMessage,
  endMessage,
  type ErrorDetail,
  INET,
  type MessageKind,
  NLM_F_DUMP,
} from "./message.ts";

/** What the kernel said against a message. */
export interface Complaint {
  readonly sequence: number;
  readonly errno: string;
  readonly detail: ErrorDetail;
}

/** NFTA_GEN_ID of `enum nft_gen_attributes`. */
const NFTA_GEN_ID = 1;

/** The kernel sends dumps in parts of at most 32 KiB. */
const LARGEST_DATAGRAM = 0x10000;
/** Room for some ten thousand complaints. */
const RECEIVE_BUFFER = 16 * 1024 * 1024;
const FIRST_SEND_BUFFER = 1024 * 1024;

/**
 * The kernel does what it is told before `send` returns, and its answers then lie in the socket: nothing here ever waits.
 * A batch blocks the thread for as long as the kernel takes for it, about a microsecond an element.
 */
export class NetlinkSocket {
  readonly #fd: number;
  readonly #where: string;
  readonly #datagram = new Uint8Array(LARGEST_DATAGRAM);
  readonly #sender = new Uint8Array(12);
  #sequence = 1;
  #sendBuffer = 0;
  #isOpen = true;

  private constructor(fd: number, where: string) {
    this.#fd = fd;
    this.#where = where;
  }

  /** Undefined: the namespace of this process. Throws SystemCallError and SystemCallsUnavailableError. */
  static open(namespace: string | undefined): NetlinkSocket {
    const where = namespace === undefined ? "" : ` in namespace ${namespace}`;
    const attempt = `opening a netlink socket${where}`;
    const make = (): number => c.libc().socket(c.AF_NETLINK, c.SOCK_RAW, c.NETLINK_NETFILTER, attempt);
    const socket = new NetlinkSocket(namespace === undefined ? make() : inNamespace(namespace, make), where);
    try {
      socket.#setUp(attempt);
      return socket;
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  #setUp(attempt: string): void {
    const libc = c.libc();
    libc.setOption(this.#fd, c.SOL_NETLINK, c.NETLINK_EXT_ACK, ON, attempt);
    libc.setOption(this.#fd, c.SOL_NETLINK, c.NETLINK_CAP_ACK, ON, attempt);
    libc.setOption(this.#fd, c.SOL_SOCKET, c.SO_RCVBUFFORCE, number(RECEIVE_BUFFER), attempt);
    // struct sockaddr_nl of linux/netlink.h: with port 0, the kernel chooses one.
    const address = new Uint8Array(12);
    viewOf(address).setUint16(0, c.AF_NETLINK, LITTLE_ENDIAN);
    libc.bind(this.#fd, address, attempt);
  }

  /** Frees an owned table of its owner; it stays as it is. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    closeSync(this.#fd);
  }

  /** In words, ` in namespace NAME` or nothing. */
  get where(): string {
    return this.#where;
  }

  /** The first sequence number of the next batch or question. */
  get nextSequence(): number {
    return this.#sequence;
  }

  /** Sends a batch as one datagram, and returns what the kernel has against it: nothing if it took all of it. */
  sendBatch(batch: Batch): readonly Complaint[] {
    const { start, end } = batch.sequences;
    this.#send(batch.finish(), end);
    const complaints: Complaint[] = [];
    let isAcknowledged = false;
    for (const answer of this.#answers()) {
      if (answer.kind !== "error" || answer.sequence < start || answer.sequence >= end) continue;
      if (answer.number !== 0) complaints.push(complaintOf(answer));
      else if (answer.sequence === batch.acknowledged) isAcknowledged = true;
    }
    if (complaints.length === 0 && !isAcknowledged) {
      throw new SystemCallError("recvfrom", "ENOBUFS", `reading what became of a change of tables${this.#where}`);
    }
    return complaints;
  }

  /** The number of the last change of any table of the namespace. */
  generation(): number {
    for (const attributes of this.ask("getGeneration", () => undefined)) {
      const generation = attributes.u32(NFTA_GEN_ID);
      if (generation !== undefined) return generation;
    }
    throw new SystemCallError("recvfrom", "ENODATA", `asking for the generation of the tables${this.#where}`);
  }

  /** The answer to a question about one object: none if there is no such object. Throws {@link NetlinkError}. */
  ask(kind: MessageKind, body: (to: Bytes) => void): readonly Attributes[] {
    const sequence = this.#request(kind, 0, body);
    const found: Attributes[] = [];
    for (const answer of this.#answers()) {
      if (answer.sequence !== sequence) continue;
      if (answer.kind === "object") found.push(new Attributes(answer.attributes.slice()));
      if (answer.kind === "error" && answer.number !== 0 && errnoName(answer.number) !== "ENOENT") {
        throw this.#refusal(answer);
      }
    }
    return found;
  }

  /**
   * All objects of a kind, family inet, in parts; the attributes are valid until the next part. The event loop runs between
   * parts; nothing else may be asked of the socket meanwhile. Returns whether tables changed during the dump.
   * Throws {@link NetlinkError}.
   */
  dump(kind: MessageKind, body: (to: Bytes) => void): AsyncGenerator<Attributes, boolean> {
    return this.#parts(this.#request(kind, NLM_F_DUMP, body), (family) => family === INET);
  }

  /** Every tracked connection, read like the parts of a {@link dump}. */
  connections(): AsyncGenerator<Attributes, boolean> {
    const question = (to: Bytes, sequence: number): number =>
      beginConnectionsQuestion(to, { flags: NLM_F_DUMP, sequence });
    return this.#parts(this.#ask(question, nothingMore), () => true);
  }

  async *#parts(sequence: number, isWanted: (family: number) => boolean): AsyncGenerator<Attributes, boolean> {
    let interrupted = false;
    for (;;) {
      const datagram = this.#receive();
      if (datagram === undefined) {
        throw new SystemCallError("recvfrom", "EAGAIN", `reading tables${this.#where}: the kernel did not finish`);
      }
      for (const answer of answersIn(datagram)) {
        if (answer.sequence !== sequence) continue;
        if (answer.kind === "error") throw this.#refusal(answer);
        interrupted ||= answer.interrupted;
        if (answer.kind === "done") return interrupted;
        if (isWanted(answer.family)) yield new Attributes(answer.attributes);
      }
      await turnOfTheLoop();
    }
  }

  #request(kind: MessageKind, flags: number, body: (to: Bytes) => void): number {
    return this.#ask((to, sequence) => beginMessage(to, kind, { flags, sequence }), body);
  }

  #ask(begin: (to: Bytes, sequence: number) => number, body: (to: Bytes) => void): number {
    const sequence = this.#sequence;
    const bytes = new Bytes();
    const at = begin(bytes, sequence);
    body(bytes);
    endMessage(bytes, at);
    this.#send(bytes.written(), sequence + 1);
    return sequence;
  }

  #send(bytes: Uint8Array, nextSequence: number): void {
    this.#checkOpen();
    this.#sequence = nextSequence;
    this.#growSendBuffer(bytes.length);
    const attempt = `sending ${bytes.length} bytes to the kernel${this.#where}`;
    try {
      writeSync(this.#fd, bytes);
    } catch (error) {
      const code = error instanceof Error && "code" in error ? String(error.code) : "UNKNOWN";
      throw new SystemCallError("write", code, attempt);
    }
  }

  /** A datagram has to fit into the buffer as a whole. */
  #growSendBuffer(size: number): void {
    if (size < this.#sendBuffer) return;
    this.#sendBuffer = Math.max(FIRST_SEND_BUFFER, size * 2);
    const attempt = `making room for ${this.#sendBuffer} bytes in a netlink socket${this.#where}`;
    c.libc().setOption(this.#fd, c.SOL_SOCKET, c.SO_SNDBUFFORCE, number(this.#sendBuffer), attempt);
  }

  *#answers(): Generator<Answer> {
    for (;;) {
      const datagram = this.#receive();
      if (datagram === undefined) return;
      yield* answersIn(datagram);
    }
  }

  /** The next datagram of the kernel; those of other processes are passed over. */
  #receive(): Uint8Array | undefined {
    this.#checkOpen();
    for (;;) {
      const attempt = `reading from a netlink socket${this.#where}`;
      const length = c.libc().receive(this.#fd, this.#datagram, this.#sender, attempt);
      if (length === undefined) return undefined;
      const port = viewOf(this.#sender).getUint32(4, LITTLE_ENDIAN);
      if (port === 0) return this.#datagram.subarray(0, length);
    }
  }

  /** The number of a closed socket may belong to another file by now. */
  #checkOpen(): void {
    if (!this.#isOpen) throw new Error(`a netlink socket${this.#where} was used after it was closed`);
  }

  #refusal(answer: Extract<Answer, { kind: "error" }>): NetlinkError {
    const { errno, detail } = complaintOf(answer);
    const text = detail.text === undefined ? {} : { text: detail.text };
    return new NetlinkError([{ object: undefined, errno, ...text }], `reading tables${this.#where}`);
  }
}

function nothingMore(): undefined {
  return undefined;
}

function complaintOf({ sequence, number: errno, detail }: Extract<Answer, { kind: "error" }>): Complaint {
  return { sequence, errno: errnoName(errno), detail };
}

function number(value: number): Uint8Array {
  return new Uint8Array(Int32Array.of(value).buffer);
}

/** Lets the event loop run once. */
export function turnOfTheLoop(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
