/** The user asked for something that cannot be done as written: exit code 2, without an answer. */
export class UsageError extends Error {
  /** What to write or do instead. */
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.name = "UsageError";
    this.remedy = remedy;
  }
}
