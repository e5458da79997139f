import { S0 } from "./s0.ts";
import { S1 } from "./s1.ts";
import { S2 } from "./s2.ts";
import { S3 } from "./s3.ts";
import { S4 } from "./s4.ts";
import type { NetworkScenario } from "./network-scenario.ts";
import { S1_VPC } from "./s1-vpc.ts";
import { S1_VPC_INPUT } from "./s1-vpc-input.ts";
import type { Scenario } from "./scenario.ts";
import { VPC_GOLDEN } from "./vpc-golden.ts";
import { VPC_GOTCHAS } from "./vpc-gotchas.ts";

/** All scenarios of the corpus, in the order of the documents. */
export const SCENARIOS: readonly Scenario[] = [...S0, ...S1, ...S2, ...S3, ...S4];

/** Those about networks around clusters. */
export const NETWORK_SCENARIOS: readonly NetworkScenario[] = [
  ...S1_VPC,
  ...S1_VPC_INPUT,
  ...VPC_GOTCHAS,
  ...VPC_GOLDEN,
];
