/** Default deny protects what has no policy yet: pods that come after it. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { trafficText } from "../../src/net/traffic-text.ts";
import { type Exposure, exposureOf } from "../../src/reach/exposure.ts";
import { sideText } from "../../src/reach/sides.ts";
import { COLOURS } from "./clusters.ts";
import { situationIn, type Written } from "./flows.ts";

function exposureIn(manifests: readonly string[], added?: string): Exposure {
  const written: Written = { cluster: COLOURS, manifests, ...(added === undefined ? {} : { added }) };
  return exposureOf(situationIn(written));
}

/** What passes between a new pod of the namespace and the pods and addresses that are there. */
function passing({ unlabelled }: Exposure, namespace: string): readonly string[] {
  return unlabelled.connections
    .map(({ from, to, traffic }) => `${sideText(from)} -> ${sideText(to)} ${trafficText(traffic)}`)
    .filter((text) => text.includes(`${namespace}/pod/NEW`));
}

const DENY_INGRESS = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: default-deny, namespace: default}
spec: {podSelector: {}, policyTypes: [Ingress]}
`;

describe("a pod that has no policy yet (S2-11)", () => {
  it("talks to everybody where its namespace has no default deny", () => {
    const [out, into] = passing(exposureIn([]), "policy-demo");
    assert.equal(out, "policy-demo/pod/NEW -> all pods and addresses all");
    assert.match(into ?? "", /default\/pod\/blue, .* -> .*policy-demo\/pod\/NEW all$/);
  });

  it("neither reaches anything nor is reached where its namespace denies by default", () => {
    const exposure = exposureIn(["S2-M5-repaired"]);
    assert.deepEqual(passing(exposure, "policy-demo"), []);
    assert.notDeepEqual(passing(exposure, "elsewhere"), []);
  });

  it("gets with labels what the rules give those, in the namespace they mean", () => {
    const { openings } = exposureIn(["S2-M1-repaired"], DENY_INGRESS);
    const into = (workload: string): readonly string[] =>
      openings
        .filter(({ direction, workloads }) => direction === "ingress" && workloads.includes(workload))
        .map(({ pods, traffic }) => `${pods}: ${trafficText(traffic)}`);
    assert.deepEqual(into("default/pod/blue"), ["any pod with color=red in namespace default: TCP 80"]);
    assert.deepEqual(into("default/pod/green"), []);
    assert.deepEqual(into("elsewhere/pod/pod"), ["any pod at all: all"]);
  });
});
