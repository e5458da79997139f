/** Bundles among the inputs. */
import { readBundle } from "../resources/bundle.ts";
import type { Reading, ReadOptions } from "../resources/reading.ts";
import { type BothReadings, readBoth } from "../vpc/ibm/read.ts";

/** A bundle as the texts that it was made of were read. */
export function readBundled(name: string, text: string, { keep }: ReadOptions): readonly BothReadings[] {
  const { reading, networks } = readBundle(name, text, keep);
  return [
    { cluster: reading, vpc: undefined, vpcText: undefined },
    ...networks.map(({ file, text: network }) => ({
      ...readBoth(file, network, { validation: "ignore", namespace: undefined }),
      cluster: NOTHING,
    })),
  ];
}

const NOTHING: Reading = { resources: [], findings: [], blinds: [], passedOver: new Map() };
