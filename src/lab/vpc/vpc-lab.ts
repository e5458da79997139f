/**
 * A VPC of network namespaces on this machine: access lists, gateways and hosts, probed with crafted packets.
 *
 *     const lab = await VpcLab.up(planVpcLab(inventory, addresses, "name"));
 *     try {
 *       const [fate] = await lab.probe([{ from, to, traffic: { protocol: TCP, first: 40_000, second: 443 } }]);
 *     } finally {
 *       await lab.down();
 *     }
 *
 * A small world takes about a tenth of a second, most of it for namespaces; some hundred packets more change little.
 */
import { setTimeout as pause } from "node:timers/promises";
import { tableObjects } from "../../kernel/nft.ts";
import type { LabOptions } from "../progress.ts";
import { raise, type StandingLab } from "../raising.ts";
import type { AclJudge } from "./acl-rules.ts";
import { Ends } from "./exchange.ts";
import { fateOf, isKnown, type PacketFate } from "./fates.ts";
import { countersIn, judgedIn } from "./judged.ts";
import { NETWORK_TABLE } from "./network-table.ts";
import { assertSendable, type VpcPacket } from "./packets.ts";
import type { VpcLabPlan } from "./vpc-plan.ts";
import { FIRST_JUDGE } from "./wired-network.ts";

/** How long packets that nobody has refused are sent again, and after which pause, in milliseconds. */
const PATIENCE = 2000;
const PAUSE = 10;

/** A VPC lab that stands; it falls with this process, whatever ends it. */
export class VpcLab {
  readonly plan: VpcLabPlan;
  readonly #standing: StandingLab;
  readonly #ends: Ends;

  private constructor(plan: VpcLabPlan, standing: StandingLab, ends: Ends) {
    this.plan = plan;
    this.#standing = standing;
    this.#ends = ends;
  }

  /**
   * Builds the lab of a plan. Needs root on Linux: see `labCapabilities`. Throws LabExistsError, the errors of `kernel/` and
   * the signal's reason; then nothing is left behind.
   */
  static async up(plan: VpcLabPlan, options: LabOptions = {}): Promise<VpcLab> {
    const standing = await raise(plan, options);
    try {
      return new VpcLab(plan, standing, new Ends(plan));
    } catch (error) {
      await standing.down();
      throw error;
    }
  }

  /**
   * Sends all packets, has each answered where it arrives, and tells what became of both, in the order of the packets.
   * Nothing is concluded from silence: what does not arrive was noted by the filter that dropped it, else it is `lost`, after
   * two seconds of trying. One call at a time. Throws a RangeError for packets that cannot be sent, and the errors of
   * `kernel/`.
   *
   * A gateway that hides a subnet tells answers apart by ports and ICMP identifiers. Of a protocol that has neither, only one
   * host behind it can be answered by the same address outside; what another gets is `lost`, in every later call too.
   */
  async probe(packets: readonly VpcPacket[]): Promise<readonly PacketFate[]> {
    for (const packet of packets) assertSendable(this.plan, packet);
    const start = performance.now();
    const exchanges = await this.#ends.exchange(packets);
    for (;;) {
      const notes = await this.#notes();
      const fates = exchanges.map((exchange) => fateOf(this.plan, exchange, notes));
      const unknown = exchanges.filter((_, i) => !isKnown(fates[i]));
      if (unknown.length === 0 || performance.now() - start > PATIENCE) return fates;
      await pause(PAUSE);
      await this.#ends.send(unknown);
    }
  }

  /** How many packets each rule (and each end of a list) has matched since the lab was built, in the order of the plan's judges. */
  async counters(): Promise<readonly { readonly judge: AclJudge; readonly packets: number }[]> {
    const counted = countersIn(await tableObjects(this.plan.namespaces.router, NETWORK_TABLE));
    return this.plan.judges.map((judge, i) => ({ judge, packets: counted.get(FIRST_JUDGE + i) ?? 0 }));
  }

  async down(): Promise<void> {
    this.#ends.close();
    await this.#standing.down();
  }

  async #notes() {
    const { router, gateway } = this.plan.namespaces;
    const [atRouter, atGateway] = await Promise.all(
      [router, gateway].map(async (namespace) => judgedIn(await tableObjects(namespace, NETWORK_TABLE))),
    );
    return { router: atRouter ?? new Map(), gateway: atGateway ?? new Map() };
  }
}
