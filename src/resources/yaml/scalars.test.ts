import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Scalar } from "./nodes.ts";
import { jsonNumber, plainScalar } from "./scalars.ts";

/** Each row as `kubectl annotate --local -o json` prints it (kubectl 1.32). */
const TABLE: readonly (readonly [Scalar, readonly string[]])[] = [
  [true, ["yes", "Yes", "YES", "on", "On", "ON", "y", "Y", "true", "True", "TRUE"]],
  [false, ["no", "No", "NO", "off", "Off", "OFF", "n", "N", "false", "False", "FALSE"]],
  [null, ["", "~", "null", "Null", "NULL"]],
  [420, ["0644", "0o644", "0O644"]],
  [-420, ["-0644"]],
  [-15, ["-0o17"]],
  [12, ["+12"]],
  [1000, ["1_000", "1e3", "1E3", "1e+3", "1.0e+3", "1_0e2"]],
  [10, ["1__0"]],
  [1, ["1.0", "1.", "1_", "0x1_"]],
  [31, ["0x1F", "0X1f", "0x_1F"]],
  [-31, ["-0x1F"]],
  [3, ["0b11", "0b1_1"]],
  [-3, ["-0b11"]],
  [12000, ["12e03"]],
  [0.5, [".5", "+.5"]],
  [-0.5, ["-.5"]],
  [1.5, ["1.5", "+1.5"]],
  [10.5, ["1_0.5"]],
  [899, ["0899"]],
  [8, ["08"]],
  [63, ["07_7"]],
  [7, ["0_7", "0o_7"]],
  [0, ["0", "00", "000", "+0", "-0"]],
  [9007199254740991, ["9007199254740991"]],
  [9223372036854775807n, ["9223372036854775807"]],
  [-9223372036854775807n, ["-9223372036854775807"]],
  [-(2 ** 63), ["-9223372036854775808"]],
  [18446744073709551616, ["18446744073709551615", "18446744073709551616"]],
  [1.2345678901234568e29, ["123456789012345678901234567890"]],
];

/** Texts that other YAML readers take for booleans, dates, base-60 numbers or octals, and Kubernetes for text. */
const STRINGS = [
  ..."yEs tRue nULL _1 60:30 12:30:45 2001-12-14 2001-12-14T21:59:43.10-05:00 1e400 0o8 0x 0b 0b2 1e = 1,000 1.2.3".split(
    " ",
  ),
  ..."0x1.8p3 inf Infinity nan NaN 10.0.0.0/8 10.0.0.1 fd00::1 <<".split(" "),
];

describe("unquoted scalars mean what they mean to kubectl", () => {
  for (const [value, texts] of TABLE) {
    for (const text of texts) {
      it(`${text === "" ? "(nothing)" : text} is ${value}`, () => assert.equal(plainScalar(text), value));
    }
  }
  for (const text of STRINGS) {
    it(`${text} is text`, () => assert.equal(plainScalar(text), text));
  }
  for (const text of [".inf", "-.inf", "+.Inf", ".INF", ".nan", ".NaN"]) {
    it(`${text} is refused, as JSON has no word for it`, () => assert.equal(plainScalar(text), undefined));
  }
  it("a million digits are text and cost no quadratic time", () => {
    assert.equal(plainScalar("9".repeat(1_000_000)), "9".repeat(1_000_000));
  });
});

describe("JSON numbers", () => {
  it("integers of 64 bits stay exact", () => assert.equal(jsonNumber("9223372036854775807"), 9223372036854775807n));
  it("80.0 is the whole number 80", () => assert.equal(jsonNumber("80.0"), 80));
  it("1e400 is no value", () => assert.equal(jsonNumber("1e400"), undefined));
});
