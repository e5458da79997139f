/**
 * Networks as the REST API and the command line print them, before anyone has read or validated them. Only the fields that
 * decide about packets are named.
 */
import type { Maybe } from "./raw-objects.ts";

/** How one object points at another. Exports also repeat name, crn and href. */
export interface RawReference {
  readonly id: string;
  readonly name?: string;
}

/** Everything an export may hold. A collection that is missing was not exported; an empty one says that there are none. */
export interface RawNetworks {
  readonly vpcs?: readonly RawVpc[];
  readonly subnets?: readonly RawSubnet[];
  readonly network_acls?: readonly RawAcl[];
  readonly public_gateways?: readonly RawPublicGateway[];
  readonly floating_ips?: readonly RawFloatingIp[];
  readonly security_groups?: readonly RawSecurityGroup[];
  readonly instances?: readonly RawInstance[];
  /** What `ks workers` prints. */
  readonly workers?: readonly RawWorker[];
}

export interface RawVpc extends RawReference {
  readonly default_network_acl?: Maybe<RawReference>;
  readonly default_security_group?: Maybe<RawReference>;
}

export interface RawSubnet extends RawReference {
  readonly ipv4_cidr_block: string;
  readonly zone: { readonly name: string };
  readonly vpc: RawReference;
  readonly network_acl?: Maybe<RawReference>;
  readonly public_gateway?: Maybe<RawReference>;
}

export interface RawAcl extends RawReference {
  readonly vpc: RawReference;
  readonly rules: readonly RawAclRule[];
  readonly subnets?: readonly RawReference[];
}

export interface RawAclRule extends RawReference, RawRuleTraffic {
  readonly action: string;
  readonly direction: string;
  readonly source: string;
  readonly destination: string;
  /** The next rule. */
  readonly before?: Maybe<RawReference>;
}

/** What ACLs and groups write about protocols; ports differ. */
export interface RawRuleTraffic {
  readonly protocol: string;
  readonly source_port_min?: number;
  readonly source_port_max?: number;
  readonly destination_port_min?: number;
  readonly destination_port_max?: number;
  /** In groups: the destination port. */
  readonly port_min?: number;
  readonly port_max?: number;
  readonly type?: Maybe<number>;
  readonly code?: Maybe<number>;
}

export interface RawPublicGateway extends RawReference {
  readonly vpc: RawReference;
  readonly zone: { readonly name: string };
  readonly status: string;
  readonly floating_ip?: Maybe<{ readonly address: string }>;
}

export interface RawFloatingIp extends RawReference {
  readonly address: string;
  readonly zone: { readonly name: string };
  readonly status: string;
  readonly target?: Maybe<RawReference & { readonly resource_type: string }>;
}

export interface RawSecurityGroup extends RawReference {
  readonly vpc: RawReference;
  readonly rules: readonly RawGroupRule[];
}

export interface RawGroupRule extends RawRuleTraffic {
  readonly id: string;
  readonly direction: string;
  /** Nothing: any address of the member. */
  readonly local?: Maybe<RawGroupSide>;
  readonly remote: RawGroupSide;
}

/** An address, a block, or a group with its id. */
export interface RawGroupSide {
  readonly address?: string;
  readonly cidr_block?: string;
  readonly id?: string;
  readonly name?: string;
}

export interface RawInstance extends RawReference {
  readonly vpc: RawReference;
  readonly zone: { readonly name: string };
  readonly network_interfaces: readonly RawNetworkInterface[];
}

export interface RawNetworkInterface extends RawReference {
  readonly primary_ip: { readonly address: string };
  readonly subnet: RawReference;
  readonly security_groups: readonly RawReference[];
  readonly floating_ips?: readonly (RawReference & { readonly address: string })[];
  readonly allow_ip_spoofing?: boolean;
}

export interface RawWorker {
  readonly id: string;
  readonly location: string;
  readonly networkInterfaces: readonly {
    readonly subnetID: string;
    readonly ipAddress: string;
    readonly cidr: string;
    readonly primary: boolean;
  }[];
}
