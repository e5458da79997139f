import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CILIUM, command, folderOf, onManifests, podManifest, SHOP } from "./command.fixture.ts";

describe("a command line", () => {
  it("prints its help on standard output and exits with 0", async () => {
    for (const args of [["--help"], ["why", "--help"], ["map", "-h"], ["lab", "run", "--help"], ["help", "enforce"]]) {
      const { exit, stdout, stderr } = await command(args);
      assert.match(stdout, /^Usage: portcullis/);
      assert.equal(stderr, "");
      assert.equal(exit, 0);
    }
  });

  it("prints the version of the package", async () => {
    const { exit, stdout } = await command(["--version"]);
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
    assert.equal(exit, 0);
  });

  it("exits with 2 for wrong usage, and suggests what was meant", async () => {
    for (const [args, error] of [
      [[], /^Usage/],
      [["wyh"], /Did you mean why\?/],
      [["map", "--asume", "x"], /Did you mean --assume\?/],
      [["map", "-o", "jsn", "x"], /Allowed choices are text, json, csv, markdown, mermaid, dot, svg/],
      [["map", "--profile", "cilium", "x"], /Allowed choices are kubernetes/],
      [["map", "--validate", "lax", "x"], /Allowed choices are strict, warn, ignore/],
      [["why", "a/b"], /missing required argument 'to'/],
      [["enforce", "x", "--print"], /it is not said which node this is/],
      [["map"], /no input is named\n {2}add files, folders, globs/],
    ] as const) {
      const { exit, stdout, stderr } = await command(args);
      assert.match(stderr, error);
      assert.equal(stdout, "");
      assert.equal(exit, 2);
    }
  });

  it("exits with 70 for a fault of its own, and says how to report it", async (t) => {
    const folder = folderOf(t, { "all.yaml": SHOP });
    const broken = {
      write: () => {
        throw new TypeError("broken on purpose");
      },
    };
    const plain = await command(["map", folder, "-n", "it's"], broken);
    assert.match(plain.stderr, /internal error: TypeError: broken on purpose\n.*report it/);
    assert.match(plain.stderr, new RegExp(String.raw`\n {2}portcullis map ${folder} -n 'it'\\''s'\n`));
    assert.doesNotMatch(plain.stderr, /\n {4}at /);
    assert.equal(plain.exit, 70);
    const debug = await command(["map", folder, "--debug"], broken);
    assert.match(debug.stderr, /\n {4}at /);
  });

  it("reads paths as arguments, with -f, and - from standard input", async (t) => {
    const folder = folderOf(t, { "all.yaml": SHOP });
    const plain = await command(["map", folder]);
    assert.deepEqual(await command(["map", "-R", "-f", `${folder}/all.yaml`]), plain);
    assert.deepEqual(await command(["map", "-"], { stdin: SHOP }), plain);
    assert.deepEqual(await command(["map", "-f", "-"], { stdin: SHOP }), plain);
  });

  it("puts objects and names without namespace into the one of -n", async (t) => {
    const pods = ["a", "b"].map((name, i) =>
      podManifest({ name, labels: `app: ${name}`, addresses: [`10.0.0.${i + 1}`] }),
    );
    const manifests = pods.join("").replaceAll("namespace: shop, ", "");
    const { exit, stdout } = await onManifests(t, ["why", "a", "b:80", "-n", "blue"], manifests);
    assert.match(stdout, /^ALLOWED {2}blue\/pod\/a -> blue\/pod\/b/);
    assert.equal(exit, 0);
  });

  it("has colours on a terminal and with FORCE_COLOR, and none with NO_COLOR", async (t) => {
    const colourful = async (surroundings: Parameters<typeof onManifests>[3]): Promise<boolean> =>
      (await onManifests(t, ["why", "shop/web", "shop/db:80"], SHOP, surroundings)).stdout.includes("\u001b[");
    assert.equal(await colourful({ isTerminal: true }), true);
    assert.equal(await colourful({ isTerminal: false }), false);
    assert.equal(await colourful({ env: { FORCE_COLOR: "1" } }), true);
    assert.equal(await colourful({ isTerminal: true, env: { NO_COLOR: "1" } }), false);
    assert.equal(await colourful({ isTerminal: true, env: { TERM: "dumb" } }), false);
  });

  it("counts kinds that cannot filter packets in one line, which -q hides together with warnings", async (t) => {
    const manifests = `${SHOP}${CILIUM}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n`;
    const { stderr } = await onManifests(t, ["map"], manifests);
    assert.match(stderr, /info PC120: passed over 2 objects of kinds that do not filter packets: ConfigMap \(2\)\n/);
    assert.match(stderr, /warning PC121/);
    assert.equal((await onManifests(t, ["map", "-q"], manifests)).stderr, "");
  });

  it("shows errors also with -q, in the order of file and line", async (t) => {
    const folder = folderOf(t, { "b.yaml": "a: [\n", "a.yaml": "kind: x\n---\nb: [\n" });
    const { exit, stderr } = await command(["map", folder, "-q"]);
    assert.deepEqual(
      [...stderr.matchAll(/\/([ab])\.yaml:(\d+):/g)].map(([, file, line]) => `${file}${line}`).map((place) => place[0]),
      ["a", "a", "b"],
    );
    assert.equal(exit, 2);
  });

  it("refuses unknown fields, and drops them with --validate=warn", async (t) => {
    const manifests = SHOP.replace("policyTypes", "polcyTypes");
    const strict = await onManifests(t, ["map"], manifests);
    assert.match(strict.stderr, /all\.yaml:28:\d+: error PC110.*polcyTypes/);
    assert.equal(strict.exit, 2);
    const warned = await onManifests(t, ["map", "--validate", "warn"], manifests);
    assert.match(warned.stderr, /warning PC116/);
    assert.equal(warned.exit, 0);
    assert.equal((await onManifests(t, ["map", "--validate=ignore"], manifests)).stderr, "");
  });

  it("takes templates without address to be in --pod-cidr", async (t) => {
    const manifests =
      SHOP.replaceAll(/status: .*\n/g, "") +
      `---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {namespace: shop, name: block}
spec: {podSelector: {matchLabels: {app: web}}, ingress: [{from: [{ipBlock: {cidr: 10.0.0.0/8}}]}]}
`;
    const ask = ["why", "shop/db", "shop/web:80"];
    assert.equal((await onManifests(t, ask, manifests)).exit, 3);
    assert.equal((await onManifests(t, [...ask, "--pod-cidr", "10.244.0.0/16"], manifests)).exit, 0);
    assert.equal((await onManifests(t, [...ask, "--pod-cidr", "172.16.0.0/16"], manifests)).exit, 1);
    const both = await onManifests(t, [...ask, "--pod-cidr", "10.1.0.0/16", "--pod-cidr", "fd00::/64"], manifests);
    assert.match(both.stdout, /ALLOWED .*\(IPv4\)\n.*DENIED .*\(IPv6\)/);
  });
});
