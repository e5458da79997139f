import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";

/** Throws for a value that is not as the published schema of a command's JSON says. */
export function validator(command: string): (value: unknown) => void {
  const schema: object = JSON.parse(
    readFileSync(new URL(`../../../docs/schemas/${command}.v1.json`, import.meta.url), "utf8"),
  );
  const ajv = new Ajv2020({ strict: true, allErrors: true });
  const validate = ajv.compile(schema);
  return (value) => assert.ok(validate(value), ajv.errorsText(validate.errors));
}
