/**
 * What selectors of every language see of an object: its own labels, and under prefixes what it inherits and what it is. One
 * space of keys lets one selector speak of pods, namespaces, service accounts, network sets and nodes together. A prefix
 * ends in `:`, so no author can forge it.
 */
import type { Labels, LabelSource } from "../labels/labels.ts";
import { equals, type Selector } from "../labels/selector.ts";

/** Labels of the namespace, with its name under `projectcalico.org/name` too. */
export const NAMESPACE = "namespace:";
/** Labels of the service account, with its name under `projectcalico.org/name`. */
export const SERVICE_ACCOUNT = "serviceaccount:";
/** What the object is and whose, beside labels. */
export const OBJECT = "object:";
/** What the object is. */
export const KIND = "object:kind";
/** The name of its namespace; absent for what has none. */
export const NAMESPACE_NAME = "object:namespace";
/** The name of a pod's service account. */
export const SERVICE_ACCOUNT_NAME = "object:serviceaccount";

/** `k8s` for pods. */
export const ORCHESTRATOR = "object:orchestrator";

/** The label every namespace has, whatever its manifest says. */
export const NAMESPACE_NAME_LABEL = "kubernetes.io/metadata.name";
/** The label under which a namespace or service account shows its name to Calico's selectors. */
export const CALICO_NAME_LABEL = "projectcalico.org/name";

export type LabelledKind = "pod" | "node" | "network-set" | "host-endpoint";

export function isKind(kind: LabelledKind): Selector {
  return equals(KIND, kind);
}

export interface Heritage {
  readonly kind: LabelledKind;
  readonly own: Labels;
  readonly namespace: { readonly name: string; readonly labels: Labels } | undefined;
  readonly serviceAccount: { readonly name: string; readonly labels: Labels } | undefined;
}

/** The labels of an object as selectors see them. Nothing is copied: every pod has one, and selectors ask it all the time. */
export function seenLabels(heritage: Heritage): LabelSource {
  return new SeenLabels(heritage);
}

class SeenLabels implements LabelSource {
  readonly #kind: LabelledKind;
  readonly #own: Labels;
  readonly #namespace: Heritage["namespace"];
  readonly #serviceAccount: Heritage["serviceAccount"];

  constructor({ kind, own, namespace, serviceAccount }: Heritage) {
    this.#kind = kind;
    this.#own = own;
    this.#namespace = namespace;
    this.#serviceAccount = serviceAccount;
  }

  get(key: string): string | undefined {
    if (!key.includes(":")) return this.#own.get(key);
    if (key.startsWith(NAMESPACE)) return inherited(this.#namespace, key.slice(NAMESPACE.length));
    if (key.startsWith(SERVICE_ACCOUNT)) return inherited(this.#serviceAccount, key.slice(SERVICE_ACCOUNT.length));
    switch (key) {
      case KIND:
        return this.#kind;
      case NAMESPACE_NAME:
        return this.#namespace?.name;
      case SERVICE_ACCOUNT_NAME:
        return this.#serviceAccount?.name;
      case ORCHESTRATOR:
        return this.#kind === "pod" ? "k8s" : undefined;
      default:
        return undefined;
    }
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }
}

function inherited(from: Heritage["namespace"], key: string): string | undefined {
  return key === CALICO_NAME_LABEL ? from?.name : from?.labels.get(key);
}
