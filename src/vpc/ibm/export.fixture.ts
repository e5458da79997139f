/** Objects as the VPC API writes them, with the fields that exports have beside those that are read. */
import assert from "node:assert/strict";
import type { Finding } from "../../source/finding.ts";
import { positionText } from "../../source/origin.ts";
import { vpcInventoryOf, type WholeVpc } from "../inventory.ts";
import type { Acl, VpcInventory } from "../model.ts";
import type { VpcReading } from "../reading.ts";
import { readVpc } from "./read.ts";

type Json = { readonly [field: string]: unknown };

export const VPC_ID = "r006-36c8f522-4f0d-400c-8226-299f0b8198cf";

export function reference(id: string, type?: string): Json {
  return {
    id,
    name: `name-of-${id}`,
    href: `https://us-south.iaas.cloud.ibm.com/v1/x/${id}`,
    ...(type && { resource_type: type }),
  };
}

export function vpcObject(fields: Json = {}): Json {
  return {
    id: VPC_ID,
    name: "myvpc",
    crn: `crn:v1:bluemix:public:is:us-south:a/1::vpc:${VPC_ID}`,
    resource_type: "vpc",
    status: "available",
    classic_access: false,
    cse_source_ips: [{ ip: { address: "10.22.0.1" }, zone: { name: "us-south-1" } }],
    default_network_acl: reference("acl-default"),
    default_security_group: reference("sg-default"),
    default_routing_table: reference("rt-default", "routing_table"),
    ...fields,
  };
}

export function subnetObject(id: string, cidr: string, fields: Json = {}): Json {
  return {
    id,
    name: id,
    crn: `crn:v1:bluemix:public:is:us-south:a/1::subnet:${id}`,
    resource_type: "subnet",
    ip_version: "ipv4",
    ipv4_cidr_block: cidr,
    available_ipv4_address_count: 200,
    status: "available",
    vpc: reference(VPC_ID, "vpc"),
    zone: { name: "us-south-1", href: "https://x/zones/us-south-1" },
    network_acl: reference("acl-web"),
    routing_table: reference("rt-default", "routing_table"),
    ...fields,
  };
}

/** Rules link to each other in their order, as the API writes it. */
export function aclObject(rules: readonly Json[], fields: Json = {}): Json {
  return {
    id: "acl-web",
    name: "web",
    crn: "crn:v1:bluemix:public:is:us-south:a/1::network-acl:acl-web",
    subnets: [],
    vpc: reference(VPC_ID, "vpc"),
    rules: rules.map((rule, i) => {
      const next = rules[i + 1];
      return next === undefined ? rule : { before: { id: next["id"], name: next["name"] }, ...rule };
    }),
    ...fields,
  };
}

/** Allows everything inbound, where nothing else is said. */
export function ruleObject(fields: Json = {}): Json {
  const { name = "rule" } = fields;
  return {
    id: `id-of-${typeof name === "string" ? name : ""}`,
    name,
    action: "allow",
    direction: "inbound",
    ip_version: "ipv4",
    source: "0.0.0.0/0",
    destination: "0.0.0.0/0",
    protocol: "any",
    ...fields,
  };
}

export function groupObject(rules: readonly Json[], fields: Json = {}): Json {
  return {
    id: "sg-web",
    name: "web-group",
    crn: "crn:v1:bluemix:public:is:us-south:a/1::security-group:sg-web",
    rules,
    targets: [],
    vpc: reference(VPC_ID, "vpc"),
    ...fields,
  };
}

export function gatewayObject(fields: Json = {}): Json {
  return {
    id: "pgw-1",
    name: "gateway-1",
    crn: "crn:v1:bluemix:public:is:us-south:a/1::public-gateway:pgw-1",
    resource_type: "public_gateway",
    floating_ip: { ...reference("fip-1"), address: "169.61.1.2" },
    status: "available",
    vpc: reference(VPC_ID, "vpc"),
    zone: { name: "us-south-1" },
    ...fields,
  };
}

/** A text of what was read, which must be something of a VPC. */
export function reading(content: unknown, name = "export.json"): VpcReading {
  const text = typeof content === "string" ? content : JSON.stringify(content, undefined, 1);
  const read = readVpc(name, text);
  assert.ok(read !== undefined, `${name} is not taken for an export`);
  return read;
}

/** Several texts put together, each called by its place: `0.json`, `1.json`. */
export function whole(...contents: readonly unknown[]): WholeVpc & { readonly inventory: VpcInventory } {
  const readings = contents.map((content, i) => reading(content, `${i}.json`));
  const { inventory, findings, blinds } = vpcInventoryOf(readings);
  assert.ok(inventory !== undefined);
  return {
    inventory,
    findings: [...readings.flatMap((each) => each.findings), ...findings],
    blinds: [...readings.flatMap((each) => each.blinds), ...blinds],
  };
}

/** `0.json:3:4 PC112 message`. */
export function told({ code, message, position }: Finding): string {
  return `${position === undefined ? "" : positionText(position)} ${code} ${message}`;
}

/** The names of the rules of a list, in their order. */
export function ruleNames(acl: Acl | undefined): readonly string[] {
  return acl?.rules.map(({ name }) => name) ?? [];
}
