/** Reading and writing sysctls of a network namespace. */
import { readFileSync, writeFileSync } from "node:fs";
import { codeOf, SystemCallError } from "./errors.ts";
import { inNamespace } from "./namespace.ts";

/**
 * What every namespace needs in which probes begin, pass or end: ping sockets for every group (both families), and ICMP
 * errors without the kernel's usual limit of about one a second to each destination, which would turn refusals into
 * silence. Types 0 to 127 are errors in ICMPv6, so 255 exempts all of them.
 */
export const PROBE_SYSCTLS: Readonly<Record<string, string | number>> = {
  "net.ipv4.ping_group_range": "0 2147483647",
  "net.ipv4.icmp_ratemask": 0,
  "net.ipv6.icmp.ratemask": "255",
};

/**
 * Writes sysctls of a namespace in the given order. Keys are dotted (`net.ipv4.ip_forward`), or with slashes where an
 * interface name contains a dot. Throws {@link SystemCallError} naming the first that failed.
 */
export function writeSysctls(namespace: string, values: Readonly<Record<string, string | number>>): void {
  inNamespace(namespace, () => {
    for (const [key, value] of Object.entries(values)) {
      try {
        writeFileSync(sysctlPath(key), `${value}\n`);
      } catch (error) {
        const attempt = `setting sysctl ${key} = ${value} in namespace ${namespace}`;
        throw new SystemCallError("write", codeOf(error) ?? "UNKNOWN", attempt);
      }
    }
  });
}

/** The value of one sysctl, without the final line break; `namespace` undefined: that of this process. */
export function readSysctl(namespace: string | undefined, key: string): string {
  const where = namespace === undefined ? "" : ` in namespace ${namespace}`;
  const read = (): string => {
    try {
      return readFileSync(sysctlPath(key), "utf8").trimEnd();
    } catch (error) {
      throw new SystemCallError("read", codeOf(error) ?? "UNKNOWN", `reading sysctl ${key}${where}`);
    }
  };
  return namespace === undefined ? read() : inNamespace(namespace, read);
}

function sysctlPath(key: string): string {
  return `/proc/sys/${key.includes("/") ? key : key.replaceAll(".", "/")}`;
}
