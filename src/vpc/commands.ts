/** What a script changes, as data, to be replayed on what other input tells. */
import type { Address } from "../net/address.ts";
import type { Origin } from "../source/origin.ts";
import type { PublicGateway } from "./model.ts";
import type { WrittenAcl, WrittenRule } from "./written-acl.ts";

/** What a word of a command names. */
export type Named =
  /** By its id or name. */
  | { readonly kind: "text"; readonly text: string }
  /** What an earlier command of the same script made: the index of that command. */
  | { readonly kind: "made"; readonly by: number };

/** The rules an access list is born with. */
export type BornRules =
  | { readonly kind: "written"; readonly rules: readonly WrittenRule[] }
  /** Those of another list. */
  | { readonly kind: "copied"; readonly acl: Named };

/** `vpc` says where names are looked for, where they stand in several VPCs. */
export type Command =
  | {
      readonly kind: "create acl";
      readonly name: string;
      readonly vpc: Named | undefined;
      readonly rules: BornRules;
      /** What the platform answered, where the answer stands behind the command. */
      readonly answer: WrittenAcl | undefined;
      readonly origin: Origin;
    }
  | {
      readonly kind: "add rule";
      readonly acl: Named;
      readonly vpc: Named | undefined;
      readonly rule: WrittenRule;
      /** The rule in front of which it goes, by id or name; undefined: at the end. */
      readonly before: string | undefined;
      readonly origin: Origin;
    }
  | {
      readonly kind: "delete rules";
      readonly acl: Named;
      readonly vpc: Named | undefined;
      /** By id or name. */
      readonly rules: readonly string[];
      readonly origin: Origin;
    }
  | {
      readonly kind: "update subnet";
      readonly subnet: Named;
      readonly vpc: Named | undefined;
      readonly acl: Named | undefined;
      readonly publicGateway: Named | undefined;
      readonly origin: Origin;
    }
  | {
      readonly kind: "create gateway";
      readonly name: string;
      readonly vpc: Named;
      readonly zone: string;
      /** Undefined where the platform chooses it. */
      readonly address: Address | undefined;
      readonly answer: PublicGateway | undefined;
      readonly origin: Origin;
    };

export type CommandOf<K extends Command["kind"]> = Extract<Command, { readonly kind: K }>;
