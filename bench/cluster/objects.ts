/** Kubernetes objects as plain JSON. */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [field: string]: Json };

export type Fields = { readonly [field: string]: Json };

export type Labels = Readonly<Record<string, string>>;

export interface ObjectMeta {
  readonly name: string;
  /** Absent for cluster-scoped kinds. */
  readonly namespace?: string;
  readonly labels?: Labels;
  readonly [field: string]: Json;
}

/** An object as `kubectl get -o json` shows it. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: Json;
}

/** One moment for everything: a generated cluster has no clock. */
export const MOMENT = "2026-01-15T08:00:00Z";
