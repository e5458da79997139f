/** What is odd about policies and workloads once they meet the cluster they are for. Nothing here changes an answer. */
import type { Finding } from "../../source/finding.ts";
import type { Situation } from "../situation.ts";
import { hostEndpointSweeps } from "./host-endpoint-sweep.ts";
import { idleServices } from "./idle-service.ts";
import { nodeLocalDns } from "./node-local-dns.ts";
import { systemLockouts } from "./system-lockout.ts";
import { unplaceable } from "./unplaceable.ts";

/** O(policies x (system pods + host endpoints) + rules + workloads x nodes). */
export function odditiesOf(situation: Situation): readonly Finding[] {
  return [
    ...systemLockouts(situation),
    ...hostEndpointSweeps(situation),
    ...nodeLocalDns(situation),
    ...idleServices(situation),
    ...unplaceable(situation),
  ];
}
