/** NetworkSet and GlobalNetworkSet: addresses that bear labels. */
import type { NetworkSetSpec } from "../../calico-kinds.ts";
import type { Cursor } from "../cursor.ts";
import { record, type Type } from "../types.ts";
import { setNets } from "./nets.ts";

const writtenSet: Type<NetworkSetSpec> = record({ nets: setNets }, { mainField: "nets" });

const NAMESPACE_LABEL = "projectcalico.org/namespace";

/** Reads spec and looks at the labels, so the cursor stands on the object. */
export function networkSetSpec(at: Cursor): NetworkSetSpec {
  const label = at.child("metadata").child("labels").child(NAMESPACE_LABEL);
  if (label.isPresent) {
    const message = `${label.pathText}: Calico sets this label itself`;
    label.reportKey("PC112", message, "remove it; the set has the label of its namespace anyway");
  }
  return writtenSet(at.enter("spec"));
}
