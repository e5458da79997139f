/** What `why` tells of the host endpoints of nodes. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { onManifests } from "./command.fixture.ts";
import { validator } from "./schema.fixture.ts";

const CLUSTER = `
apiVersion: v1
kind: Node
metadata: {name: n1}
status: {addresses: [{type: InternalIP, address: 10.0.0.1}]}
---
apiVersion: projectcalico.org/v3
kind: HostEndpoint
metadata: {name: n1-all, labels: {role: host}}
spec: {node: n1, interfaceName: "*", profiles: [projectcalico-default-allow]}
---
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: web-in}
spec:
  selector: role == 'host'
  applyOnForward: true
  types: [Ingress]
  ingress:
  - action: Allow
    protocol: TCP
    destination: {ports: [80]}
---
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata: {name: early}
spec:
  selector: role == 'host'
  preDNAT: true
  applyOnForward: true
  types: [Ingress]
  ingress:
  - action: Allow
    protocol: TCP
    destination: {ports: [81]}
`;

describe("why at host endpoints", () => {
  it("names the phase, the host endpoint and a rule of Calico to write", async (t) => {
    const { exit, stdout } = await onManifests(t, ["why", "192.0.2.9", "node/n1:443"], CLUSTER);
    assert.equal(
      stdout,
      `DENIED  192.0.2.9 -> node/n1  TCP 443
  out of 192.0.2.9       not asked   the source is not a pod
  pre-DNAT into n1-all   open        tier default has nothing to say: early
                                     no rule decides, and this phase isolates nothing
  into n1-all            isolated    by web-in (all.yaml:12)
                                     no rule admits 192.0.2.9 with TCP 443
  into node/n1           not asked   a node is not governed by pod policy
  nearest miss           web-in spec.ingress[0] wants TCP 80 (all.yaml:20)
                         TCP 443
  fix                    write a rule in a policy that selects host endpoint n1-all:
                         ingress: [{action: Allow, protocol: TCP, source: {nets: [192.0.2.9/32]}, destination: {ports: [443]}}]
`,
    );
    assert.equal(exit, 1);
  });

  it("says failsafe port, and that this is an assumption", async (t) => {
    const { stdout } = await onManifests(t, ["why", "192.0.2.9", "node/n1:22"], CLUSTER);
    assert.match(stdout, /\n {2}into n1-all +failsafe +TCP 22 is a failsafe port\n/);
    assert.match(stdout, /\n {2}assumed +failsafe-ports=open /);
  });

  it("says which phase has allowed a packet already", async (t) => {
    const { stdout } = await onManifests(t, ["why", "192.0.2.9", "node/n1:81"], CLUSTER);
    assert.match(stdout, /\n {2}into n1-all +not asked +allowed before DNAT already\n/);
  });

  it("is JSON as its schema says", async (t) => {
    const validate = validator("why");
    for (const to of ["node/n1:22", "node/n1:81", "node/n1:443"]) {
      const { stdout } = await onManifests(t, ["why", "192.0.2.9", to, "-o", "json"], CLUSTER);
      validate(JSON.parse(stdout));
    }
  });

  it("names the profile that decides", async (t) => {
    const { stdout } = await onManifests(t, ["why", "node/n1", "192.0.2.9:443"], CLUSTER);
    assert.match(
      stdout,
      /\n {2}out of n1-all +admitted +profile projectcalico-default-allow, which allows everything\n/,
    );
  });
});
