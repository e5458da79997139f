import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  calicoManifest,
  CILIUM,
  clusterPolicyManifest,
  command,
  folderOf,
  namespaceManifest,
  nodeManifest,
  onManifests,
  podManifest,
  policyManifest,
  serviceManifest,
  SHOP,
} from "./command.fixture.ts";

describe("portcullis why", () => {
  it("tells who admits an allowed flow, with file and line, and exits with 0", async (t) => {
    const { exit, stdout } = await onManifests(t, ["why", "shop/web", "shop/db:5432"], SHOP);
    assert.equal(
      stdout,
      `ALLOWED  shop/pod/web -> shop/pod/db  TCP 5432
  out of web   open       no policy isolates egress
  into db      admitted   by shop/db-allow spec.ingress[0].from[0] (all.yaml:31)
`,
    );
    assert.equal(exit, 0);
  });

  it("tells who isolates, what came near and what to change for a denied flow, and exits with 1", async (t) => {
    const { exit, stdout } = await onManifests(t, ["why", "shop/web", "shop/db:80"], SHOP);
    assert.equal(
      stdout,
      `DENIED  shop/pod/web -> shop/pod/db  TCP 80
  out of web     open       no policy isolates egress
  into db        isolated   by shop/db-allow (all.yaml:23)
                            no rule admits shop/pod/web with TCP 80
  nearest miss   shop/db-allow spec.ingress[0].ports[0] wants TCP 5432 (all.yaml:33)
                 TCP 80
  fix            add {protocol: TCP, port: 80} to the ports of spec.ingress[0] (all.yaml:30)
`,
    );
    assert.equal(exit, 1);
  });

  it("writes the missing rule where no rule comes near", async (t) => {
    const manifests = SHOP + policyManifest("deny", "{podSelector: {matchLabels: {app: web}}, policyTypes: [Ingress]}");
    const { exit, stdout } = await onManifests(t, ["why", "shop/db", "shop/web:80"], manifests);
    assert.match(stdout, /^DENIED/);
    assert.match(
      stdout,
      /fix +write a rule in a policy that selects shop\/pod\/web:\n +ingress: \[\{from: \[\{podSelector/,
    );
    assert.equal(exit, 1);
  });

  it("splits what differs into cases and tells the first that is not allowed", async (t) => {
    const { exit, stdout } = await onManifests(t, ["why", "shop/web", "shop/db"], SHOP);
    assert.match(stdout, /^PARTIAL {2}shop\/pod\/web -> shop\/pod\/db {2}ICMP, TCP, UDP, SCTP\n/);
    assert.match(stdout, /\n {2}ALLOWED {2}shop\/pod\/web -> shop\/pod\/db {2}TCP 5432\n/);
    assert.match(stdout, /\n {2}DENIED {3}.*TCP 0-5431,5433-65535.* policy ingress: isolated by shop\/db-allow\n/);
    assert.match(stdout, /for example DENIED shop\/pod\/web -> shop\/pod\/db {2}TCP 80\n/);
    assert.equal(exit, 1);
  });

  it("follows a Service to the port behind it", async (t) => {
    const { exit, stdout } = await onManifests(t, ["why", "shop/web", "shop/svc/db:5000"], SHOP);
    assert.match(stdout, /^ALLOWED {2}shop\/pod\/web -> shop\/svc\/db {2}TCP 5000\n/);
    assert.match(
      stdout,
      /service +rewrites +shop\/svc\/db sends TCP 5000 to shop\/pod\/db TCP 5432; .*EndpointSlices \(all\.yaml:\d+\)/,
    );
    assert.equal(exit, 0);
  });

  it("has no route to a Service without endpoints, and exits with 1", async (t) => {
    const manifests = SHOP + serviceManifest("void", "{selector: {app: none}, ports: [{port: 80}]}");
    const { exit, stdout } = await onManifests(t, ["why", "shop/web", "shop/svc/void:80"], manifests);
    assert.equal(
      stdout,
      "NO ROUTE  shop/pod/web -> shop/svc/void  TCP 80\n  no route   shop/svc/void has no endpoints\n",
    );
    assert.equal(exit, 1);
  });

  it("is denied, not partial, where one port of a Service is denied and another leads nowhere", async (t) => {
    const manifests =
      SHOP +
      serviceManifest(
        "mixed",
        "{selector: {app: db}, ports: [{name: a, port: 80}, {name: b, port: 81, targetPort: none}]}",
      );
    const { exit, stdout } = await onManifests(t, ["why", "shop/web", "shop/svc/mixed"], manifests);
    assert.match(stdout, /^DENIED/);
    assert.match(stdout, /\n {2}NO ROUTE {2}shop\/pod\/web {2,}TCP 81 +shop\/svc\/mixed wants port "none"/);
    assert.equal(exit, 1);
  });

  it("is undecided where a Cilium policy could matter, names it with its file, and exits with 3", async (t) => {
    const { exit, stdout, stderr } = await onManifests(t, ["why", "shop/web", "shop/db:5432"], SHOP + CILIUM);
    assert.match(stdout, /^UNDECIDED/);
    assert.match(
      stdout,
      /not known: what CiliumNetworkPolicy shop\/l7 \(all\.yaml:35\) does, which Portcullis does not model\n/,
    );
    assert.match(stdout, /to decide +leave it out of the input/);
    assert.match(stderr, /all\.yaml:\d+:\d+: warning PC121: CiliumNetworkPolicy shop\/l7/);
    assert.equal(exit, 3);
  });

  it("names the label of a namespace that is missing, and the assumption that would decide", async (t) => {
    const manifests =
      podManifest({ namespace: "other", name: "a", labels: "app: a", addresses: ["10.0.0.9"] }) +
      SHOP +
      policyManifest(
        "web-allow",
        "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{namespaceSelector: {matchLabels: {team: x}}}]}]}",
      );
    const { exit, stdout } = await onManifests(t, ["why", "other/a", "shop/web:80"], manifests);
    assert.match(stdout, /not known: label team of namespace other, which is not in the input/);
    assert.match(
      stdout,
      /to decide +add the Namespace other to the input, or use --assume unlisted-namespace-labels=none/,
    );
    assert.equal(exit, 3);

    const assumed = ["--assume", "unlisted-namespace-labels=none"];
    const denied = await onManifests(t, ["why", "other/a", "shop/web:80", ...assumed], manifests);
    assert.match(denied.stdout, /^DENIED/);
    assert.match(
      denied.stdout,
      /assumed +unlisted-namespace-labels=none .*switch with --assume unlisted-namespace-labels=unknown/,
    );
    assert.equal(denied.exit, 1);
  });

  it("refuses input that cannot be read and gives no answer", async (t) => {
    const { exit, stdout, stderr } = await onManifests(t, ["why", "shop/web", "shop/db:5432"], `${SHOP}---\nkind: [\n`);
    assert.equal(stdout, "");
    assert.match(stderr, /all\.yaml:\d+:\d+: error PC101/);
    assert.match(stderr, /1 error in the input, so there is no answer\. Repair them, or use --skip-unreadable/);
    assert.equal(exit, 2);
  });

  it("answers with --skip-unreadable, undecided because of what it could not read", async (t) => {
    const args = ["why", "shop/web", "shop/db:5432", "--skip-unreadable"];
    const { exit, stdout } = await onManifests(t, args, `${SHOP}---\nkind: [\n`);
    assert.match(stdout, /^UNDECIDED/);
    assert.match(stdout, /which could not be read/);
    assert.equal(exit, 3);
  });

  it("groups the pods of a workload, and takes them apart where policy does", async (t) => {
    const pod = (i: number, role: string): string =>
      podManifest({ name: `db-${i}`, labels: `app: db, role: ${role}`, addresses: [`10.0.1.${i}`], owner: "db" });
    const manifests =
      namespaceManifest("shop") +
      podManifest({ name: "web", labels: "app: web", addresses: ["10.0.0.1"] }) +
      pod(1, "primary") +
      pod(2, "replica") +
      pod(3, "replica") +
      policyManifest("primary", "{podSelector: {matchLabels: {role: primary}}, policyTypes: [Ingress]}");
    const split = await onManifests(t, ["why", "shop/web", "shop/db:5432"], manifests);
    assert.match(split.stdout, /\n {2}ALLOWED {2}shop\/pod\/web -> shop\/pod\/db-2, shop\/pod\/db-3 {2}TCP 5432\n/);
    assert.match(
      split.stdout,
      /\n {2}DENIED {3}shop\/pod\/web -> shop\/pod\/db-1 {15,}TCP 5432 {2}policy ingress: isolated by shop\/primary\n/,
    );
    assert.equal(split.exit, 1);
    const back = await onManifests(t, ["why", "shop/db", "shop/web:80", "-o", "json"], manifests);
    assert.deepEqual(JSON.parse(back.stdout).cases[0].from, ["shop/sts/db"]);
    assert.equal(back.exit, 0);
  });

  it("tells what the pods of a workload may do among themselves in one line", async (t) => {
    const pods = [1, 2, 3].map((i) =>
      podManifest({ name: `db-${i}`, labels: "app: db", addresses: [`10.0.1.${i}`], owner: "db" }),
    );
    const manifests =
      namespaceManifest("shop") +
      pods.join("") +
      policyManifest("db", "{podSelector: {}, ingress: [{ports: [{port: 80}]}]}");
    const { stdout, exit } = await onManifests(t, ["why", "shop/db", "shop/db:80-81"], manifests);
    assert.match(
      stdout,
      /^PARTIAL .*\n {2}ALLOWED {2}shop\/sts\/db -> shop\/sts\/db {2}TCP 80\n {2}DENIED {3}shop\/sts\/db -> shop\/sts\/db {2}TCP 81 .*\n\n/,
    );
    assert.equal(exit, 1);
  });

  it("tells the families apart where they differ", async (t) => {
    const manifests =
      namespaceManifest("shop") +
      podManifest({ name: "web", labels: "app: web", addresses: ["10.0.0.1", "fd00::1"] }) +
      podManifest({ name: "db", labels: "app: db", addresses: ["10.0.0.2", "fd00::2"] }) +
      policyManifest(
        "v4",
        "{podSelector: {matchLabels: {app: db}}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}",
      );
    const { stdout, exit } = await onManifests(t, ["why", "shop/web", "shop/db:80"], manifests);
    assert.match(stdout, /ALLOWED .* TCP 80 \(IPv4\)\n/);
    assert.match(stdout, /DENIED .* TCP 80 \(IPv6\) /);
    assert.match(stdout, /assumed +cidr-matches-pods=yes/);
    assert.equal(exit, 1);
  });

  it("cuts a block where rules do", async (t) => {
    const manifests =
      SHOP +
      policyManifest(
        "in",
        "{podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 192.168.0.0/16}}]}]}",
      );
    const { stdout, exit } = await onManifests(t, ["why", "192.168.0.0/15", "shop/web:80"], manifests);
    assert.match(stdout, /ALLOWED {2}192\.168\.0\.0\/16 -> shop\/pod\/web {2}TCP 80\n/);
    assert.match(
      stdout,
      /DENIED {3}192\.169\.0\.0\/16 -> shop\/pod\/web {2}TCP 80 {2}policy ingress: isolated by shop\/in\n/,
    );
    assert.equal(exit, 1);
  });

  it("tells an example with one address where many ranges are asked for", async (t) => {
    const manifests = SHOP + policyManifest("deny", "{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress]}");
    const { stdout } = await onManifests(t, ["why", "shop/web", "internet:443"], manifests);
    assert.match(stdout, /^DENIED {2}shop\/pod\/web -> internet {2}TCP 443\n/);
    assert.match(stdout, /no rule admits 1\.0\.0\.1 with TCP 443\n/);
    assert.match(stdout, /egress: \[\{to: \[\{ipBlock: \{cidr: 1\.0\.0\.1\/32\}\}\]/);
    const json = await onManifests(t, ["why", "shop/web", "200.0.0.0/5:443", "-o", "json"], manifests);
    assert.equal(JSON.parse(json.stdout).witness.to, "203.0.113.1");
  });

  it("says which fix is for which stage where both sides deny", async (t) => {
    const manifests = SHOP + policyManifest("deny", "{podSelector: {matchLabels: {app: web}}, policyTypes: [Egress]}");
    const { stdout } = await onManifests(t, ["why", "shop/web", "shop/db:80"], manifests);
    assert.match(stdout, /\n {2}fix out of web +write a rule in a policy that selects shop\/pod\/web:\n/);
    assert.match(stdout, /\n {2}fix into db +add \{protocol: TCP, port: 80\}/);
  });

  it("says why a stage is not asked", async (t) => {
    const self = await onManifests(t, ["why", "shop/db", "shop/db:80"], SHOP);
    assert.match(self.stdout, /^ALLOWED/);
    assert.match(self.stdout, /into db +not asked +a pod always reaches itself by its own address\n/);
    const outside = await onManifests(t, ["why", "203.0.113.7", "shop/web:80"], SHOP);
    assert.match(outside.stdout, /out of 203\.0\.113\.7 +not asked +the source is not a pod\n/);
  });

  it("answers for one source port only with --source-port", async (t) => {
    const { stdout } = await onManifests(t, ["why", "shop/web", "shop/db:5432", "--source-port", "53"], SHOP);
    assert.match(stdout, /^ALLOWED {2}shop\/pod\/web -> shop\/pod\/db {2}TCP 5432 from 53\n/);
  });

  it("names no text that could drive a terminal, wherever it comes from", async (t) => {
    const folder = folderOf(t, { "evil\u001b[31m\u202e.yaml": SHOP });
    const { stdout } = await command(["why", "shop/web", "shop/db:80", folder]);
    assert.match(stdout, /evil\\x1b\[31m\\u\{202e\}\.yaml:23\)/);
    assert.doesNotMatch(stdout, /\p{Cf}|[^\P{Cc}\n]/u);
  });

  it("prints the same bytes each time", async (t) => {
    const folder = folderOf(t, { "all.yaml": SHOP });
    const args = ["why", "internet", "shop/db", folder, "-o", "json"];
    assert.equal((await command(args)).stdout, (await command(args)).stdout);
  });
});

describe("portcullis why, with policies of several tiers,", () => {
  const first = calicoManifest("Tier", "first", "{order: 1, defaultAction: Pass}");

  it("tells what rules did before the decision", async (t) => {
    const watch = calicoManifest(
      "GlobalNetworkPolicy",
      "first.watch",
      "{tier: first, ingress: [{action: Log}, {action: Pass, protocol: TCP}]}",
    );
    const tcp = await onManifests(t, ["why", "shop/web", "shop/db:5432"], SHOP + first + watch);
    assert.match(
      tcp.stdout,
      /into db +admitted +logged by first\.watch spec\.ingress\[0\] in tier first \(all\.yaml:\d+\)\n +passed on by first\.watch spec\.ingress\[1\] in tier first .*\n +by shop\/db-allow/,
    );
    assert.equal(tcp.exit, 0);
    const icmp = await onManifests(t, ["why", "shop/db", "shop/web:/icmp.8"], SHOP + first + watch);
    assert.match(icmp.stdout, /tier first has nothing to say: first\.watch\n +no policy isolates ingress\n/);
  });

  it("advises no NetworkPolicy against the denial of another tier", async (t) => {
    const strict = calicoManifest("Tier", "strict", "{order: 1}");
    const nobody = calicoManifest("GlobalNetworkPolicy", "strict.nobody", "{tier: strict, types: [Ingress]}");
    const { stdout } = await onManifests(t, ["why", "shop/web", "shop/db:5432"], SHOP + strict + nobody);
    assert.match(stdout, /fix +write a rule that allows it in a policy of tier strict that selects shop\/pod\/db\n/);
    const json = await onManifests(t, ["why", "shop/web", "shop/db:5432", "-o", "json"], SHOP + strict + nobody);
    assert.equal(JSON.parse(json.stdout).stages[1].missingRule, undefined);
  });

  it("names the rule that refuses", async (t) => {
    const refuse = calicoManifest(
      "NetworkPolicy",
      "refuse",
      "{selector: app == 'db', order: 1, ingress: [{action: Deny}]}",
    );
    const { stdout, exit } = await onManifests(t, ["why", "shop/web", "shop/db:5432"], SHOP + refuse);
    assert.match(stdout, /into db +refused +by shop\/refuse spec\.ingress\[0\] \(all\.yaml:\d+\)\n$/);
    assert.equal(exit, 1);
  });

  it("is undecided where two of one priority disagree, and says how to decide", async (t) => {
    const cluster = (name: string, action: string): string =>
      clusterPolicyManifest(
        name,
        `{tier: Admin, priority: 7, subject: {namespaces: {}}, ingress: [{action: ${action}, from: [{namespaces: {}}]}]}`,
      );
    const manifests = SHOP + cluster("a", "Deny") + cluster("b", "Accept");
    const open = await onManifests(t, ["why", "shop/db", "shop/web:80"], manifests);
    assert.match(
      open.stdout,
      /not known: which of a and b comes first, all with priority 7 \(all\.yaml:\d+, all\.yaml:\d+\)/,
    );
    assert.match(open.stdout, /to decide +give them different priorities, or use --assume equal-priority=by-name/);
    assert.equal(open.exit, 3);
    const byName = ["--assume", "equal-priority=by-name"];
    const decided = await onManifests(t, ["why", "shop/db", "shop/web:80", ...byName], manifests);
    assert.match(decided.stdout, /^DENIED/);
    assert.match(decided.stdout, /assumed +equal-priority=by-name .*switch with --assume equal-priority=contest/);
  });

  it("says that a pod does not reach its own node in the profile calico", async (t) => {
    const manifests = SHOP + nodeManifest("worker-1", "192.168.0.1");
    const { stdout, exit } = await onManifests(
      t,
      ["why", "shop/web", "node/worker-1:80", "--profile", "calico"],
      manifests,
    );
    assert.match(stdout, /\n {2}own node +dropped +what a pod sends to its own node is dropped\n/);
    assert.match(stdout, /assumed +pod-to-own-node=drop .*switch with --assume pod-to-own-node=allow\|judge/);
    assert.equal(exit, 1);
    assert.equal((await onManifests(t, ["why", "shop/web", "node/worker-1:80"], manifests)).exit, 0);
  });
});

describe("portcullis why about many", () => {
  const replicas = Array.from({ length: 30 }, (_, i) =>
    podManifest({ name: `api-${i}`, labels: "app: api", addresses: [`10.1.0.${i + 1}`], owner: "api" }),
  ).join("");
  const many = SHOP + replicas;

  it("takes all pods of a namespace, and everybody", async (t) => {
    const { exit, stdout } = await onManifests(t, ["why", "shop/*", "shop/db:5432"], SHOP);
    assert.match(stdout, /^ALLOWED {2}shop\/\* -> shop\/pod\/db {2}TCP 5432\n/);
    assert.equal(exit, 0);
    const everybody = await onManifests(t, ["why", "*", "shop/db:5432"], SHOP);
    assert.match(
      everybody.stdout,
      /^PARTIAL {2}\* -> shop\/pod\/db {2}TCP 5432\n {2}ALLOWED +shop\/pod\/web -> shop\/pod\/db/,
    );
    assert.match(everybody.stdout, /\n {2}DENIED +0\.0\.0\.0-10\.0\.0\.0, \S+ -> shop\/pod\/db/);
    assert.equal(everybody.exit, 1);
  });

  it("answers for workloads of many pods in the lines that one pod would have", async (t) => {
    const { stdout } = await onManifests(t, ["why", "shop/api", "shop/*:5432"], many);
    assert.match(stdout, /\n {2}ALLOWED +shop\/sts\/api -> shop\/pod\/web, shop\/sts\/api +TCP 5432\n/);
    assert.match(stdout, /\n {2}DENIED +shop\/sts\/api -> shop\/pod\/db +TCP 5432/);
    assert.match(stdout, /\n {2}for example DENIED shop\/pod\/api-0 -> shop\/pod\/db/);
  });

  it("says how many lines it leaves out, which are all in JSON", async (t) => {
    const policies = Array.from({ length: 20 }, (_, i) =>
      policyManifest(`p${i}`, `{podSelector: {matchLabels: {app: a${i}}}, ingress: [{ports: [{port: ${i + 1}}]}]}`),
    ).join("");
    const pods = Array.from({ length: 20 }, (_, i) =>
      podManifest({ name: `a${i}`, labels: `app: a${i}`, addresses: [`10.2.0.${i + 1}`] }),
    ).join("");
    const all = namespaceManifest("shop") + policies + pods;
    const { stdout } = await onManifests(t, ["why", "8.8.8.8", "shop/*"], all);
    assert.match(stdout, /\n {2}and 8 more ALLOWED, 8 more DENIED: -o json has all of them\n/);
    const json = await onManifests(t, ["why", "8.8.8.8", "shop/*", "-o", "json"], all);
    assert.equal(JSON.parse(json.stdout).cases.length, 40);
  });

  it("names the namespaces there are where one is not", async (t) => {
    const { exit, stderr } = await onManifests(t, ["why", "nowhere/*", "shop/db"], SHOP);
    assert.match(stderr, /FROM: no pods of namespace nowhere are in the input\n {2}there are shop\/\*/);
    assert.equal(exit, 2);
  });
});

describe("the ends of portcullis why", () => {
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [["shop/web:80", "shop/db"], /FROM takes no port.*\n.*--source-port/],
    [["shop/web", "policies/"], /TO: "policies\/" is not an end of a flow\n.*paths come after FROM and TO/],
    [["shop/web", "shop/db:http/tcp/x"], /TO: ":http\/tcp\/x" is not a port and protocol\n {2}write :80/],
    [["shop/web", "shop/db:70000"], /TO: port 70000 is above 65535/],
    [["shop/web", "shop/db:9-8"], /TO: the port range 9-8 is reversed\n {2}write 8-9/],
    [["shop/web", "shop/db:80/foo"], /TO: "foo" is not a protocol/],
    [["10.0.0.300", "shop/db"], /FROM: "10\.0\.0\.300" is not an address/],
    [["shop/ingress/web", "shop/db"], /FROM: "ingress" is not a kind that bears addresses\n {2}use pod, deploy/],
    [["shop/wbe", "shop/db"], /FROM: there is no shop\/wbe in the input\n {2}did you mean shop\/pod\/web/],
    [["shop/web", "node/x"], /TO: there is no node\/x in the input/],
    [["shop/web", "shop/db", "--source-port", "x"], /--source-port: "x" is not a port/],
    [["shop/web", "shop/db", "--assume", "x=y"], /there is no assumption "x".*\n.*cidr-matches-pods=yes\|no/],
    [["shop/web", "shop/db", "--assume", "cidr-matches-pods"], /gives no value\n.*cidr-matches-pods=yes\|no/],
    [["shop/web", "shop/db", "--assume", "cidr-matches-pods=maybe"], /"maybe" is no value of cidr-matches-pods/],
    [["shop/web", "shop/db", "--pod-cidr", "10.0.0.0"], /--pod-cidr: "10\.0\.0\.0" is not a CIDR/],
    [["shop/web", "shop/db", "--pod-cidr", "10.0.0.1/8"], /--pod-cidr: .*\n {2}write 10\.0\.0\.0\/8/],
  ];
  for (const [args, error] of cases) {
    it(`explains what is wrong with ${args.join(" ")}, and exits with 2`, async (t) => {
      const { exit, stdout, stderr } = await onManifests(t, ["why", ...args], SHOP);
      assert.match(stderr, error);
      assert.equal(stdout, "");
      assert.equal(exit, 2);
    });
  }
});
