/**
 * The few system calls that Node does not offer, and the only file that knows the foreign function interface. It is
 * loaded at the first use, so that importing this folder works on every system.
 */
import { createRequire } from "node:module";
import { constants } from "node:os";
import { getSystemErrorName } from "node:util";
import type * as Koffi from "koffi";
import { SystemCallError, SystemCallsUnavailableError } from "./errors.ts";

/** Each call throws {@link SystemCallError}; `attempt` says in words what is being done, for that error. */
export interface Libc {
  /** Moves the calling thread into the network namespace behind `fd`. */
  setNetworkNamespace(fd: number, attempt: string): void;
  /** Opens a socket that never blocks and that child processes do not inherit. */
  socket(domain: number, type: number, protocol: number, attempt: string): number;
  bind(fd: number, address: Uint8Array, attempt: string): void;
  setOption(fd: number, level: number, option: number, value: Uint8Array, attempt: string): void;
  /** Lets only those packets into the socket that a program of classic BPF (eight bytes an instruction) accepts. */
  setFilter(fd: number, program: Uint8Array, attempt: string): void;
  /** Sends one packet to a socket address. */
  send(fd: number, packet: Uint8Array, to: Uint8Array, attempt: string): void;
  /** Reads one packet and its sender's socket address; returns its length, or undefined when none is waiting. */
  receive(fd: number, packet: Uint8Array, sender: Uint8Array, attempt: string): number | undefined;
}

/** Numbers of the Linux ABI, the same on x86, ARM, RISC-V, POWER and s390. */
export const AF_INET = 2;
export const AF_INET6 = 10;
export const AF_NETLINK = 16;
export const AF_PACKET = 17;
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOCK_RAW = 3;
export const SOL_SOCKET = 1;
export const SO_REUSEADDR = 2;
export const SO_REUSEPORT = 15;
const SO_ATTACH_FILTER = 26;
export const SO_SNDBUFFORCE = 32;
export const SO_RCVBUFFORCE = 33;
export const SO_MARK = 36;
export const SOL_IP = 0;
export const IP_RECVERR = 11;
export const IP_BIND_ADDRESS_NO_PORT = 24;
export const SOL_IPV6 = 41;
export const IPV6_RECVERR = 25;
export const IPV6_V6ONLY = 26;
export const SOL_NETLINK = 270;
export const NETLINK_ADD_MEMBERSHIP = 1;
export const NETLINK_CAP_ACK = 10;
export const NETLINK_EXT_ACK = 11;
export const NETLINK_NETFILTER = 12;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const CLONE_NEWNET = 0x40000000;

let loaded: Libc | undefined;

/** The C library. The first call loads the binding (about 10 ms). Throws {@link SystemCallsUnavailableError}. */
export function libc(): Libc {
  loaded ??= load();
  return loaded;
}

function load(): Libc {
  if (process.platform !== "linux") {
    throw new SystemCallsUnavailableError(
      `network namespaces exist on Linux only, and this is ${process.platform}`,
      "run it on Linux, for example in a virtual machine",
    );
  }
  try {
    return bindCalls(createRequire(import.meta.url)("koffi"));
  } catch (error) {
    throw new SystemCallsUnavailableError(
      `the native part of the package koffi cannot be loaded on ${process.platform}-${process.arch}`,
      "install the dependencies again on this machine, without leaving out optional ones",
      { cause: error },
    );
  }
}

function bindCalls(koffi: typeof Koffi): Libc {
  const symbols = koffi.load(null);
  const setns: (fd: number, type: number) => number = symbols.func("int setns(int fd, int type)");
  const socket: (domain: number, type: number, protocol: number) => number = symbols.func(
    "int socket(int domain, int type, int protocol)",
  );
  const bind: (fd: number, address: Uint8Array, length: number) => number = symbols.func(
    "int bind(int fd, const void *address, uint32_t length)",
  );
  const setsockopt: (fd: number, level: number, option: number, value: Uint8Array, length: number) => number =
    symbols.func("int setsockopt(int fd, int level, int option, const void *value, uint32_t length)");
  const filterProgram = koffi.struct("sock_fprog", { length: "uint16_t", instructions: "const void *" });
  const setFilter: (
    fd: number,
    level: number,
    option: number,
    program: { readonly length: number; readonly instructions: Uint8Array },
    length: number,
  ) => number = symbols.func("setsockopt", "int", ["int", "int", "int", koffi.pointer(filterProgram), "uint32_t"]);
  const recvfrom: (
    fd: number,
    packet: Uint8Array,
    size: number,
    flags: number,
    sender: Uint8Array,
    senderSize: Uint32Array,
  ) => number = symbols.func(
    "long recvfrom(int fd, void *packet, size_t size, int flags, void *sender, void *senderSize)",
  );
  const sendto: (
    fd: number,
    packet: Uint8Array,
    size: number,
    flags: number,
    to: Uint8Array,
    toSize: number,
  ) => number = symbols.func(
    "long sendto(int fd, const void *packet, size_t size, int flags, const void *to, uint32_t toSize)",
  );

  function checked(result: number, call: string, attempt: string): number {
    if (result < 0) throw new SystemCallError(call, getSystemErrorName(-koffi.errno()), attempt);
    return result;
  }
  return {
    setNetworkNamespace(fd, attempt) {
      checked(setns(fd, CLONE_NEWNET), "setns", attempt);
    },
    socket(domain, type, protocol, attempt) {
      return checked(socket(domain, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol), "socket", attempt);
    },
    bind(fd, address, attempt) {
      checked(bind(fd, address, address.length), "bind", attempt);
    },
    setOption(fd, level, option, value, attempt) {
      checked(setsockopt(fd, level, option, value, value.length), "setsockopt", attempt);
    },
    setFilter(fd, instructions, attempt) {
      const program = { length: instructions.length / 8, instructions };
      const size = koffi.sizeof(filterProgram);
      checked(setFilter(fd, SOL_SOCKET, SO_ATTACH_FILTER, program, size), "setsockopt", attempt);
    },
    send(fd, packet, to, attempt) {
      checked(sendto(fd, packet, packet.length, 0, to, to.length), "sendto", attempt);
    },
    receive(fd, packet, sender, attempt) {
      const length = recvfrom(fd, packet, packet.length, 0, sender, Uint32Array.of(sender.length));
      if (length < 0 && koffi.errno() === constants.errno.EAGAIN) return undefined;
      return checked(length, "recvfrom", attempt);
    },
  };
}
