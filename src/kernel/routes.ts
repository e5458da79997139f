/** By which interfaces this machine reaches addresses. */
import { type Address, isAddressError, parseAddress, parseCidr } from "../net/address.ts";
import type { Interval } from "../net/intervals.ts";
import { runProgram } from "./program.ts";

/** A route to neighbours: no other machine forwards. */
export interface LinkRoute {
  readonly block: Interval<Address>;
  readonly device: string;
}

export interface Links {
  readonly routes: readonly LinkRoute[];
  readonly bridges: ReadonlySet<string>;
}

/**
 * The routes of the main tables of both families that lead to a link without another machine in between, and which links are
 * bridges. `namespace` undefined: that of this process. Throws MissingProgramError, and an Error when `ip` fails.
 */
export async function readLinks(namespace: string | undefined): Promise<Links> {
  const [v4, v6, bridges] = await Promise.all([
    ip(namespace, ["-4", "route", "show"]),
    ip(namespace, ["-6", "route", "show"]),
    ip(namespace, ["link", "show", "type", "bridge"]),
  ]);
  return {
    routes: [...v4, ...v6].flatMap(linkRouteOf),
    bridges: new Set(bridges.map((link) => textOf(link, "ifname")).filter((name) => name !== undefined)),
  };
}

/** The interface of the longest route that holds the address; undefined: another machine forwards to it, or none does. */
export function linkTo({ routes }: Links, address: Address): LinkRoute | undefined {
  let best: LinkRoute | undefined;
  for (const route of routes) {
    const { start, end } = route.block;
    if (address < start || address >= end) continue;
    if (best === undefined || end - start < best.block.end - best.block.start) best = route;
  }
  return best;
}

/** An interface of this machine, and the addresses it bears. */
export interface Interface {
  readonly name: string;
  readonly addresses: readonly Address[];
}

/** Every interface. `namespace` undefined: that of this process. Throws MissingProgramError, and an Error when `ip` fails. */
export async function readInterfaces(namespace: string | undefined): Promise<readonly Interface[]> {
  return (await ip(namespace, ["address", "show"])).flatMap((link): readonly Interface[] => {
    const name = textOf(link, "ifname");
    const listed: unknown = Object.entries(link).find(([key]) => key === "addr_info")?.[1];
    const infos: readonly unknown[] = Array.isArray(listed) ? listed : [];
    const addresses = infos.flatMap((info): readonly Address[] => {
      const text = typeof info === "object" && info !== null ? textOf(info, "local") : undefined;
      const address = text === undefined ? undefined : parseAddress(text);
      return address === undefined || isAddressError(address) ? [] : [address];
    });
    return name === undefined ? [] : [{ name, addresses }];
  });
}

async function ip(namespace: string | undefined, args: readonly string[]): Promise<readonly object[]> {
  const { status, stdout, stderr } = await runProgram({ program: "ip", args: ["-j", ...args], namespace });
  if (status !== 0) throw new Error(`ip ${args.join(" ")} failed: ${stderr.trim()}`);
  const parsed: unknown = stdout.trim() === "" ? [] : JSON.parse(stdout);
  if (!Array.isArray(parsed)) throw new Error(`ip ${args.join(" ")} answered with something else than a list`);
  return parsed.filter((item) => typeof item === "object" && item !== null);
}

function linkRouteOf(route: object): readonly LinkRoute[] {
  const [destination, device] = [textOf(route, "dst"), textOf(route, "dev")];
  if (destination === undefined || device === undefined || device === "lo") return [];
  if ("gateway" in route || "via" in route || textOf(route, "type") !== undefined) return [];
  const block = blockOf(destination);
  return block === undefined ? [] : [{ block, device }];
}

function blockOf(destination: string): Interval<Address> | undefined {
  if (destination.includes("/")) {
    const cidr = parseCidr(destination);
    return isAddressError(cidr) ? undefined : cidr.range;
  }
  const address = parseAddress(destination);
  return isAddressError(address) ? undefined : { start: address, end: address + 1n };
}

function textOf(from: object, name: string): string | undefined {
  const value: unknown = Object.entries(from).find(([key]) => key === name)?.[1];
  return typeof value === "string" ? value : undefined;
}
