/** For tests: Services and slices as a cluster describes them. */

export function serviceManifest(namespace: string, name: string, spec: string): string {
  return `---\napiVersion: v1\nkind: Service\nmetadata: {namespace: ${namespace}, name: ${name}}\nspec: {${spec}}\n`;
}

/** An EndpointSlice; ports and addresses in YAML's short form. */
export function sliceManifest(
  namespace: string,
  service: string,
  ports: string,
  addresses: readonly string[],
  number = 1,
): string {
  const type = addresses.some((address) => address.includes(":")) ? "IPv6" : "IPv4";
  return `---
apiVersion: discovery.k8s.io/v1
kind: EndpointSlice
metadata: {namespace: ${namespace}, name: ${service}-${number}, labels: {kubernetes.io/service-name: ${service}}}
addressType: ${type}
ports: ${ports}
endpoints: [${addresses.map((address) => `{addresses: ["${address}"]}`).join(", ")}]
`;
}
