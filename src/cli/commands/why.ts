/** `why`: one flow, who decides it, and what would change it. */
import type { Command } from "commander";
import type { Io } from "../io.ts";
import { outputOption, withInputOptions } from "../options.ts";
import type { WhyOptions } from "../why.ts";
import { EXIT_HELP, PATHS, type Done } from "./definition.ts";

export function addWhy(program: Command, io: Io, done: Done): void {
  withInputOptions(
    program
      .command("why")
      .summary("may this flow pass, who decides, and what would change it")
      .description("May this flow pass? Who decides, at which line, and what is the smallest change?")
      .argument("<from>", "where the connection comes from")
      .argument("<to>", "where it goes, with :PORT[/PROTOCOL]")
      .argument("[paths...]", PATHS)
      .addOption(outputOption(["text", "json"]))
      .option("--source-port <port>", "only connections from this port"),
  )
    .addHelpText(
      "after",
      `${ENDS_HELP}

Examples:
  portcullis why accounts/frontend accounts/backend:8080 manifests/
  portcullis why accounts/frontend accounts/svc/db:5432 -f pods.yaml -f policies/
  portcullis why internet shop/web:443 manifests/ -o json
  portcullis why shop/api 10.20.0.0/16 manifests/
${EXIT_HELP}`,
    )
    .action(async (from: string, to: string, paths: string[], options: WhyOptions) => {
      const { why } = await import("../why.ts");
      done(await why(from, to, paths, options, io));
    });
}

const ENDS_HELP = `
Ends of a flow:
  NAMESPACE/NAME            a workload or Service        accounts/frontend
  NAMESPACE/KIND/NAME       pod, deploy, sts, ds, svc... accounts/svc/db
  node/NAME                 a node                       node/worker-1
  NAMESPACE/*, *            all its pods, everybody      accounts/*
  ADDRESS, CIDR, internet   outside                      203.0.113.7, 10.0.0.0/8
  TO:PORT[/PROTOCOL]        a number, range or name      db:5432, dns:53/udp, web:http, [fd00::1]:443
  TO:/PROTOCOL              icmp[.TYPE[.CODE]], number   web:/icmp.8, 10.0.0.1:/47
  Without a port: all of TCP, UDP, SCTP and ICMP. "ns:" in front makes the first word a namespace.`;
