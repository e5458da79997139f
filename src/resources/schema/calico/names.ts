/** How Calico's policies may be called. */
import { dnsSubdomainObjection, type Objection, shown } from "../syntax.ts";

const RULE = "write one DNS label, such as `allow-dns`, or two joined by one dot, such as `security.allow-dns`";
const LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** One label, or a tier's name and one label. Names of policies that stand for Kubernetes' own may have more dots. */
export function policyNameObjection(name: string): Objection {
  if (/^(knp|ossg)\.default\./.test(name)) return dnsSubdomainObjection(name);
  return globalPolicyNameObjection(name);
}

export function globalPolicyNameObjection(name: string): Objection {
  const labels = name.split(".");
  if (name.length <= 253 && labels.length <= 2 && labels.every((label) => LABEL.test(label))) return undefined;
  return dnsSubdomainObjection(name) ?? { reason: `${shown(name)} has more than one dot`, remedy: RULE };
}
