/** One side of a rule: `source` or `destination`. */
import type { CalicoEntityRule } from "../../calico-kinds.ts";
import type { Cursor } from "../cursor.ts";
import { dnsSubdomainObjection } from "../syntax.ts";
import { checked, list, optional, record, string, type Type } from "../types.ts";
import { entityAdvice } from "./advice.ts";
import { ruleNets, ruleNotNets } from "./nets.ts";
import { ruleNamespaceSelector, selector } from "./selector.ts";
import { ports } from "./traffic.ts";

export type Side = "source" | "destination";

const serviceAccounts = record(
  { names: list(string), selector },
  { mainField: "names", advice: (key) => (key === "name" ? "write names, a list" : undefined) },
);

const name = checked(string, (text) => (text === "" ? undefined : dnsSubdomainObjection(text)));

const writtenServices = record(
  { name, namespace: name },
  {
    mainField: "name",
    check: (value, at) => {
      if (value.name !== "" || (at.child("name").isPresent && at.child("name").node?.kind !== "scalar")) return;
      at.report("PC113", "must specify the name of a Service", "write `services: {name: ..., namespace: ...}`");
    },
  },
);

const services: Type<{ readonly name: string; readonly namespace: string | undefined }> = (at) => {
  const written = writtenServices(at);
  return { name: written.name, namespace: written.namespace || undefined };
};

export function entityRule(side: Side): Type<CalicoEntityRule> {
  return record(
    {
      nets: ruleNets,
      notNets: ruleNotNets,
      selector,
      notSelector: selector,
      namespaceSelector: ruleNamespaceSelector,
      serviceAccounts: optional(serviceAccounts),
      services: optional(services),
      ports,
      notPorts: ports,
    },
    { advice: entityAdvice, check: (value, at) => checkServices(value, at, side) },
  );
}

const BESIDE_SERVICES = ["selector", "notSelector", "namespaceSelector", "nets", "notNets", "serviceAccounts"] as const;

/** A Service says who, so nothing else may; on the destination's side it says which ports too. */
function checkServices(value: CalicoEntityRule, at: Cursor, side: Side): void {
  if (value.services === undefined) return;
  for (const field of BESIDE_SERVICES) {
    if (!isFilled(value[field])) continue;
    at.child(field).reportKey(
      "PC114",
      `${at.child(field).pathText}: ${field} stands beside services`,
      "make them two rules: one with services, one with the rest",
    );
  }
  if (side === "source") return;
  for (const field of ["ports", "notPorts"] as const) {
    if (value[field].length === 0) continue;
    at.child(field).reportKey(
      "PC114",
      `${at.child(field).pathText}: ${field} stands beside services, whose ports come from the Service`,
      "remove it, or select the pods of the Service by their labels",
    );
  }
}

function isFilled(value: CalicoEntityRule[(typeof BESIDE_SERVICES)[number]]): boolean {
  return Array.isArray(value) ? value.length > 0 : value !== undefined;
}
