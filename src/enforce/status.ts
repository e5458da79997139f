/** What is in force, told by whoever enforces and held against the kernel. */
import { ask } from "./control.ts";
import { openTable } from "./open-table.ts";
import { type Enforcement, readState, removeState, type State } from "./state.ts";

export interface Place {
  readonly folder: string;
  readonly table: string;
  readonly namespace: string | undefined;
}

export interface Status {
  /** What the kernel does, whatever the state says. */
  readonly enforcement: Enforcement;
  readonly isRunning: boolean;
  /** Why the kernel does something else than the state says. */
  readonly contradiction?: string;
  /** Undefined: no enforcer has left one. */
  readonly state: State | undefined;
}

/** Asks the enforcer, which looks at its table first; where none runs, looks at the table itself. */
export async function statusOf({ folder, table, namespace }: Place): Promise<Status> {
  const told = await ask(folder, table, "status");
  if (told !== undefined) return { enforcement: told.enforcement, isRunning: true, state: told };
  const state = await readState(folder, table);
  const open = openTable(table, namespace, state?.writer).table;
  try {
    const fingerprint = await open.fingerprint();
    const contradiction = contradictionOf(state, fingerprint, table);
    if (state === undefined || contradiction !== undefined) {
      return {
        enforcement: "none",
        isRunning: false,
        state,
        ...(contradiction === undefined ? {} : { contradiction }),
      };
    }
    return { enforcement: state.enforcement, isRunning: false, state };
  } finally {
    open.close();
  }
}

function contradictionOf(state: State | undefined, fingerprint: string | undefined, table: string): string | undefined {
  if (state === undefined) {
    return fingerprint === undefined
      ? undefined
      : `there is a table inet ${table} that no enforcer of this folder wrote`;
  }
  if (state.enforcement === "none" || state.fingerprint === fingerprint) return undefined;
  if (fingerprint === undefined) return `table inet ${table} is no longer in the kernel`;
  if (state.fingerprint === undefined) return `the enforcer ended before it had compared table inet ${table}`;
  return `table inet ${table} was changed since the enforcer wrote it`;
}

/** Removes the table and what tells of it; returns whether there was a table. Throws what the kernel refuses. */
export async function stopEnforcing({ folder, table, namespace }: Place): Promise<boolean> {
  const told = await ask(folder, table, "stop");
  if (told !== undefined) {
    if (told.enforcement !== "none") throw new Error(told.lastError?.what ?? "the enforcer could not remove its table");
    await removeState(folder, table);
    return true;
  }
  const state = await readState(folder, table);
  const open = openTable(table, namespace, state?.writer).table;
  try {
    const wasThere = await open.remove();
    await removeState(folder, table);
    return wasThere;
  } finally {
    open.close();
  }
}
