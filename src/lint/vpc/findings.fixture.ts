/** For tests: what the rules find in networks that a test describes. */
import type { CodeName } from "../../source/codes.ts";
import { type Finding, findingText } from "../../source/finding.ts";
import { networkOf, type NetworkSketch } from "./network.fixture.ts";
import { checkVpc } from "./vpc-rules.ts";

/** Everything that is found, without Kubernetes nodes. */
export function check(sketch: NetworkSketch): readonly Finding[] {
  return checkVpc({ vpc: networkOf(sketch), inventory: { nodes: [] } });
}

/** The findings of one code, `web.json:3 message`. */
export function found(code: CodeName, sketch: NetworkSketch): readonly string[] {
  return check(sketch)
    .filter((finding) => finding.code === code)
    .map(({ position, message }) => `${position?.file}:${position?.line} ${message}`);
}

/** The first finding of a code as it is printed; an empty text where there is none. */
export function printed(code: CodeName, sketch: NetworkSketch): string {
  const first = check(sketch).find((finding) => finding.code === code);
  return first === undefined ? "" : findingText(first);
}

/** What is found, as `web.json:3 PC220`, in the order of the rules. */
export function places(sketch: NetworkSketch): readonly string[] {
  return check(sketch).map(({ position, code }) => `${position?.file}:${position?.line} ${code}`);
}

/** One list `web` at one subnet 10.0.1.0/24. */
export function oneList(rules: string, more: NetworkSketch = {}): NetworkSketch {
  return { subnets: { here: { cidr: "10.0.1.0/24", acl: "web" } }, acls: { web: rules }, ...more };
}
