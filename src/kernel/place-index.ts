/** Finding servers by the address a probe went to, or by who should answer it. */

export class PlaceIndex<P extends { readonly address: string; readonly identity: string }> {
  readonly #byAddress = new Map<string, P[]>();
  readonly #byIdentity = new Map<string, P[]>();

  add(place: P): void {
    append(this.#byAddress, place.address, place);
    append(this.#byIdentity, place.identity, place);
  }

  /** The places at `address`, then those with one of the identities; each once. */
  find(address: string, identities: readonly string[]): ReadonlySet<P> {
    return new Set([
      ...(this.#byAddress.get(address) ?? []),
      ...identities.flatMap((identity) => this.#byIdentity.get(identity) ?? []),
    ]);
  }
}

function append<P>(map: Map<string, P[]>, key: string, place: P): void {
  const places = map.get(key);
  if (places === undefined) map.set(key, [place]);
  else places.push(place);
}
