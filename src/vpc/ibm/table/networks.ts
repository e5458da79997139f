/** Gateways, subnets and access lists as tables print them. */
import type { Subnet } from "../../model.ts";
import type { PublicGateway } from "../../model.ts";
import type { WrittenAcl, WrittenRule } from "../../written-acl.ts";
import { addressOf, blockOf } from "../addresses.ts";
import type { ReadingDraft } from "../reading-draft.ts";
import { ruleOfWords } from "../rule-of-words.ts";
import type { Told } from "../told.ts";
import { type Cell, cellOf, JSON_REMEDY, namedCell, type Row, toldCell } from "./cells.ts";

/** Where the row of an object begins, and how messages call it. */
export interface RowPlace {
  readonly row: Row;
  readonly offset: number;
  readonly resource: string;
}

/** Reports a cell that is missing. */
export function requiredCell({ row, offset, resource }: RowPlace, draft: ReadingDraft, ...names: string[]): Cell {
  const cell = cellOf(row, ...names);
  if (cell !== undefined) return cell;
  draft.place(offset, resource).report("PC207", `the table tells no ${names[0]} of ${resource}`, JSON_REMEDY);
  return { text: "", offset };
}

export function gatewayOf(place: RowPlace, draft: ReadingDraft): PublicGateway {
  const { row, offset, resource } = place;
  const floating = cellOf(row, "floating ip");
  return {
    id: requiredCell(place, draft, "id").text,
    name: cellOf(row, "name")?.text ?? "",
    vpc: namedCell(requiredCell(place, draft, "vpc")).id,
    zone: requiredCell(place, draft, "zone").text,
    address: floating && addressOf(toldCell(namedCell(floating).name, draft, resource)),
    status: requiredCell(place, draft, "status").text,
    origin: draft.origin(offset, resource),
  };
}

export function subnetOf(place: RowPlace, draft: ReadingDraft): Subnet {
  const { row, offset, resource } = place;
  const acl = cellOf(row, "acl", "network acl");
  const gateway = cellOf(row, "gateway", "public gateway");
  // A line that is left out says nothing; only a dash says that there is none.
  if (!row.has("gateway") && !row.has("public gateway")) requiredCell(place, draft, "gateway");
  const block = requiredCell(place, draft, "ipv4 cidr", "subnet cidr");
  return {
    id: requiredCell(place, draft, "id").text,
    name: cellOf(row, "name")?.text ?? "",
    vpc: namedCell(requiredCell(place, draft, "vpc")).id,
    zone: requiredCell(place, draft, "zone").text,
    addresses: block.text === "" ? [] : blockOf(toldCell(block, draft, resource)),
    acl: acl && namedCell(acl).id,
    publicGateway: gateway && namedCell(gateway).id,
    routingTable: undefined,
    origin: draft.origin(offset, resource),
  };
}

/** `rules` are its rows, with the direction that stands above them. */
export function aclOf(place: RowPlace, rules: readonly RuleRow[], draft: ReadingDraft): WrittenAcl {
  const { row, offset, resource } = place;
  const vpc = cellOf(row, "vpc");
  return {
    id: requiredCell(place, draft, "id").text,
    name: cellOf(row, "name")?.text ?? "",
    vpc: vpc === undefined ? "" : namedCell(vpc).id,
    rules: rules.map((rule, i) => ruleOf(rule, i, draft, resource)),
    origin: draft.origin(offset, resource),
  };
}

export interface RuleRow {
  readonly row: Row;
  readonly direction: Cell;
}

/** Protocols whose rules are not whole without ports or types, which tables leave out. */
const WITH_HEADER_FIELDS = /^(tcp|udp|icmp)$/;

function ruleOf({ row, direction }: RuleRow, index: number, draft: ReadingDraft, resource: string): WrittenRule {
  const place = { row, offset: cellOf(row, "id", "name")?.offset ?? direction.offset, resource };
  const word = (name: string): Told<string> => toldCell(requiredCell(place, draft, name), draft, resource);
  const protocol = word("protocol");
  if (WITH_HEADER_FIELDS.test(protocol.value)) {
    const message = `the table does not tell which ports or types of ${protocol.value} the rule is about`;
    protocol.at.report("PC207", message, "give the output of the same command with --output json");
  }
  const words = {
    id: cellOf(row, "id")?.text,
    name: cellOf(row, "name")?.text ?? "",
    action: word("action"),
    direction: toldCell(direction, draft, resource),
    protocol,
    source: word("source"),
    destination: word("destination"),
    sourcePorts: undefined,
    ports: undefined,
    icmpType: undefined,
    icmpCode: undefined,
  };
  return ruleOfWords(words, { ...draft.origin(place.offset, resource), path: `rules[${index}]` });
}
