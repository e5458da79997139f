/** The commands of `ibmcloud is` that change networks, in the syntax of all generations. */
import { isAddressError, parseAddress } from "../../../net/address.ts";
import type { Origin } from "../../../source/origin.ts";
import type { BornRules, Command, Named } from "../../commands.ts";
import type { WrittenRule } from "../../written-acl.ts";
import type { ReadingDraft } from "../reading-draft.ts";
import { ruleOfWords } from "../rule-of-words.ts";
import type { PortRange } from "../rule-traffic.ts";
import type { Told } from "../told.ts";
import { type Arguments, argumentsOf, numberOf } from "./arguments.ts";
import { rulesInJson } from "./json-rules.ts";
import { type Latest, namedBy, textOf, type Value } from "./values.ts";

/** One command with what it needs of its script. */
export interface Call {
  readonly name: string;
  readonly offset: number;
  /** The words behind the name. */
  readonly words: readonly Value[];
  readonly draft: ReadingDraft;
  readonly latest: { readonly acl: Latest; readonly gateway: Latest };
}

/** Reads the call of a command that changes networks. Reports what it cannot read, and gives undefined. */
type Reader = (call: Call) => Command | undefined;

export const NETWORK_COMMANDS: ReadonlyMap<string, Reader> = new Map([
  ["network-acl-create", createAcl],
  ["network-acl-rule-add", addRule],
  ["network-acl-rule-delete", deleteRules],
  ["subnet-update", updateSubnet],
  ["public-gateway-create", createGateway],
]);

/** Spellings of one option, the present one first. */
const SOURCE_ACL = ["--source-acl", "--source-acl-id"];
const BEFORE = ["--before-rule", "--before-rule-name", "--before-rule-id"];
const ACL = ["--acl", "--network-acl-id", "--network-acl"];
const GATEWAY = ["--pgw", "--public-gateway-id", "--public-gateway", "--gw"];
/** The first generation had ports of the destination only. */
const MIN = ["--destination-port-min", "--port-min"];
const MAX = ["--destination-port-max", "--port-max"];
const SOURCE_MIN = ["--source-port-min"];
const SOURCE_MAX = ["--source-port-max"];
const RULE_FIELDS = ["--icmp-type", "--icmp-code", ...MIN, ...MAX, ...SOURCE_MIN, ...SOURCE_MAX];
const RULE_OPTIONS = ["--name", "--vpc", ...BEFORE, ...RULE_FIELDS];

function createAcl(call: Call): Command | undefined {
  const read = expected(call, ["NAME", "[VPC]"], ["--rules", ...SOURCE_ACL, "--source-acl-vpc"]);
  const [nameWord, vpcWord] = read?.values ?? [];
  const name = nameWord && textOf(nameWord);
  const vpc = vpcWord && namedBy(vpcWord, undefined);
  if (read === undefined || name === undefined || (vpcWord !== undefined && vpc === undefined)) return undefined;
  const resource = `network ACL ${name.value}`;
  const rules = bornRules(call, read, vpc, resource);
  const origin = call.draft.origin(call.offset, resource);
  return rules && { kind: "create acl", name: name.value, vpc, rules, answer: undefined, origin };
}

/**
 * Without a VPC it is the form of the first generation, which gives a list two rules that let everything pass. The present
 * API gives it the rules that are named, and none where none is.
 */
function bornRules(
  call: Call,
  { options }: Arguments,
  vpc: Named | undefined,
  resource: string,
): BornRules | undefined {
  const written = options.get("--rules");
  if (written !== undefined) return { kind: "written", rules: rulesInJson(written, call.draft, resource) };
  const source = option(options, SOURCE_ACL);
  if (source !== undefined) {
    const acl = namedBy(source, undefined);
    return acl && { kind: "copied", acl };
  }
  return { kind: "written", rules: vpc === undefined ? allowAll(call, resource) : [] };
}

function allowAll({ draft, offset }: Call, resource: string): readonly WrittenRule[] {
  const at = draft.place(offset, resource);
  const word = (value: string): Told<string> => ({ value, at });
  return ["inbound", "outbound"].map((direction) => {
    const everywhere = word("0.0.0.0/0");
    const words = {
      id: undefined,
      name: `allow-all-${direction}-rule`,
      action: word("allow"),
      direction: word(direction),
      protocol: word("all"),
      source: everywhere,
      destination: everywhere,
      ...NO_PORTS,
    };
    return ruleOfWords(words, draft.origin(offset, resource));
  });
}

const NO_PORTS = { sourcePorts: undefined, ports: undefined, icmpType: undefined, icmpCode: undefined };

/** The name of the rule came first once; now it is an option. What follows the list tells the forms apart. */
function addRule(call: Call): Command | undefined {
  const names = ["ACL", "allow|deny", "inbound|outbound", "PROTOCOL", "SOURCE", "DESTINATION"];
  const third = call.words[2];
  const isOld = third !== undefined && "text" in third && /^<?(allow|deny)\b/i.test(third.text);
  const read = expected(call, isOld ? ["NAME", ...names] : names, RULE_OPTIONS);
  if (read === undefined) return undefined;
  const { options } = read;
  const [aclWord, ...words] = isOld ? read.values.slice(1) : read.values;
  const nameWord = isOld ? read.values[0] : options.get("--name");
  const name = nameWord === undefined ? "" : textOf(nameWord)?.value;
  const acl = aclWord && namedBy(aclWord, call.latest.acl);
  const before = option(options, BEFORE);
  const beforeText = before && textOf(before);
  if (name === undefined || acl === undefined || (before !== undefined && beforeText === undefined)) return undefined;
  const origin = call.draft.origin(call.offset, `rule ${name || "without name"}`);
  const rule = addedRule(name, words, options, origin);
  return rule && { kind: "add rule", acl, vpc: vpcOf(options), rule, before: beforeText?.value, origin };
}

function addedRule(
  name: string,
  words: readonly Value[],
  options: Arguments["options"],
  origin: Origin,
): WrittenRule | undefined {
  const [action, direction, protocol, source, destination] = words.map(textOf);
  if (!action || !direction || !protocol || !source || !destination) return undefined;
  const fields = {
    sourcePorts: ports(options, SOURCE_MIN, SOURCE_MAX),
    ports: ports(options, MIN, MAX),
    icmpType: number(options.get("--icmp-type"), 0, 254),
    icmpCode: number(options.get("--icmp-code"), 0, 255),
  };
  return ruleOfWords({ id: undefined, name, action, direction, protocol, source, destination, ...fields }, origin);
}

/** Ids that are not known are fine here: a list is born with rules whose ids only the platform tells. */
function deleteRules(call: Call): Command | undefined {
  const read = expected(call, ["ACL", "RULE", "[RULE…]"], ["--vpc"]);
  const [aclWord, ...ruleWords] = read?.values ?? [];
  const acl = aclWord && namedBy(aclWord, call.latest.acl);
  if (read === undefined || acl === undefined) return undefined;
  const rules = ruleWords.map(idText).filter((text) => text !== undefined);
  if (rules.length < ruleWords.length) return undefined;
  const origin = call.draft.origin(call.offset, "command network-acl-rule-delete");
  return { kind: "delete rules", acl, vpc: vpcOf(read.options), rules, origin };
}

function idText(value: Value): string | undefined {
  if (value.kind === "placeholder") return value.text;
  return value.kind === "unset" ? `$${value.name}` : textOf(value)?.value;
}

function updateSubnet(call: Call): Command | undefined {
  const read = expected(call, ["SUBNET"], ["--vpc", ...ACL, ...GATEWAY]);
  const [subnetWord] = read?.values ?? [];
  if (read === undefined || subnetWord === undefined) return undefined;
  const [aclWord, gatewayWord] = [option(read.options, ACL), option(read.options, GATEWAY)];
  const subnet = namedBy(subnetWord, undefined);
  const acl = aclWord && namedBy(aclWord, call.latest.acl);
  const publicGateway = gatewayWord && namedBy(gatewayWord, call.latest.gateway);
  if (subnet === undefined || (aclWord && !acl) || (gatewayWord && !publicGateway)) return undefined;
  const origin = call.draft.origin(call.offset, "command subnet-update");
  return { kind: "update subnet", subnet, vpc: vpcOf(read.options), acl, publicGateway, origin };
}

function createGateway(call: Call): Command | undefined {
  const read = expected(call, ["NAME", "VPC", "ZONE"], ["--ip"]);
  const [nameWord, vpcWord, zoneWord] = read?.values ?? [];
  const name = nameWord && textOf(nameWord);
  const vpc = vpcWord && namedBy(vpcWord, undefined);
  const zone = zoneWord && textOf(zoneWord);
  if (read === undefined || name === undefined || vpc === undefined || zone === undefined) return undefined;
  const ip = read.options.get("--ip");
  const address = ip?.kind === "text" ? parseAddress(ip.text) : undefined;
  return {
    kind: "create gateway",
    name: name.value,
    vpc,
    zone: zone.value,
    // The option takes the name of an address too, which then is not told.
    address: isAddressError(address) ? undefined : address,
    answer: undefined,
    origin: call.draft.origin(call.offset, `public gateway ${name.value}`),
  };
}

/** The words behind a command if they are as many as it takes; names in brackets may be left out. */
function expected(call: Call, names: readonly string[], options: readonly string[]): Arguments | undefined {
  const read = argumentsOf(call.words, new Set(options));
  if (read === undefined) return undefined;
  const least = names.filter((name) => !name.startsWith("[")).length;
  const most = names.at(-1)?.endsWith("…]") === true ? Infinity : names.length;
  if (read.values.length >= least && read.values.length <= most) return read;
  call.draft
    .place(call.offset, `command ${call.name}`)
    .report("PC205", `${call.name} has ${read.values.length} values`, `write ${call.name} ${names.join(" ")}`);
  return undefined;
}

function option(options: Arguments["options"], spellings: readonly string[]): Value | undefined {
  return spellings.map((name) => options.get(name)).find((value) => value !== undefined);
}

function vpcOf(options: Arguments["options"]): Named | undefined {
  const value = options.get("--vpc");
  return value && namedBy(value, undefined);
}

function number(value: Value | undefined, least: number, most: number): Told<number> | undefined {
  return value && numberOf(value, least, most);
}

/** An end that is left out is the least or the greatest port. */
function ports(
  options: Arguments["options"],
  min: readonly string[],
  max: readonly string[],
): Told<PortRange> | undefined {
  const first = number(option(options, min), 1, 65_535);
  const last = number(option(options, max), 1, 65_535);
  const at = (first ?? last)?.at;
  if (at === undefined) return undefined;
  const range = [first?.value ?? 1, last?.value ?? 65_535] as const;
  if (range[0] > range[1]) {
    at.report("PC112", `the ports ${range[0]} to ${range[1]} are none`, "write the smaller port first");
  }
  return { value: range, at };
}
