/** The rule that an access list or security group lacks, in one sentence. */
import { addressSetText } from "../net/address.ts";
import { headerKind, protocolText } from "../net/protocol.ts";
import type { TrafficPoint } from "../net/traffic.ts";
import { MASQUERADE_PORTS } from "../path/header.ts";
import type { NetworkFilter } from "../path/network-stage.ts";
import type { ListDecision } from "../vpc/filter.ts";
import { shortList } from "./output/words.ts";

/** What to add where a list refuses the packets it sees. `seen` is one of them. */
export function listRemedy(
  stage: NetworkFilter,
  decision: ListDecision,
  seen: TrafficPoint | undefined,
): string | undefined {
  if (seen === undefined) return undefined;
  const before = decision.kind === "rule" ? ` before ${decision.rule.name}` : "";
  const ends = `source ${shortList(addressSetText(stage.source))}, destination ${shortList(addressSetText(stage.destination))}`;
  return `add an ${stage.direction} rule to ${stage.filter}${before}: allow ${trafficWords(stage, seen)}, ${ends}`;
}

/** The header that a rule has to name; ports that somebody picks as a range. */
function trafficWords({ header }: NetworkFilter, { protocol, first, second }: TrafficPoint): string {
  const name = protocol === 4 ? "ip_in_ip" : protocolText(protocol);
  switch (headerKind(protocol)) {
    case "none":
      return name;
    case "icmp":
      return `${name} type ${first}`;
    case "ports": {
      const picked = `${MASQUERADE_PORTS.start}-${MASQUERADE_PORTS.end - 1}`;
      if (header.kind === "carrier") return `${name} to port ${second}`;
      return header.isReply ? `${name} from port ${first} to ports ${picked}` : `${name} to port ${second}`;
    }
  }
}
