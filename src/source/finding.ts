import { CODES, type CodeName, type Severity } from "./codes.ts";
import { type Position, positionText } from "./origin.ts";

/** Something a user should know about the input: what, where, why, and what to do about it. */
export interface Finding {
  readonly code: CodeName;
  readonly severity: Severity;
  /** What is the matter, one sentence; names the field and the value. */
  readonly message: string;
  /** Absent only where there is no place, as for a folder without files. */
  readonly position?: Position;
  /** The resource it concerns, `NetworkPolicy accounts/backend-allow`, where one is known. */
  readonly resource?: string;
  /** What to write or do instead. */
  readonly remedy: string;
}

/** A finding with the severity that the registry gives its code. */
export function finding(
  code: CodeName,
  message: string,
  remedy: string,
  where: { readonly position?: Position; readonly resource?: string } = {},
): Finding {
  return { code, severity: CODES[code].severity, message, remedy, ...where };
}

/** `file:line:column: error PC110: message` and an indented remedy line. Plain text; escaping is the printer's work. */
export function findingText(item: Finding): string {
  const place = item.position === undefined ? "" : `${positionText(item.position)}: `;
  return `${place}${item.severity} ${item.code}: ${item.message}\n  ${item.remedy}`;
}
