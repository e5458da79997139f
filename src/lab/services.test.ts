/** The founding document on Services in rules, decided by real packets. */
import { describe, it } from "node:test";
import { assertFlows, type Flow } from "./flows.fixture.ts";
import { up } from "./lab.ts";
import { serviceManifest, sliceManifest } from "./services.fixture.ts";
import { namespaceManifest, podManifest, situationFrom } from "./shop.fixture.ts";
import { inLab, realized, reasonToSkip, testLabName } from "./standing.fixture.ts";
import { reload } from "./standing.ts";
import { planLab } from "./topology.ts";

/** Two pods in each namespace that the document names, on two nodes, and the Services it speaks of. */
const CLUSTER = [
  ...["my-app", "frontend", "backend", "other", "kube-system"].map((name) => namespaceManifest(name)),
  podManifest({ namespace: "my-app", name: "x", node: "one", addresses: ["10.1.0.2"] }),
  podManifest({ namespace: "my-app", name: "z", node: "two", addresses: ["10.2.0.2"] }),
  podManifest({ namespace: "frontend", name: "f", node: "one", addresses: ["10.1.0.3"] }),
  podManifest({ namespace: "frontend", name: "g", node: "two", addresses: ["10.2.0.3"] }),
  podManifest({ namespace: "backend", name: "b", node: "two", addresses: ["10.2.0.4"] }),
  podManifest({ namespace: "other", name: "w", node: "two", addresses: ["10.2.0.5"] }),
  podManifest({ namespace: "kube-system", name: "coredns", node: "one", addresses: ["10.1.0.6"] }),
  serviceManifest("default", "kubernetes", "clusterIP: 10.96.0.1, ports: [{name: https, port: 443, targetPort: 6443}]"),
  sliceManifest("default", "kubernetes", "[{name: https, port: 6443}]", ["192.168.49.201"]),
  serviceManifest(
    "kube-system",
    "kube-dns",
    "clusterIP: 10.96.0.10, selector: {app: coredns}, ports: [{name: dns, port: 53, protocol: UDP}, {name: dns-tcp, port: 53}, {name: metrics, port: 9153}]",
  ),
  serviceManifest("frontend", "frontend-service", "selector: {app: f}, ports: [{port: 80}]"),
].join("");

const ALLOW_API_ACCESS = `---
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-api-access
  namespace: my-app
spec:
  selector: all()
  egress:
    - action: Allow
      destination:
        services:
          name: kubernetes
          namespace: default
`;

const ALLOW_KUBE_DNS = `---
apiVersion: projectcalico.org/v3
kind: GlobalNetworkPolicy
metadata:
  name: allow-kube-dns
spec:
  selector: all()
  egress:
    - action: Allow
      destination:
        services:
          name: kube-dns
          namespace: kube-system
`;

const ALLOW_FRONTEND = `---
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-frontend-service-access
  namespace: backend
spec:
  selector: all()
  ingress:
    - action: Allow
      source:
        services:
          name: frontend-service
          namespace: frontend
`;

const ALLOW_FRONTEND_TO_80 = `---
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata:
  name: allow-frontend-service-access
  namespace: backend
spec:
  selector: all()
  ingress:
    - action: Allow
      protocol: TCP
      source:
        services:
          name: frontend-service
          namespace: frontend
      destination:
        ports: [80]
`;

const API = "192.168.49.201";

const TABLES: readonly (readonly [claim: string, policy: string, flows: readonly Flow[]])[] = [
  [
    "pods that may use the Kubernetes API reach its endpoint at its port, through the Service too, and nothing else",
    ALLOW_API_ACCESS,
    [
      ["my-app/pod/x", API, "tcp/6443", "allowed"],
      ["my-app/pod/x", "default/svc/kubernetes", "tcp/443", "allowed"],
      ["my-app/pod/z", "default/svc/kubernetes", "tcp/443", "allowed"],
      ["my-app/pod/x", API, "tcp/443", "denied"],
      ["my-app/pod/x", API, "udp/6443", "denied"],
      ["my-app/pod/x", API, "icmp", "denied"],
      ["my-app/pod/x", "kube-system/svc/kube-dns", "udp/53", "denied"],
      ["my-app/pod/x", "kube-system/svc/kube-dns", "tcp/53", "denied"],
      ["my-app/pod/x", "kube-system/pod/coredns", "udp/53", "denied"],
      ["my-app/pod/x", "other/pod/w", "tcp/80", "denied"],
      ["other/pod/w", "my-app/pod/x", "tcp/80", "allowed"],
      ["other/pod/w", "kube-system/svc/kube-dns", "udp/53", "allowed"],
      ["other/pod/w", "default/svc/kubernetes", "tcp/443", "allowed"],
      ["other/pod/w", "frontend/pod/f", "tcp/80", "allowed"],
      ["my-app/pod/x", "default/svc/kubernetes", "tcp/6443", "no-route"],
    ],
  ],
  [
    "the rule against the same Service with Deny turns the answer round",
    ALLOW_API_ACCESS.replace("action: Allow", "action: Deny") + "    - action: Allow\n",
    [
      ["my-app/pod/x", API, "tcp/6443", "denied"],
      ["my-app/pod/x", "default/svc/kubernetes", "tcp/443", "denied"],
      ["my-app/pod/x", API, "tcp/443", "allowed"],
      ["my-app/pod/x", "kube-system/svc/kube-dns", "udp/53", "allowed"],
    ],
  ],
  [
    "pods of the whole cluster reach kube-dns at every port of it and nothing else",
    ALLOW_KUBE_DNS,
    [
      ["my-app/pod/x", "kube-system/pod/coredns", "udp/53", "allowed"],
      ["my-app/pod/x", "kube-system/svc/kube-dns", "udp/53", "allowed"],
      ["my-app/pod/z", "kube-system/svc/kube-dns", "tcp/53", "allowed"],
      ["other/pod/w", "kube-system/svc/kube-dns", "tcp/9153", "allowed"],
      ["my-app/pod/x", "kube-system/pod/coredns", "tcp/80", "denied"],
      ["my-app/pod/x", "my-app/pod/z", "tcp/80", "denied"],
      ["my-app/pod/x", "default/svc/kubernetes", "tcp/443", "denied"],
      ["kube-system/pod/coredns", API, "tcp/6443", "denied"],
      ["node/one", "my-app/pod/z", "tcp/80", "allowed"],
    ],
  ],
  [
    "pods behind the frontend Service reach the backend at any port by any protocol, others do not",
    ALLOW_FRONTEND,
    [
      ["frontend/pod/f", "backend/pod/b", "tcp/80", "allowed"],
      ["frontend/pod/f", "backend/pod/b", "tcp/9999", "allowed"],
      ["frontend/pod/f", "backend/pod/b", "udp/9999", "allowed"],
      ["frontend/pod/f", "backend/pod/b", "icmp", "allowed"],
      ["frontend/pod/g", "backend/pod/b", "tcp/80", "denied"],
      ["frontend/pod/g", "backend/pod/b", "icmp", "denied"],
      ["other/pod/w", "backend/pod/b", "tcp/80", "denied"],
      ["backend/pod/b", "other/pod/w", "tcp/80", "allowed"],
    ],
  ],
  [
    "pods behind the frontend Service reach the backend at TCP port 80 alone where the rule names it",
    ALLOW_FRONTEND_TO_80,
    [
      ["frontend/pod/f", "backend/pod/b", "tcp/80", "allowed"],
      ["frontend/pod/f", "backend/pod/b", "udp/80", "denied"],
      ["frontend/pod/f", "backend/pod/b", "tcp/443", "denied"],
      ["frontend/pod/f", "backend/pod/b", "icmp", "denied"],
      ["frontend/pod/g", "backend/pod/b", "tcp/80", "denied"],
    ],
  ],
];

describe("Services in rules", { skip: reasonToSkip(), concurrency: false }, () => {
  for (const [claim, policy, flows] of TABLES) {
    it(claim, () => inLab(situationFrom(CLUSTER + policy), (plan) => assertFlows(plan, flows)));
  }

  it("follow the target port of the Service in a lab that stands, without an edit of the policy", async () => {
    const withPort = (port: number): string =>
      CLUSTER +
      serviceManifest("other", "api", `ports: [{name: http, port: 80, targetPort: ${port}}]`) +
      sliceManifest("other", "api", `[{name: http, port: ${port}}]`, ["10.2.0.5"]) +
      ALLOW_API_ACCESS.replace("name: kubernetes", "name: api").replace("namespace: default", "namespace: other");
    const name = testLabName();
    const [before, after] = [8080, 9090].map((port) => planLab(realized(situationFrom(withPort(port))), name));
    if (before === undefined || after === undefined) throw new Error("there are two plans");
    const table = (open: string, shut: string): readonly Flow[] => [
      ["my-app/pod/x", "other/pod/w", open, "allowed"],
      ["my-app/pod/x", "other/pod/w", shut, "denied"],
      ["my-app/pod/x", "other/svc/api", "tcp/80", "allowed"],
    ];
    const lab = await up(before);
    try {
      await assertFlows(before, table("tcp/8080", "tcp/9090"));
      await reload(after);
      await assertFlows(after, table("tcp/9090", "tcp/8080"));
    } finally {
      await lab.down();
    }
  });
});
