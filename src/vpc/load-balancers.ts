/** Load balancers with their listeners and members, from the collections that tell of each. */
import type { Address } from "../net/address.ts";
import type { Fact } from "../source/fact.ts";
import type { Finding } from "../source/finding.ts";
import { mergeById } from "./merge.ts";
import type { LoadBalancer } from "./model.ts";
import { piecesOf } from "./pieces.ts";
import type { Listener, Pool, PoolMember, VpcObject, WrittenLoadBalancer } from "./reading.ts";

export interface LoadBalancers {
  readonly loadBalancers: readonly LoadBalancer[];
  readonly findings: readonly Finding[];
  readonly gaps: readonly Fact[];
}

type WholeListener = LoadBalancer["listeners"][number];
type Member = WholeListener["members"][number];

/** Ports of one listener that are listed one by one; of more it is said that they are not told. */
const MOST_PORTS = 256;

/** O(objects), and for each listener its ports and members. */
export function loadBalancersOf(objects: readonly VpcObject[]): LoadBalancers {
  const balancers = mergeById(piecesOf(objects, "load balancer"));
  const listeners = mergeById(piecesOf(objects, "listener"));
  const pools = mergeById(piecesOf(objects, "pool"));
  const members = mergeById(piecesOf(objects, "pool member"));
  const assembly = new Assembly({
    listeners: new Map(listeners.values.map((each) => [each.id, each])),
    pools: new Map(pools.values.map((each) => [each.id, each])),
    members: new Map(members.values.map((each) => [each.id, each])),
    addresses: addressesById(objects, balancers.values),
  });
  return {
    loadBalancers: balancers.values.map((balancer) => assembly.whole(balancer)),
    gaps: assembly.gaps,
    findings: [balancers, listeners, pools, members].flatMap(({ findings }) => findings),
  };
}

interface Parts {
  readonly listeners: ReadonlyMap<string, Listener>;
  readonly pools: ReadonlyMap<string, Pool>;
  readonly members: ReadonlyMap<string, PoolMember>;
  /** Of servers and load balancers that may be members. */
  readonly addresses: ReadonlyMap<string, ReadonlySet<Address>>;
}

class Assembly {
  readonly gaps: Fact[] = [];
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  whole(balancer: WrittenLoadBalancer): LoadBalancer {
    const { name } = balancer;
    const listeners = balancer.listeners.flatMap((id) => {
      const listener = this.#parts.listeners.get(id);
      if (listener !== undefined) return this.#listener(listener, name);
      this.#gap(`the listeners of load balancer ${name}`, `ibmcloud is load-balancer-listeners ${name}`);
      return [];
    });
    return { ...balancer, listeners };
  }

  #listener({ ports: [first, last], protocol, pools, hasUntoldPolicies }: Listener, name: string): WholeListener[] {
    if (hasUntoldPolicies) {
      const command = `ibmcloud is load-balancer-listener-policies ${name} LISTENER`;
      this.#gap(`the policies of the listeners of load balancer ${name}`, command);
    }
    const members = pools.flatMap((id) => this.#members(id, name));
    const count = Math.min(last - first + 1, MOST_PORTS);
    if (count < last - first + 1) {
      const text = `the members behind ports ${first + count} to ${last} of load balancer ${name}: so many are not modelled`;
      this.gaps.push({ text, remedy: "ask about another port" });
    }
    return Array.from({ length: count }, (_, i) => ({ protocol, port: first + i, members }));
  }

  #members(pool: string, name: string): readonly Member[] {
    const found = this.#parts.pools.get(pool);
    if (found === undefined) {
      this.#gap(`the pools of load balancer ${name}`, `ibmcloud is load-balancer-pools ${name}`);
      return [];
    }
    return found.members.flatMap((id) => {
      const member = this.#parts.members.get(id);
      if (member !== undefined) return this.#member(member, name);
      this.#gap(`the members of load balancer ${name}`, `ibmcloud is load-balancer-pool-members ${name} POOL`);
      return [];
    });
  }

  #member({ target, port }: PoolMember, name: string): readonly Member[] {
    if (target.kind === "address") return [{ address: target.address, port }];
    const [address, ...others] = this.#parts.addresses.get(target.id) ?? [];
    if (address !== undefined && others.length === 0) return [{ address, port }];
    this.#gap(`the address of ${target.id}, a member of load balancer ${name}`, "ibmcloud is instances");
    return [];
  }

  #gap(text: string, command: string): void {
    this.gaps.push({ text, remedy: `add the output of \`${command} --output json\`` });
  }
}

/** The addresses of servers and of load balancers, which may stand behind another one. */
function addressesById(
  objects: readonly VpcObject[],
  balancers: readonly WrittenLoadBalancer[],
): ReadonlyMap<string, ReadonlySet<Address>> {
  const byId = new Map<string, Set<Address>>();
  const add = (id: string, addresses: readonly Address[]): void => {
    byId.set(id, new Set([...(byId.get(id) ?? []), ...addresses]));
  };
  for (const { owner, addresses } of piecesOf(objects, "interface")) if (owner !== undefined) add(owner, addresses);
  for (const { id, privateAddresses } of balancers) add(id, privateAddresses);
  return byId;
}
