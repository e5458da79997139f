/** Scripts of commands, run on what the rest of the input tells: the networks as they would stand afterwards. */
import type { Blind } from "../resources/reading.ts";
import { distinctFacts, type Fact } from "../source/fact.ts";
import { type Finding, finding } from "../source/finding.ts";
import { lineText, type Origin, positionText } from "../source/origin.ts";
import type { Command, CommandOf, Named } from "./commands.ts";
import { DeletedRules } from "./deleted-rules.ts";
import { exportRemedy } from "./ibm/export-commands.ts";
import type { PublicGateway, Subnet, Vpc } from "./model.ts";
import { NamedObjects } from "./named-objects.ts";
import type { WrittenAcl, WrittenRule } from "./written-acl.ts";

export interface Networks {
  readonly vpcs: readonly Vpc[];
  readonly acls: readonly WrittenAcl[];
  readonly subnets: readonly Subnet[];
  readonly publicGateways: readonly PublicGateway[];
}

export interface Replayed extends Networks {
  readonly findings: readonly Finding[];
  readonly blinds: readonly Blind[];
  readonly gaps: readonly Fact[];
}

/**
 * Runs each script in its order. A command that the platform would refuse is an error, changes nothing, and leaves a blind
 * spot. O(commands x objects).
 */
export function replay(scripts: readonly (readonly Command[])[], networks: Networks): Replayed {
  const run = new Replay(networks);
  for (const commands of scripts) run.script(commands);
  return run.result();
}

class Replay {
  readonly #vpcs: NamedObjects<Vpc>;
  readonly #acls: NamedObjects<WrittenAcl>;
  readonly #subnets: NamedObjects<Subnet>;
  readonly #gateways: NamedObjects<PublicGateway>;
  readonly #deleted = new DeletedRules();
  readonly #findings: Finding[] = [];
  readonly #blinds: Blind[] = [];
  readonly #gaps: Fact[] = [];
  /** By index of the script's commands: the id of what each made. */
  #made: (string | undefined)[] = [];

  constructor({ vpcs, acls, subnets, publicGateways }: Networks) {
    this.#vpcs = new NamedObjects("VPC", vpcs);
    this.#acls = new NamedObjects("network ACL", acls);
    this.#subnets = new NamedObjects("subnet", subnets);
    this.#gateways = new NamedObjects("public gateway", publicGateways);
  }

  script(commands: readonly Command[]): void {
    this.#made = [];
    for (const command of commands) this.#made.push(this.#run(command));
  }

  result(): Replayed {
    for (const [id, rules] of this.#deleted.unsettled()) {
      const acl = this.#acls.values.find((each) => each.id === id);
      if (acl === undefined) continue;
      const message = `it is not told which rule of ${acl.origin.resource} is ${rules.join(", ")}`;
      this.#refuse(message, "name the rule, or add the output of the command that created the list", acl.origin);
    }
    const aclIds = this.#acls.renamed;
    const gatewayIds = this.#gateways.renamed;
    const real = (ids: ReadonlyMap<string, string>, id: string): string => ids.get(id) ?? id;
    return {
      vpcs: this.#vpcs.values,
      acls: this.#acls.values.map((acl) => ({ ...acl, id: real(aclIds, acl.id), rules: numbered(acl) })),
      subnets: this.#subnets.values.map((subnet) => ({
        ...subnet,
        acl: subnet.acl && real(aclIds, subnet.acl),
        publicGateway: subnet.publicGateway && real(gatewayIds, subnet.publicGateway),
      })),
      publicGateways: this.#gateways.values.map((gateway) => ({ ...gateway, id: real(gatewayIds, gateway.id) })),
      findings: this.#findings,
      blinds: this.#blinds,
      gaps: distinctFacts(this.#gaps),
    };
  }

  /** The id of what the command makes. */
  #run(command: Command): string | undefined {
    switch (command.kind) {
      case "create acl":
        return this.#createAcl(command);
      case "add rule":
        this.#addRule(command);
        return undefined;
      case "delete rules":
        this.#deleteRules(command);
        return undefined;
      case "update subnet":
        this.#updateSubnet(command);
        return undefined;
      case "create gateway":
        return this.#createGateway(command);
    }
  }

  #createAcl({ name, vpc, rules, answer, origin }: CommandOf<"create acl">): string | undefined {
    const owner = vpc === undefined ? "" : this.#vpcId(vpc);
    const other = this.#acls.values.find(
      (acl) => acl.name === name && (owner === "" || acl.vpc === "" || acl.vpc === owner),
    );
    if (other !== undefined) {
      const message = `there is a network ACL ${name} already, at ${positionText(other.origin)}`;
      this.#refuse(message, "leave out the script, or the export that was made after it ran", origin);
      return undefined;
    }
    if (answer !== undefined) {
      this.#acls.set({ ...answer, vpc: answer.vpc || owner });
      return answer.id;
    }
    const born = rules.kind === "written" ? rules.rules : this.#rulesOf(rules.acl, origin);
    if (born === undefined) return undefined;
    const id = this.#acls.freeId(name);
    this.#acls.make({ id, name, vpc: owner, rules: born, origin });
    return id;
  }

  #rulesOf(named: Named, origin: Origin): readonly WrittenRule[] | undefined {
    // The platform names the copies and gives them ids of their own.
    return this.#find(this.#acls, named, undefined, origin)?.rules.map((rule) => ({ ...rule, id: undefined }));
  }

  #addRule({ acl: named, vpc, rule, before, origin }: CommandOf<"add rule">): void {
    const acl = this.#find(this.#acls, named, vpc, origin);
    if (acl === undefined) return;
    const { rules } = acl;
    const namesake = rules.find(({ name }) => name !== "" && name === rule.name);
    if (namesake !== undefined) {
      const message = `${acl.origin.resource} has a rule ${rule.name} already, at ${positionText(namesake.origin)}`;
      this.#refuse(message, "give every rule of the list a name of its own", origin);
      return;
    }
    const index =
      before === undefined ? rules.length : rules.findIndex(({ id, name }) => before === id || before === name);
    if (index < 0) {
      const message = `${acl.origin.resource} has no rule ${before} to put this one in front of`;
      this.#refuse(message, "write the name of a rule that the list has by then", origin);
      return;
    }
    this.#acls.set({ ...acl, rules: rules.toSpliced(index, 0, rule) });
  }

  #deleteRules({ acl: named, vpc, rules, origin }: CommandOf<"delete rules">): void {
    const acl = this.#find(this.#acls, named, vpc, origin);
    if (acl === undefined) return;
    let left = acl.rules;
    for (const text of rules) {
      const deletion = this.#deleted.delete(acl.id, left, text);
      if ("rules" in deletion) left = deletion.rules;
      else this.#refuse(deletion.problem, "name a rule that the list has by then", origin);
    }
    this.#acls.set({ ...acl, rules: left });
  }

  #updateSubnet({ subnet: named, vpc, acl, publicGateway, origin }: CommandOf<"update subnet">): void {
    const list = acl && this.#find(this.#acls, acl, vpc, origin);
    const gateway = publicGateway && this.#find(this.#gateways, publicGateway, vpc, origin);
    if ((acl !== undefined && list === undefined) || (publicGateway !== undefined && gateway === undefined)) return;
    const found = this.#subnets.find(named, this.#made, vpc && this.#vpcId(vpc));
    if (found === undefined) return;
    if ("problem" in found) {
      const text = `what is changed at ${lineText(origin)}: ${found.problem}`;
      this.#gaps.push({ text, remedy: exportRemedy("subnet") });
      return;
    }
    const subnet = found.value;
    const objection = misfit(subnet, list, gateway);
    if (objection !== undefined) {
      this.#refuse(objection, "choose one that belongs to the subnet's VPC and zone", origin);
      return;
    }
    if (list !== undefined) this.#acls.set({ ...list, vpc: list.vpc || subnet.vpc });
    this.#subnets.set({
      ...subnet,
      acl: list?.id ?? subnet.acl,
      publicGateway: gateway?.id ?? subnet.publicGateway,
    });
  }

  #createGateway({ name, vpc, zone, address, answer, origin }: CommandOf<"create gateway">): string | undefined {
    const owner = this.#vpcId(vpc);
    const other = this.#gateways.values.find((gateway) => gateway.vpc === owner && gateway.zone === zone);
    if (other !== undefined) {
      const message = `VPC ${owner} has a public gateway in ${zone} already, at ${positionText(other.origin)}, and may have only one`;
      this.#refuse(message, `attach ${other.name} instead`, origin);
      return undefined;
    }
    if (answer !== undefined) {
      this.#gateways.set(answer);
      return answer.id;
    }
    const id = this.#gateways.freeId(name);
    this.#gateways.make({ id, name, vpc: owner, zone, address, status: "available", origin });
    return id;
  }

  /** The id of a VPC, which need not be in the input. */
  #vpcId(named: Named): string {
    const found = this.#vpcs.find(named, this.#made, undefined);
    if (found !== undefined && "value" in found) return found.value.id;
    return named.kind === "text" ? named.text : "";
  }

  /** Reports a name that names nothing; says nothing of what an earlier command failed to make. */
  #find<T extends WrittenAcl | PublicGateway>(
    objects: NamedObjects<T>,
    named: Named,
    vpc: Named | undefined,
    origin: Origin,
  ): T | undefined {
    const found = objects.find(named, this.#made, vpc && this.#vpcId(vpc));
    if (found === undefined || "value" in found) return found?.value;
    this.#refuse(
      found.problem,
      "add the export that holds it, or write the name of one that the script creates",
      origin,
    );
    return undefined;
  }

  #refuse(message: string, remedy: string, origin: Origin): void {
    const { file, line, column, resource } = origin;
    this.#findings.push(finding("PC206", message, remedy, { position: { file, line, column }, resource }));
    this.#blinds.push({ what: `the command at ${lineText(origin)}`, why: "unreadable", namespace: undefined, origin });
  }
}

/** Why a subnet cannot have this list or gateway. */
function misfit(subnet: Subnet, acl: WrittenAcl | undefined, gateway: PublicGateway | undefined): string | undefined {
  const isElsewhere = (vpc: string | undefined): boolean =>
    vpc !== undefined && vpc !== "" && subnet.vpc !== "" && vpc !== subnet.vpc;
  if (isElsewhere(acl?.vpc)) return `network ACL ${acl?.name} and subnet ${subnet.name} are in different VPCs`;
  if (isElsewhere(gateway?.vpc))
    return `public gateway ${gateway?.name} and subnet ${subnet.name} are in different VPCs`;
  if (gateway !== undefined && gateway.zone !== subnet.zone) {
    return `public gateway ${gateway.name} is in ${gateway.zone}, and subnet ${subnet.name} in ${subnet.zone}`;
  }
  return undefined;
}

/** Rules know their place in their list. */
function numbered({ rules, origin }: WrittenAcl): readonly WrittenRule[] {
  return rules.map((rule, i) => ({
    ...rule,
    origin: { ...rule.origin, resource: origin.resource, path: `rules[${i}]` },
  }));
}
