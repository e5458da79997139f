import type { ProfileSpec } from "../../calico-kinds.ts";
import { labels } from "../metadata.ts";
import { record, type Type } from "../types.ts";
import { rules } from "./rule.ts";

/** Rules that count after all tiers, and labels that the endpoints of the profile inherit. */
export const profileSpec: Type<ProfileSpec> = record({
  ingress: rules({ direction: "ingress", scope: "cluster" }),
  egress: rules({ direction: "egress", scope: "cluster" }),
  labelsToApply: labels,
});
