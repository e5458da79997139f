/** A netlink socket on which the kernel tells of what happens: read in the event loop, loss counted. */
import { closeSync, writeSync } from "node:fs";
import { codeOf, SystemCallError } from "../errors.ts";
import * as c from "../libc.ts";
import { inNamespace } from "../namespace.ts";
import { ON } from "../open-socket.ts";
import { Attributes } from "./attribute.ts";
import { Bytes, LITTLE_ENDIAN, viewOf } from "./bytes.ts";
import { errnoName } from "./errno.ts";
import { type Answer, answersIn, beginMessageOf, endMessage } from "./message.ts";

export interface EventSocketOptions {
  /** Undefined: the namespace of this process. */
  readonly namespace: string | undefined;
  /** What is read, for errors: `denied packets`. */
  readonly what: string;
  /** The number of the subsystem of netfilter. */
  readonly subsystem: number;
  /** Multicast groups to listen to. */
  readonly groups: readonly number[];
  /** Bytes that may wait to be read. */
  readonly buffer: number;
  /** Called with each message in the order of the kernel; its bytes are valid until it returns. */
  readonly receive: (message: number, attributes: Attributes) => void;
  /** Called with what makes reading on impossible, once; nothing follows. */
  readonly fail: (error: unknown) => void;
}

export interface Question {
  readonly message: number;
  /** An address family of the kernel. */
  readonly family?: number;
  /** Such as a log group. */
  readonly resource?: number;
}

/** The kernel packs at most 128 KiB of logged packets into a datagram. */
const LARGEST_DATAGRAM = 0x20000;
/** Then the event loop is given a turn. */
const DATAGRAMS_A_TURN = 64;
/** How long an idle socket rests between looks, in milliseconds; what arrives meanwhile waits in its buffer. */
const REST = 10;
const NLM_F_ACK = 4;

/** Node has no event for a netlink socket, so it is looked at every few milliseconds while nothing comes, and at once while much does. */
export class EventSocket {
  readonly #fd: number;
  readonly #options: EventSocketOptions;
  readonly #datagram = new Uint8Array(LARGEST_DATAGRAM);
  readonly #sender = new Uint8Array(12);
  #sequence = 1;
  #overruns = 0;
  #isOpen = true;
  #next: NodeJS.Timeout | undefined;

  private constructor(fd: number, options: EventSocketOptions) {
    this.#fd = fd;
    this.#options = options;
  }

  /** Throws SystemCallError and SystemCallsUnavailableError. Nothing is read before {@link follow}. */
  static open(options: EventSocketOptions): EventSocket {
    const { namespace } = options;
    const attempt = attemptOf(options);
    const make = (): number => c.libc().socket(c.AF_NETLINK, c.SOCK_RAW, c.NETLINK_NETFILTER, attempt);
    const socket = new EventSocket(namespace === undefined ? make() : inNamespace(namespace, make), options);
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
    libc.setOption(this.#fd, c.SOL_NETLINK, c.NETLINK_CAP_ACK, ON, attempt);
    libc.setOption(this.#fd, c.SOL_SOCKET, c.SO_RCVBUFFORCE, number(this.#options.buffer), attempt);
    const address = new Uint8Array(12);
    viewOf(address).setUint16(0, c.AF_NETLINK, LITTLE_ENDIAN);
    libc.bind(this.#fd, address, attempt);
    for (const group of this.#options.groups) {
      libc.setOption(this.#fd, c.SOL_NETLINK, c.NETLINK_ADD_MEMBERSHIP, number(group), attempt);
    }
  }

  /** How often the kernel found the buffer full and threw messages away. */
  get overruns(): number {
    return this.#overruns;
  }

  /**
   * Tells or asks the kernel something and returns what it answers: undefined if it agrees, else the name of the error. Objects
   * are received before.
   */
  tell(question: Question, body: (to: Bytes) => void): string | undefined {
    const sequence = this.#sequence++;
    const bytes = new Bytes();
    const { resource = 0, ...type } = question;
    const at = beginMessageOf(
      bytes,
      { subsystem: this.#options.subsystem, ...type },
      { flags: NLM_F_ACK, sequence },
      resource,
    );
    body(bytes);
    endMessage(bytes, at);
    const attempt = attemptOf(this.#options);
    try {
      writeSync(this.#fd, bytes.written());
    } catch (error) {
      throw new SystemCallError("write", codeOf(error) ?? "UNKNOWN", attempt);
    }
    for (;;) {
      const datagram = this.#receive();
      if (datagram === undefined)
        throw new SystemCallError("recvfrom", "EAGAIN", `${attempt}: the kernel did not answer`);
      const answers = this.#dispatch(datagram);
      const answer = answers.find((one) => one.kind === "error" && one.sequence === sequence);
      if (answer?.kind === "error") return answer.number === 0 ? undefined : errnoName(answer.number);
    }
  }

  /** Begins to read; keeps the process running until it is closed. */
  follow(): void {
    this.#look();
  }

  /** Reads what waits, to the last message. */
  drain(): void {
    for (let datagram = this.#receive(); datagram !== undefined; datagram = this.#receive()) this.#dispatch(datagram);
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    clearTimeout(this.#next);
    closeSync(this.#fd);
  }

  #look(): void {
    try {
      for (let i = 0; i < DATAGRAMS_A_TURN; i++) {
        const datagram = this.#isOpen ? this.#receive() : undefined;
        if (datagram === undefined) {
          if (this.#isOpen) this.#next = setTimeout(() => this.#look(), REST);
          return;
        }
        this.#dispatch(datagram);
      }
      if (this.#isOpen) this.#next = setTimeout(() => this.#look(), 0);
    } catch (error) {
      this.#options.fail(error);
    }
  }

  /** Hands on what the kernel tells and returns what it answers. */
  #dispatch(datagram: Uint8Array): readonly Answer[] {
    const answers: Answer[] = [];
    for (const answer of answersIn(datagram, [this.#options.subsystem])) {
      if (answer.kind === "object") this.#options.receive(answer.message, new Attributes(answer.attributes));
      else answers.push(answer);
    }
    return answers;
  }

  /** The next datagram of the kernel; those of other processes are passed over, and overruns counted. */
  #receive(): Uint8Array | undefined {
    const attempt = attemptOf(this.#options);
    for (;;) {
      try {
        const length = c.libc().receive(this.#fd, this.#datagram, this.#sender, attempt);
        if (length === undefined) return undefined;
        if (viewOf(this.#sender).getUint32(4, LITTLE_ENDIAN) === 0) return this.#datagram.subarray(0, length);
      } catch (error) {
        if (!(error instanceof SystemCallError) || error.errno !== "ENOBUFS") throw error;
        this.#overruns++;
      }
    }
  }
}

function attemptOf({ namespace, what }: EventSocketOptions): string {
  return `reading ${what} from the kernel${namespace === undefined ? "" : ` in namespace ${namespace}`}`;
}

function number(value: number): Uint8Array {
  return new Uint8Array(Int32Array.of(value).buffer);
}
