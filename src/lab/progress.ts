/** How far a lab has come, for whoever waits. */

export interface LabProgress {
  readonly step: "namespaces" | "network" | "programs" | "servers" | "probes" | "change" | "removal";
  readonly done: number;
  readonly total: number;
}

export interface LabOptions {
  readonly progress?: (progress: LabProgress) => void;
  readonly signal?: AbortSignal;
}
