/** Where a statement stands in the input. Every answer of Portcullis can point here. */

/** A place in a text; line and column count from 1, column in UTF-16 code units. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A place in a resource. It survives every translation, so an answer can name the line that caused it. */
export interface Origin extends Position {
  /** Kind, namespace and name, such as `NetworkPolicy accounts/backend-allow`. */
  readonly resource: string;
  /** The field inside the resource, such as `spec.ingress[0].from[1]`; empty for the resource as a whole. */
  readonly path: string;
}

/** `file:line:column`, the form editors and terminals turn into a link. */
export function positionText(position: Position): string {
  return `${position.file}:${position.line}:${position.column}`;
}

/** `file:line`, for answers where the column would be noise. */
export function lineText(position: Position): string {
  return `${position.file}:${position.line}`;
}

/** A path into a resource: field names and list indexes from the outside in. */
export type Path = readonly (string | number)[];

/** `spec.ingress[0].from[1]`, as the Kubernetes API server writes it. Keys that need it are quoted. */
export function pathText(path: Path): string {
  return path
    .map((step, i) => {
      if (typeof step === "number") return `[${step}]`;
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(step)) return `[${JSON.stringify(step)}]`;
      return i === 0 ? step : `.${step}`;
    })
    .join("");
}

/** The field, or the resource where the origin is a resource as a whole. */
export function placeText(origin: Origin): string {
  return origin.path === "" ? origin.resource : origin.path;
}
