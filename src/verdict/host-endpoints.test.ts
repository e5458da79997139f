/** What policy says at the interfaces of nodes: phases, profiles and failsafe ports of Calico's host endpoints. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Situation } from "../situation/situation.ts";
import { globalPolicy, hostEndpoint, HOSTS, hostsSituation } from "./host-endpoints.fixture.ts";
import { verdictOf } from "./verdict.fixture.ts";

const OUTSIDE = "192.0.2.9";

/** The verdict, and the stage that settled it. */
function told(situation: Situation, from: string, to: string): string {
  const { kind, deciding } = verdictOf(situation, from, to);
  return deciding === undefined ? kind : `${kind} by ${deciding.stage.name}`;
}

function deny(phase: string, types = "[Ingress, Egress]"): string {
  const rules =
    types === "[Ingress]" ? "ingress: [{action: Deny}]" : "ingress: [{action: Deny}], egress: [{action: Deny}]";
  return globalPolicy("deny", `selector: role == 'host', ${phase}, types: ${types}, ${rules}`);
}

const UNTRACKED = "doNotTrack: true, applyOnForward: true";
const PRE_DNAT = "preDNAT: true, applyOnForward: true";
const FORWARD = "applyOnForward: true";
const NORMAL = "order: 1";

const FLOWS = {
  "outside -> node": [OUTSIDE, "node/n1:80"],
  "outside -> pod": [OUTSIDE, "shop/pod/p1:80"],
  "node -> outside": ["node/n1", `${OUTSIDE}:80`],
  "pod -> outside": ["shop/pod/p1", `${OUTSIDE}:80`],
  "pod -> other node": ["shop/pod/p1", "node/n2:80"],
  "node -> other node's pod": ["node/n1", "shop/pod/p2:80"],
  "pod -> other node's pod": ["shop/pod/p1", "shop/pod/p2:80"],
  "node -> own pod": ["node/n1", "shop/pod/p1:80"],
  "pod -> own node": ["shop/pod/p1", "node/n1:80"],
} as const;

function allFlows(situation: Situation): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(FLOWS).map(([name, [from, to]]) => [name, told(situation, from, to)]));
}

describe("which path asks which phase of a host endpoint's policies", () => {
  it("untracked: the node's own traffic both ways; what it does to forwarded traffic is not known", () => {
    assert.deepEqual(allFlows(hostsSituation(HOSTS, deny(UNTRACKED))), {
      "outside -> node": "denied by host endpoint untracked ingress",
      "outside -> pod": "undecided by host endpoint untracked ingress",
      "node -> outside": "denied by host endpoint untracked egress",
      "pod -> outside": "allowed",
      "pod -> other node": "denied by host endpoint untracked ingress",
      "node -> other node's pod": "denied by host endpoint untracked egress",
      "pod -> other node's pod": "undecided by host endpoint untracked ingress",
      "node -> own pod": "allowed",
      "pod -> own node": "allowed",
    });
  });

  it("pre-DNAT: all that comes in, for the node and for its pods, and nothing that goes out", () => {
    assert.deepEqual(allFlows(hostsSituation(HOSTS, deny(PRE_DNAT, "[Ingress]"))), {
      "outside -> node": "denied by host endpoint pre-dnat ingress",
      "outside -> pod": "denied by host endpoint pre-dnat ingress",
      "node -> outside": "allowed",
      "pod -> outside": "allowed",
      "pod -> other node": "denied by host endpoint pre-dnat ingress",
      "node -> other node's pod": "denied by host endpoint pre-dnat ingress",
      "pod -> other node's pod": "denied by host endpoint pre-dnat ingress",
      "node -> own pod": "allowed",
      "pod -> own node": "allowed",
    });
  });

  it("normal: the node's own traffic both ways, and nothing that it forwards", () => {
    assert.deepEqual(allFlows(hostsSituation(HOSTS, deny(NORMAL))), {
      "outside -> node": "denied by host endpoint normal ingress",
      "outside -> pod": "allowed",
      "node -> outside": "denied by host endpoint normal egress",
      "pod -> outside": "allowed",
      "pod -> other node": "denied by host endpoint normal ingress",
      "node -> other node's pod": "denied by host endpoint normal egress",
      "pod -> other node's pod": "allowed",
      "node -> own pod": "allowed",
      "pod -> own node": "allowed",
    });
  });

  it("normal with applyOnForward: the node's own traffic and all that it forwards", () => {
    assert.deepEqual(allFlows(hostsSituation(HOSTS, deny(FORWARD))), {
      "outside -> node": "denied by host endpoint normal ingress",
      "outside -> pod": "denied by host endpoint forward ingress",
      "node -> outside": "denied by host endpoint normal egress",
      "pod -> outside": "denied by host endpoint forward egress",
      "pod -> other node": "denied by host endpoint forward egress",
      "node -> other node's pod": "denied by host endpoint normal egress",
      "pod -> other node's pod": "denied by host endpoint forward egress",
      "node -> own pod": "allowed",
      "pod -> own node": "allowed",
    });
  });

  it("between two addresses outside it is not known whether a node forwards", () => {
    const flow = [OUTSIDE, "198.51.100.7:80"] as const;
    assert.equal(told(hostsSituation(HOSTS, deny(FORWARD)), ...flow), "undecided by host endpoint forward ingress");
    assert.equal(told(hostsSituation(HOSTS, deny(NORMAL)), ...flow), "allowed");
  });

  it("nothing is asked of a node without host endpoint, nor of a node that talks to itself", () => {
    const situation = hostsSituation(hostEndpoint("h1", "n1"), deny(FORWARD));
    assert.equal(told(situation, OUTSIDE, "node/n2:80"), "allowed");
    assert.equal(told(situation, "node/n1", "node/n1:80"), "allowed");
  });
});

describe("phases of a host endpoint", () => {
  const allowAndDeny = (phase: string, types: string, allow: string): Situation =>
    hostsSituation(
      HOSTS,
      globalPolicy("allow", `selector: role == 'host', ${phase}, types: ${types}, ${allow}`),
      deny(FORWARD),
    );

  it("an Allow before DNAT skips the later phases of the same endpoint, and no other", () => {
    const situation = allowAndDeny(PRE_DNAT, "[Ingress]", "ingress: [{action: Allow}]");
    assert.equal(told(situation, OUTSIDE, "node/n1:80"), "allowed");
    assert.equal(told(situation, OUTSIDE, "shop/pod/p1:80"), "allowed");
    assert.equal(told(situation, "shop/pod/p1", "shop/pod/p2:80"), "denied by host endpoint forward egress");
  });

  it("a pre-DNAT policy without a rule for the packet isolates nothing: the next phase decides", () => {
    const rule = "ingress: [{action: Allow, protocol: TCP, destination: {ports: [443]}}]";
    const closed = allowAndDeny(PRE_DNAT, "[Ingress]", rule);
    assert.equal(told(closed, OUTSIDE, "node/n1:443"), "allowed");
    assert.equal(told(closed, OUTSIDE, "node/n1:80"), "denied by host endpoint normal ingress");
    const open = hostsSituation(
      HOSTS,
      globalPolicy("allow", `selector: role == 'host', ${PRE_DNAT}, types: [Ingress], ${rule}`),
    );
    assert.equal(told(open, OUTSIDE, "node/n1:80"), "allowed");
  });

  it("an untracked Allow passes only with an untracked Allow for the replies", () => {
    const ingress = "ingress: [{action: Allow, protocol: TCP, destination: {ports: [80]}}]";
    const egress = "egress: [{action: Allow, protocol: TCP, source: {ports: [80]}}]";
    const half = allowAndDeny(UNTRACKED, "[Ingress]", ingress);
    assert.equal(told(half, OUTSIDE, "node/n1:80"), "denied by host endpoint untracked ingress");
    const whole = allowAndDeny(UNTRACKED, "[Ingress, Egress]", `${ingress}, ${egress}`);
    assert.equal(told(whole, OUTSIDE, "node/n1:80"), "allowed");
    assert.equal(told(whole, OUTSIDE, "node/n1:81"), "denied by host endpoint normal ingress");
  });

  it("an untracked Deny refuses the replies of tracked connections of the other direction too", () => {
    const refuse = (match: string): Situation =>
      hostsSituation(
        HOSTS,
        globalPolicy(
          "deny",
          `selector: role == 'host', ${UNTRACKED}, types: [Ingress], ingress: [{action: Deny, ${match}}]`,
        ),
      );
    const situation = refuse("protocol: TCP, source: {ports: [80]}");
    assert.equal(told(situation, "node/n1", `${OUTSIDE}:80`), "denied by host endpoint untracked egress");
    assert.equal(told(situation, "node/n1", `${OUTSIDE}:81`), "allowed");
    assert.equal(told(situation, "shop/pod/p1", `${OUTSIDE}:80`), "allowed");
    assert.equal(
      told(refuse("protocol: ICMP"), "node/n1", `${OUTSIDE}:/icmp.8`),
      "denied by host endpoint untracked egress",
    );
    assert.equal(told(refuse("protocol: ICMP"), "node/n1", `${OUTSIDE}:/icmp.3`), "allowed");
    assert.equal(told(refuse("source: {nets: [0.0.0.0/0]}"), "node/n1", `${OUTSIDE}:179`), "allowed");
  });

  it("which ICMP message answers an untracked one is not known", () => {
    const rules = "ingress: [{action: Allow}], egress: [{action: Allow}]";
    const situation = allowAndDeny(UNTRACKED, "[Ingress, Egress]", rules);
    assert.match(told(situation, OUTSIDE, "node/n1:/icmp.8"), /^undecided/);
  });

  it("policies of other phases say nothing about pods, whatever they select", () => {
    for (const phase of [PRE_DNAT, UNTRACKED]) {
      const policy = globalPolicy("all", `selector: all(), ${phase}, types: [Ingress], ingress: [{action: Deny}]`);
      assert.equal(told(hostsSituation(policy), OUTSIDE, "shop/pod/p1:80"), "allowed");
    }
  });

  it("forwarding that a policy governs in one direction stays open in the other", () => {
    const situation = hostsSituation(HOSTS, deny(FORWARD, "[Ingress]"));
    assert.equal(told(situation, "shop/pod/p1", `${OUTSIDE}:80`), "allowed");
    assert.equal(told(situation, OUTSIDE, "shop/pod/p1:80"), "denied by host endpoint forward ingress");
  });
});

describe("failsafe ports", () => {
  const situation = hostsSituation(HOSTS, deny(FORWARD));

  it("of TCP and UDP stay open towards a node, whatever policy says", () => {
    for (const port of ["22", "68/udp", "179", "2379", "2380", "5473", "6443", "6666", "6667"]) {
      assert.equal(told(situation, OUTSIDE, `node/n1:${port}`), "allowed", port);
    }
    assert.match(told(situation, OUTSIDE, "node/n1:22/udp"), /^denied/);
    assert.match(told(situation, OUTSIDE, "node/n1:53/udp"), /^denied/);
  });

  it("stay open from a node: others than towards it", () => {
    for (const port of ["53/udp", "67/udp", "179", "6443"]) {
      assert.equal(told(situation, "node/n1", `${OUTSIDE}:${port}`), "allowed", port);
    }
    assert.match(told(situation, "node/n1", `${OUTSIDE}:22`), /^denied/);
  });

  it("stay open before tracking and before DNAT too", () => {
    assert.equal(told(hostsSituation(HOSTS, deny(UNTRACKED)), OUTSIDE, "node/n1:22"), "allowed");
    assert.equal(told(hostsSituation(HOSTS, deny(PRE_DNAT, "[Ingress]")), OUTSIDE, "node/n1:22"), "allowed");
  });

  it("are an assumption, which an answer that rests on it names", () => {
    const { deciding, stages } = verdictOf(situation, OUTSIDE, "node/n1:22");
    assert.equal(deciding, undefined);
    assert.deepEqual(
      stages.flatMap(({ report }) => report?.assumptions ?? []),
      ["failsafe-ports"],
    );
    const without: Situation = { ...situation, assumptions: { ...situation.assumptions, "failsafe-ports": "none" } };
    assert.match(told(without, OUTSIDE, "node/n1:22"), /^denied/);
  });

  it("are not those of pods behind the node: forward policy judges them", () => {
    assert.equal(told(situation, OUTSIDE, "shop/pod/p1:22"), "denied by host endpoint forward ingress");
    assert.equal(told(hostsSituation(HOSTS, deny(PRE_DNAT, "[Ingress]")), OUTSIDE, "shop/pod/p1:22"), "allowed");
  });
});

describe("profiles of a host endpoint", () => {
  const withProfiles = (profiles: string, ...objects: readonly string[]): Situation =>
    hostsSituation(hostEndpoint("h1", "n1", `interfaceName: "*", profiles: ${profiles}`), ...objects);
  const profile = (name: string, spec: string): string =>
    `\napiVersion: projectcalico.org/v3\nkind: Profile\nmetadata: {name: ${name}}\nspec: {${spec}}`;

  it("decide where no policy does: Calico's own allows, none denies, and so does one that does not exist", () => {
    assert.equal(told(withProfiles("[projectcalico-default-allow]"), OUTSIDE, "node/n1:80"), "allowed");
    assert.equal(told(withProfiles("[]"), OUTSIDE, "node/n1:80"), "denied by host endpoint normal ingress");
    assert.equal(
      told(withProfiles("[gone, projectcalico-default-allow]"), OUTSIDE, "node/n1:80"),
      "denied by host endpoint normal ingress",
    );
  });

  it("are asked in their order, and what none decides is denied", () => {
    const web = profile("web", "ingress: [{action: Allow, protocol: TCP, destination: {ports: [80, 81]}}]");
    const strict = profile("strict", "ingress: [{action: Deny, protocol: TCP, destination: {ports: [81]}}]");
    const situation = withProfiles("[strict, web]", web, strict);
    assert.deepEqual(
      [80, 81, 82].map((port) => verdictOf(situation, OUTSIDE, `node/n1:${port}`).kind),
      ["allowed", "denied", "denied"],
    );
  });

  it("come after policies that pass, and never decide about forwarded traffic", () => {
    const pass = globalPolicy("pass", "selector: role == 'host', types: [Ingress], ingress: [{action: Pass}]");
    assert.equal(told(withProfiles("[]", pass), OUTSIDE, "node/n1:80"), "denied by host endpoint normal ingress");
    assert.equal(told(withProfiles("[projectcalico-default-allow]", pass), OUTSIDE, "node/n1:80"), "allowed");
    assert.equal(told(withProfiles("[]"), OUTSIDE, "shop/pod/p1:80"), "allowed");
  });

  it("give labels, where the endpoint has none of its own", () => {
    const labels = profile("labels", "labelsToApply: {role: other, zone: a}, ingress: [{action: Allow}]");
    const denies = (selector: string): string =>
      verdictOf(
        withProfiles(
          "[labels]",
          labels,
          globalPolicy("d", `selector: "${selector}", types: [Ingress], ingress: [{action: Deny}]`),
        ),
        OUTSIDE,
        "node/n1:80",
      ).kind;
    assert.deepEqual(
      [denies("zone == 'a'"), denies("role == 'other'"), denies("role == 'host'")],
      ["denied", "allowed", "denied"],
    );
  });

  it("that Calico makes of namespaces are not modelled: such an answer is undecided", () => {
    assert.equal(verdictOf(withProfiles("[kns.shop]"), OUTSIDE, "node/n1:80").kind, "undecided");
  });
});

describe("which policies select host endpoints", () => {
  const denies = (selectors: string): string =>
    verdictOf(
      hostsSituation(HOSTS, globalPolicy("d", `${selectors}, types: [Ingress], ingress: [{action: Deny}]`)),
      OUTSIDE,
      "node/n1:80",
    ).kind;

  it("global ones by their labels; all() selects them too, unless a further selector asks for namespaces or accounts", () => {
    assert.equal(denies("selector: all()"), "denied");
    assert.equal(denies("selector: all(), namespaceSelector: all()"), "allowed");
    assert.equal(denies("selector: all(), serviceAccountSelector: all()"), "allowed");
    assert.equal(denies("selector: all(), namespaceSelector: '!has(x)'"), "allowed");
  });

  it("a negative namespaceSelector holds of what has no namespace", () => {
    assert.equal(denies("selector: role == 'host', namespaceSelector: '!has(x)'"), "denied");
  });

  it("namespaced ones never", () => {
    const policy = `
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: {name: d, namespace: shop}
spec: {selector: all(), types: [Ingress], ingress: [{action: Deny}]}`;
    assert.equal(verdictOf(hostsSituation(HOSTS, policy), OUTSIDE, "node/n1:80").kind, "allowed");
  });

  it("rules see host endpoints by the addresses they expect", () => {
    const rule =
      "selector: app == 'p1', types: [Ingress], ingress: [{action: Allow, source: {selector: name == 'h2'}}]";
    const seen = (spec: string): string =>
      verdictOf(hostsSituation(hostEndpoint("h2", "n2", spec), globalPolicy("a", rule)), "node/n2", "shop/pod/p1:80")
        .kind;
    const profiles = "profiles: [projectcalico-default-allow]";
    assert.equal(seen(`interfaceName: "*", ${profiles}, expectedIPs: [10.0.0.2]`), "allowed");
    assert.equal(seen(`interfaceName: "*", ${profiles}`), "denied");
  });
});

describe("which host endpoint a packet meets", () => {
  const OPEN = "profiles: [projectcalico-default-allow]";
  const named = (...specs: readonly string[]): Situation =>
    hostsSituation(...specs.map((spec, i) => hostEndpoint(`h${i + 1}`, "n1", spec)));

  it("of several that expect the address the first by name", () => {
    assert.equal(
      told(named("expectedIPs: [10.0.0.1]", `expectedIPs: [10.0.0.1], ${OPEN}`), OUTSIDE, "node/n1:80"),
      "denied by host endpoint normal ingress",
    );
    assert.equal(
      told(named(`expectedIPs: [10.0.0.1], ${OPEN}`, "expectedIPs: [10.0.0.1]"), OUTSIDE, "node/n1:80"),
      "allowed",
    );
  });

  it("`*` only where no other claims the interface", () => {
    assert.equal(
      told(named('interfaceName: "*"', `expectedIPs: [10.0.0.1], ${OPEN}`), OUTSIDE, "node/n1:80"),
      "allowed",
    );
    assert.equal(
      told(named(`interfaceName: "*", ${OPEN}`, "expectedIPs: [10.0.0.1]"), OUTSIDE, "node/n1:80"),
      "denied by host endpoint normal ingress",
    );
  });

  it("is not known where an interface is named and no address says which it is", () => {
    const situation = named("interfaceName: eth0");
    const verdict = verdictOf(situation, OUTSIDE, "node/n1:80");
    assert.equal(verdict.kind, "undecided");
    const { report } = verdict.deciding ?? {};
    assert.match(report?.missing[0]?.text ?? "", /^which interface of node\/n1 bears 10\.0\.0\.1/);
  });

  it("does not matter where every candidate lets the packet pass", () => {
    assert.equal(
      told(named(`interfaceName: eth0, ${OPEN}`, `interfaceName: eth1, ${OPEN}`), OUTSIDE, "node/n1:80"),
      "allowed",
    );
  });

  it("is not known between pods where an overlay may bypass the interface", () => {
    const situation = hostsSituation(
      hostEndpoint("h1", "n1", `interfaceName: eth0, expectedIPs: [10.0.0.1], ${OPEN}`),
      deny(FORWARD),
    );
    assert.match(told(situation, "shop/pod/p1", "shop/pod/p2:80"), /^undecided/);
    assert.match(told(situation, "shop/pod/p1", `${OUTSIDE}:80`), /^denied/);
  });

  it("is not known where no address of its node is: then everything hangs on it", () => {
    const situation = hostsSituation(hostEndpoint("h9", "n9", "interfaceName: eth0"));
    assert.equal(told(situation, OUTSIDE, "shop/pod/p1:80"), "undecided by policy ingress");
  });
});
