import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, it } from "node:test";
import { labCapabilities } from "./capabilities.ts";
import { listNamespaces } from "./namespaces.ts";

const LINUX = process.platform === "linux";

/** Only root can become somebody else. */
const asRoot = LINUX && process.getuid?.() === 0 ? false : "not root on Linux (run it as root)";

describe("the capabilities of a lab", () => {
  it("are granted, or each missing one has a remedy", () => {
    const found = labCapabilities();
    if (!found.ok) {
      assert.ok(found.missing.length > 0);
      for (const { what, remedy } of found.missing) assert.ok(what.length > 0 && remedy.length > 0);
    }
    assert.deepEqual(listNamespaces(`portcullis-trial-${process.pid}`), []);
  });

  it("name missing programs and their packages", { skip: LINUX ? false : "not Linux" }, () => {
    const path = process.env["PATH"];
    process.env["PATH"] = "/nowhere";
    try {
      const found = labCapabilities();
      assert.ok(!found.ok);
      const remedies = found.missing.map(({ remedy }) => remedy).join("\n");
      assert.match(remedies, /iproute2/);
      assert.match(remedies, /nftables/);
    } finally {
      process.env["PATH"] = path;
    }
  });

  it("name what an ordinary user lacks", { skip: asRoot }, () => {
    const code = `
      import { labCapabilities } from ${JSON.stringify(new URL("capabilities.js", import.meta.url).href)};
      process.setgid(65534);
      process.setuid(65534);
      process.stdout.write(JSON.stringify(labCapabilities()));`;
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8" });
    assert.match(
      stdout,
      /"ok":false.*this process lacks CAP_NET_BIND_SERVICE, CAP_NET_ADMIN, CAP_NET_RAW, CAP_SYS_ADMIN.*run it as root/,
    );
  });

  it("are missing on another system, which can still import this folder", () => {
    const code = `
      Object.defineProperty(process, "platform", { value: "darwin" });
      const { labCapabilities } = await import(${JSON.stringify(new URL("capabilities.js", import.meta.url).href)});
      const { openServers } = await import(${JSON.stringify(new URL("servers.js", import.meta.url).href)});
      const { missing } = labCapabilities();
      const place = { namespace: "a", address: "10.0.0.1", identity: "a", protocol: "icmp" };
      const message = await openServers([place]).catch((error) => error.message);
      process.stdout.write(missing[0].what + "\\n" + message);`;
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8" });
    const lines = stdout.split("\n");
    assert.equal(lines.length, 2);
    for (const line of lines) assert.match(line, /network namespaces exist on Linux only, and this is darwin/);
  });
});
