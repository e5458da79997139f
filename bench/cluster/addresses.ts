/** Where things of a generated cluster live: each node has a block for its pods, Services have one for all. */

/** The `index`-th /24 of 10.128.0.0/10, which is for pods, and the same in the other family. */
export function podCidrs(index: number, dualStack: boolean): readonly string[] {
  const v4 = `10.${128 + (index >> 8)}.${index & 255}.0/24`;
  return dualStack ? [v4, `fd00:10:0:${index.toString(16)}::/64`] : [v4];
}

/** The `index`-th address that the `node`-th node gives to a pod. The first addresses of the block are the node's own. */
export function podAddresses(node: number, index: number, dualStack: boolean): readonly string[] {
  const host = index + 2;
  if (host > 254) throw new RangeError("a node has no address left for another pod");
  const v4 = `10.${128 + (node >> 8)}.${node & 255}.${host}`;
  return dualStack ? [v4, `fd00:10:0:${node.toString(16)}::${host.toString(16)}`] : [v4];
}

export function nodeAddresses(index: number, dualStack: boolean): readonly string[] {
  const host = index + 10;
  const v4 = `172.${16 + (host >> 16)}.${(host >> 8) & 255}.${host & 255}`;
  return dualStack ? [v4, `fd00:172::${(index + 16).toString(16)}`] : [v4];
}

/** The address of the `index`-th Service. Index 0 is DNS, which has the tenth address as in most clusters. */
export function serviceAddresses(index: number, dualStack: boolean): readonly string[] {
  const host = index + 10;
  const v4 = `10.${96 + (host >> 16)}.${(host >> 8) & 255}.${host & 255}`;
  return dualStack ? [v4, `fd00:96::${host.toString(16)}`] : [v4];
}

/** The address of the `index`-th load balancer: RFC 2544's block for benchmarks, which nobody has. */
export function loadBalancerAddress(index: number): string {
  return `198.19.${(index >> 8) & 255}.${index & 255}`;
}
