/** What is done inside one namespace before anything is loaded into it. Pure. */
import type { Family } from "../net/address.ts";

/** What is done inside one namespace, and whether it routes for others. */
export interface Commands {
  readonly namespace: string;
  readonly routes: boolean;
  /** Lines of `ip -batch`, in this order. */
  readonly commands: readonly string[];
  /** Lines of `ip rule` about addresses of one family, which come after all others. */
  readonly rules?: Readonly<Record<Family, readonly string[]>>;
}

/** The same with sysctls, which come before any link is there. */
export interface NamespaceSetup {
  readonly namespace: string;
  readonly sysctls: Readonly<Record<string, string>>;
  /** Lines of `ip -batch`, in this order. */
  readonly commands: readonly string[];
  /** Lines of `ip rule` about addresses of one family, which come after all others. */
  readonly rules?: Readonly<Record<Family, readonly string[]>>;
}

export function setupOf({ routes, ...setup }: Commands, families: readonly Family[]): NamespaceSetup {
  return { ...setup, sysctls: sysctlsOf(families, routes) };
}

/** Quiet links, and no filter by source but the program's. */
function sysctlsOf(families: readonly Family[], routes: boolean): Readonly<Record<string, string>> {
  return {
    "net.ipv4.conf.all.rp_filter": "0",
    "net.ipv4.conf.default.rp_filter": "0",
    // Without redirects: a pod that reaches itself through a Service is forwarded to where it came from.
    ...(routes
      ? {
          "net.ipv4.ip_forward": "1",
          "net.ipv4.conf.all.send_redirects": "0",
          "net.ipv4.conf.default.send_redirects": "0",
        }
      : {}),
    ...(families.includes(6)
      ? {
          "net.ipv6.conf.default.addr_gen_mode": "1",
          "net.ipv6.conf.default.accept_ra": "0",
          ...(routes ? { "net.ipv6.conf.all.forwarding": "1" } : {}),
        }
      : {}),
  };
}
