/** What to add to the input, or to switch, when a fact is missing. */

interface Remedy {
  readonly fact: RegExp;
  readonly remedy: (words: readonly string[]) => string;
}

const REMEDIES: readonly Remedy[] = [
  {
    fact: /^label .* of namespace (\S+), which is not in the input$/,
    remedy: ([namespace = ""]) =>
      `add the Namespace ${namespace} to the input, or use --assume unlisted-namespace-labels=none if it has no more labels`,
  },
  {
    fact: /^the address (\S+) will get/,
    remedy: () => "add the live pods (kubectl get pods -A -o yaml), or narrow the range with --pod-cidr",
  },
  {
    fact: /^which address of /,
    remedy: () => "ask about one address or a smaller block",
  },
  {
    fact: /^whether (\S+) runs on node\/(\S+) /,
    remedy: () => "add the live pods, whose spec.nodeName tells it",
  },
  {
    fact: /^what .* which Portcullis does not model$/,
    remedy: () => "leave it out of the input for an answer about the other policies alone",
  },
  {
    fact: /^what .* which could not be read$/,
    remedy: () => "repair it; the errors above say how",
  },
  {
    fact: /^which pod bears the address/,
    remedy: () => "take all pods from one moment of the cluster, or remove the one that is gone",
  },
  {
    fact: /^which addresses (\S+), the external name of /,
    remedy: ([name = ""]) => `look ${name} up and ask about its address`,
  },
];

/** What to do about a missing fact; undefined where there is no advice. */
export function remedyFor(fact: string): string | undefined {
  for (const { fact: pattern, remedy } of REMEDIES) {
    const words = pattern.exec(fact);
    if (words !== null) return remedy(words.slice(1));
  }
  return undefined;
}
