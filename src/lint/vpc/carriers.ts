/** The packets in which overlays carry pod traffic from worker to worker. */
import { UDP } from "../../net/protocol.ts";
import { allOf, toPorts, type TrafficSet } from "../../net/traffic.ts";

/** What Calico uses between subnets where it is not told otherwise. It has no ports. */
export const IP_IN_IP: TrafficSet = allOf(4);
export const VXLAN: TrafficSet = toPorts(UDP, [{ start: 4789, end: 4790 }]);
export const WIREGUARD: TrafficSet = toPorts(UDP, [{ start: 51_820, end: 51_822 }]);
