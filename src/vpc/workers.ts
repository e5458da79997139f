/** Workers as several commands list them: one tells the address alone, another the subnet too. */
import { fill } from "./merge.ts";
import type { Worker } from "./model.ts";

/** One worker of two listings that name the same addresses; undefined where they contradict each other. */
export function joinWorkers(earlier: Worker, later: Worker): Worker | undefined {
  const interfaces = later.interfaces.map((each) => {
    const other = earlier.interfaces.find(({ address }) => address === each.address);
    return other && fill(other, each);
  });
  const joined = interfaces.filter((each) => each !== undefined);
  if (joined.length < earlier.interfaces.length || joined.length < later.interfaces.length) return undefined;
  return fill({ ...earlier, interfaces: joined }, { ...later, interfaces: joined });
}
