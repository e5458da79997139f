/** Why benchmarks of the kernel cannot run here. */
import { labCapabilities } from "../../src/kernel/capabilities.ts";

/** In words, with what to do about it; undefined where they can. */
export function kernelObstacle(): string | undefined {
  const capabilities = labCapabilities();
  return capabilities.ok ? undefined : capabilities.missing.map(({ what, remedy }) => `${what} (${remedy})`).join("; ");
}
