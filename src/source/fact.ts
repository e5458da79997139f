/** Something the input does not tell and that would decide an answer, with what to do so that it does. */
export interface Fact {
  readonly text: string;
  readonly remedy: string;
}

/** Facts without repetition, by their text. */
export function distinctFacts(facts: readonly Fact[]): readonly Fact[] {
  return [...new Map(facts.map((fact) => [fact.text, fact])).values()];
}
