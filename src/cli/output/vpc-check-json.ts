/** What was found in networks as `portcullis/vpc-check/v1`: docs/schemas/vpc-check.v1.json. */
import { VPC_RULES } from "../../lint/vpc/vpc-rules.ts";
import type { Finding } from "../../source/finding.ts";
import { type Json, missingJson } from "./json.ts";
import { SEVERITIES, uncheckedFacts, type VpcCheckResult } from "./vpc-check-text.ts";

export function checkJson(result: VpcCheckResult): Json {
  const { found, networks } = result;
  return {
    schema: "portcullis/vpc-check/v1",
    findings: found.map(findingJson),
    counts: Object.fromEntries(
      SEVERITIES.map((severity) => [severity, found.filter((one) => one.severity === severity).length]),
    ),
    checked: {
      accessLists: networks.acls.length,
      rules: networks.acls.reduce((sum, { rules }) => sum + rules.length, 0),
      subnets: networks.subnets.length,
    },
    missing: missingJson(uncheckedFacts(result)),
  };
}

function findingJson({ code, severity, message, remedy, resource, position }: Finding): Json {
  return {
    code,
    rule: VPC_RULES.find((rule) => rule.code === code)?.name,
    severity,
    message,
    remedy,
    resource,
    origin: position && { file: position.file, line: position.line, column: position.column },
  };
}
