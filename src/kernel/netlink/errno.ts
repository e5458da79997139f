/** Symbolic names of the error numbers that netlink answers with. */
import { getSystemErrorName } from "node:util";

/** Of include/linux/errno.h, which programs do not see in other places and Node does not name. */
const ERESTART = 85;

export function errnoName(number: number): string {
  return number === ERESTART ? "ERESTART" : getSystemErrorName(-number);
}
