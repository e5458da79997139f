import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readText } from "../resources/read.ts";
import {
  calicoManifest,
  clusterPolicyManifest,
  command,
  namespaceManifest,
  onManifests,
  policyManifest,
  SHOP,
} from "./command.fixture.ts";

const ADMIN = `---
apiVersion: policy.networking.k8s.io/v1alpha1
kind: AdminNetworkPolicy
metadata: {name: no-smtp}
spec:
  priority: 5
  subject: {namespaces: {}}
  egress:
  - {name: smtp, action: Deny, to: [{namespaces: {}}], ports: [{portNumber: {protocol: TCP, port: 25}}]}
`;

const BASELINE = `---
apiVersion: policy.networking.k8s.io/v1alpha1
kind: BaselineAdminNetworkPolicy
metadata: {name: default}
spec: {subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}
`;

/** What Calico takes for the namespace of the pod. */
const UNCONVERTIBLE = policyManifest("odd", "{podSelector: {matchLabels: {projectcalico.org/namespace: a}}}");

describe("portcullis convert", () => {
  it("writes Calico's policies as YAML, in the order of keys that people write", async (t) => {
    const second = policyManifest("deny", "{podSelector: {}, policyTypes: [Egress, Ingress]}");
    const { exit, stdout, stderr } = await onManifests(t, ["convert", "--to", "calico"], SHOP + second);
    assert.equal(
      stdout,
      `apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: db-allow
  namespace: shop
spec:
  tier: default
  order: 1000
  selector: projectcalico.org/orchestrator == "k8s" && app == "db"
  types:
    - Ingress
  ingress:
    - action: Allow
      protocol: TCP
      source:
        selector: projectcalico.org/orchestrator == "k8s" && app == "web"
      destination:
        ports:
          - 5432
---
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: deny
  namespace: shop
spec:
  tier: default
  order: 1000
  selector: projectcalico.org/orchestrator == "k8s"
  types:
    - Egress
    - Ingress
`,
    );
    assert.deepEqual([exit, stderr], [0, ""]);
    const reading = readText("out.yaml", stdout, { validation: "strict", namespace: undefined });
    assert.deepEqual(reading.findings, []);
    assert.equal(reading.resources.length, 2);
  });

  it("writes the elders of ClusterNetworkPolicy as such, without asking where nothing else is there", async (t) => {
    const { exit, stdout, stderr } = await onManifests(t, ["convert"], ADMIN + namespaceManifest("shop"));
    assert.equal(
      stdout,
      `apiVersion: policy.networking.k8s.io/v1alpha2
kind: ClusterNetworkPolicy
metadata:
  name: no-smtp
spec:
  tier: Admin
  priority: 5
  subject:
    namespaces: {}
  egress:
    - name: smtp
      action: Deny
      to:
        - namespaces: {}
      protocols:
        - tcp:
            destinationPort:
              number: 25
`,
    );
    assert.deepEqual([exit, stderr], [0, ""]);
  });

  it("writes one List with -o json, which is the same", async (t) => {
    const yaml = await onManifests(t, ["convert"], SHOP);
    const { exit, stdout } = await onManifests(t, ["convert", "-o", "json"], SHOP);
    const list = JSON.parse(stdout);
    assert.deepEqual([list.apiVersion, list.kind, list.items.length, exit], ["v1", "List", 1, 0]);
    const options = { validation: "strict", namespace: undefined } as const;
    const [fromJson, fromYaml] = [stdout, yaml.stdout].map((text) => readText("out", text, options).resources);
    assert.deepEqual(
      fromJson?.map(({ spec }) => spec),
      fromYaml?.map(({ spec }) => spec),
    );
  });

  it("asks which language is meant where there are policies for both", async (t) => {
    const { exit, stdout, stderr } = await onManifests(t, ["convert"], SHOP + ADMIN);
    assert.deepEqual([exit, stdout], [2, ""]);
    assert.match(stderr, /--to calico for NetworkPolicy, --to cluster-network-policy for AdminNetworkPolicy and /);
  });

  it("names the policies that it leaves alone", async (t) => {
    const calico = calicoManifest("GlobalNetworkPolicy", "g", "{selector: all()}");
    const { exit, stderr } = await onManifests(t, ["convert", "--to", "calico"], SHOP + ADMIN + calico);
    assert.match(
      stderr,
      /info PC151: left as they are, because they do not become Calico: AdminNetworkPolicy no-smtp, GlobalNetworkPolicy g\n/,
    );
    assert.equal(exit, 0);
    const quiet = await onManifests(t, ["convert", "--to", "calico", "-q"], SHOP + ADMIN + calico);
    assert.equal(quiet.stderr, "");
  });

  it("writes nothing at all where one policy has no exact form, and says which field and why", async (t) => {
    const { exit, stdout, stderr } = await onManifests(t, ["convert"], SHOP + UNCONVERTIBLE);
    assert.deepEqual([exit, stdout], [2, ""]);
    assert.match(
      stderr,
      /^all\.yaml:\d+:\d+: error PC150: NetworkPolicy shop\/odd has no exact form in Calico: spec\.podSelector\.matchLabels\["projectcalico\.org\/namespace"\]: /,
    );
    assert.match(stderr, /1 error in the input, so nothing is written\. .*--skip-unreadable/);
  });

  it("writes the rest with --skip-unreadable, and exits with 1", async (t) => {
    for (const bad of [UNCONVERTIBLE, policyManifest("bad", "{podSelectr: {}}")]) {
      const { exit, stdout, stderr } = await onManifests(t, ["convert", "--skip-unreadable"], SHOP + bad);
      assert.equal(exit, 1);
      assert.match(stdout, /^ {2}name: db-allow$/m);
      assert.doesNotMatch(stdout, /name: (odd|bad)/);
      assert.match(stderr, /1 error in the input; policies in error are not written\./);
    }
  });

  it("writes nothing where the input cannot be read", async (t) => {
    const bad = policyManifest("bad", "{podSelectr: {}}");
    const { exit, stdout, stderr } = await onManifests(t, ["convert"], SHOP + bad);
    assert.deepEqual([exit, stdout], [2, ""]);
    assert.match(stderr, /error PC110/);
  });

  for (const [what, manifests, to] of [
    ["Calico's own of its name", calicoManifest("NetworkPolicy", "db-allow", "{selector: all()}"), "calico"],
    ["a staged one of its name", calicoManifest("StagedNetworkPolicy", "db-allow", "{selector: all()}"), "calico"],
    [
      "a ClusterNetworkPolicy of its name",
      ADMIN +
        clusterPolicyManifest(
          "no-smtp",
          "{tier: Admin, priority: 1, subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}",
        ),
      "cluster-network-policy",
    ],
    [
      "another that would have its name",
      BASELINE + ADMIN.replace("name: no-smtp", "name: default"),
      "cluster-network-policy",
    ],
  ] as const) {
    it(`does not replace ${what}`, async (t) => {
      const { exit, stdout, stderr } = await onManifests(t, ["convert", "--to", to], SHOP + manifests);
      assert.deepEqual([exit, stdout], [2, ""]);
      assert.match(stderr, /error PC150: .* cannot be converted: .* stand in the way of .* \(all\.yaml:\d+:1\)/);
    });
  }

  it("says that there is nothing to convert, and that no input is named", async (t) => {
    const nothing = await onManifests(t, ["convert"], namespaceManifest("shop"));
    assert.deepEqual([nothing.exit, nothing.stdout], [2, ""]);
    assert.match(nothing.stderr, /nothing in the input can be converted/);
    const other = await onManifests(t, ["convert", "--to", "cluster-network-policy"], SHOP);
    assert.equal(other.exit, 2);
    assert.match(other.stderr, /--to cluster-network-policy converts AdminNetworkPolicy and Baseline/);
    assert.equal((await command(["convert"])).exit, 2);
  });

  it("explains itself with --help", async () => {
    const { exit, stdout } = await command(["convert", "--help"]);
    assert.equal(exit, 0);
    for (const words of [/--to <language>/, /only one of them/, /every verdict/, /Exit codes:/]) {
      assert.match(stdout, words);
    }
    assert.doesNotMatch(stdout, /--assume|--pod-cidr/);
  });
});
