import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readText } from "../../../resources/read.ts";
import { findingText } from "../../../source/finding.ts";
import type { Manifest, Raised } from "../../manifest.ts";
import { raiseElderPolicy } from "./raise.ts";

function raisedOf(kind: string, spec: string): Raised {
  const name = kind === "AdminNetworkPolicy" ? "p" : "default";
  const text = `apiVersion: policy.networking.k8s.io/v1alpha1\nkind: ${kind}\nmetadata: {name: ${name}, labels: {a: b}}\nspec: ${spec}\n`;
  const { resources, findings } = readText("p.yaml", text, { validation: "strict", namespace: undefined });
  const errors = findings.filter(({ severity }) => severity === "error");
  assert.deepEqual(errors.map(findingText), []);
  const [policy] = resources;
  assert.ok(policy?.kind === "AdminNetworkPolicy" || policy?.kind === "BaselineAdminNetworkPolicy");
  return raiseElderPolicy(policy);
}

function manifestOf(kind: string, spec: string): Manifest {
  const raised = raisedOf(kind, spec);
  assert.ok("manifest" in raised, JSON.stringify(raised));
  return raised.manifest;
}

function egressOf(rules: string): unknown {
  return manifestOf("AdminNetworkPolicy", `{priority: 1, subject: {namespaces: {}}, egress: ${rules}}`).spec["egress"];
}

function refusalsOf(spec: string): string {
  const raised = raisedOf("AdminNetworkPolicy", spec);
  assert.ok("refusals" in raised, JSON.stringify(raised));
  return raised.refusals.map(({ message }) => message).join("\n");
}

function repeated(count: number, item: string): string {
  return Array.from({ length: count }, () => item).join(", ");
}

describe("a policy of v1alpha1 as ClusterNetworkPolicy", () => {
  it("AdminNetworkPolicy stands in the Admin tier with its priority, and accepts what it allowed", () => {
    const spec =
      "{priority: 7, subject: {pods: {namespaceSelector: {}, podSelector: {matchLabels: {app: a}}}}, ingress: [{name: r, action: Allow, from: [{namespaces: {matchExpressions: [{key: env, operator: Exists}]}}]}]}";
    assert.deepEqual(manifestOf("AdminNetworkPolicy", spec), {
      apiVersion: "policy.networking.k8s.io/v1alpha2",
      kind: "ClusterNetworkPolicy",
      metadata: { name: "p", labels: { a: "b" } },
      spec: {
        tier: "Admin",
        priority: 7,
        subject: { pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: "a" } } } },
        ingress: [
          {
            name: "r",
            action: "Accept",
            from: [{ namespaces: { matchExpressions: [{ key: "env", operator: "Exists" }] } }],
          },
        ],
      },
    });
  });

  it("BaselineAdminNetworkPolicy stands in the Baseline tier at the last priority", () => {
    const spec = "{subject: {namespaces: {}}, ingress: [{action: Deny, from: [{namespaces: {}}]}]}";
    const { metadata, spec: raised } = manifestOf("BaselineAdminNetworkPolicy", spec);
    assert.equal(metadata.name, "default");
    assert.deepEqual([raised["tier"], raised["priority"]], ["Baseline", 1000]);
  });

  it("ports become protocols, a range of protocol TCP where none is said", () => {
    const ports =
      "[{portNumber: {protocol: UDP, port: 53}}, {portRange: {start: 80, end: 90}}, {portNumber: {protocol: SCTP, port: 1}}, {namedPort: web}]";
    assert.deepEqual(egressOf(`[{action: Pass, to: [{namespaces: {}}], ports: ${ports}}]`), [
      {
        action: "Pass",
        to: [{ namespaces: {} }],
        protocols: [
          { udp: { destinationPort: { number: 53 } } },
          { tcp: { destinationPort: { range: { start: 80, end: 90 } } } },
          { sctp: { destinationPort: { number: 1 } } },
          { destinationNamedPort: "web" },
        ],
      },
    ]);
  });

  it("networks lose host bits, which v1alpha2 refuses, and nodes and domain names stay", () => {
    const to = "[{networks: [10.0.0.1/8, 10.0.0.0/8]}, {nodes: {matchLabels: {a: b}}}, {domainNames: [a.example.com]}]";
    assert.deepEqual(egressOf(`[{action: Allow, to: ${to}}]`), [
      {
        action: "Accept",
        to: [{ networks: ["10.0.0.0/8"] }, { nodes: { matchLabels: { a: "b" } } }, { domainNames: ["a.example.com"] }],
      },
    ]);
  });

  it("rules with more than 25 peers or ports are several in a row", () => {
    const ports = repeated(26, "{portNumber: {protocol: TCP, port: 80}}");
    const rules = egressOf(`[{action: Deny, to: [${repeated(51, "{namespaces: {}}")}], ports: [${ports}]}]`);
    assert.ok(Array.isArray(rules));
    assert.deepEqual(
      rules.map(({ action, to, protocols }) => [action, to.length, protocols.length]),
      [
        ["Deny", 25, 25],
        ["Deny", 25, 1],
        ["Deny", 25, 25],
        ["Deny", 25, 1],
        ["Deny", 1, 25],
        ["Deny", 1, 1],
      ],
    );
  });

  it("more than 25 rules in a direction have no form there", () => {
    const rules = repeated(26, "{action: Deny, to: [{namespaces: {}}]}");
    assert.match(
      refusalsOf(`{priority: 1, subject: {namespaces: {}}, egress: [${rules}]}`),
      /^AdminNetworkPolicy p has no exact form in ClusterNetworkPolicy: spec\.egress: it needs 26 rules, and ClusterNetworkPolicy takes 25/,
    );
  });

  it("fields of an API that is not known have no form there", () => {
    const rules = "[{action: Deny, to: [{galaxies: {}}]}, {action: Deny, to: [{namespaces: {}}], ports: [{quic: {}}]}]";
    const refusals = refusalsOf(`{priority: 1, subject: {namespaces: {}}, egress: ${rules}}`);
    assert.match(
      refusals,
      /spec\.egress\[0\]\.to\[0\]: a field that is not known here.*\n.*spec\.egress\[1\]\.ports\[0\]: /,
    );
  });
});
