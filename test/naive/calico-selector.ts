/** Calico's selector language, evaluated while it is read: the text is the program. */

export type CalicoLabels = ReadonlyMap<string, string>;

/** What a selector means in its place. */
export interface SelectorPlace {
  /** Stands before every key: selectors on namespaces and service accounts look at labels that pods inherit from them. */
  readonly prefix?: string;
  readonly all?: boolean;
  readonly global?: boolean;
}

const KEY = /^[A-Za-z0-9_./-]+/u;
const TEXT = /^(?:"[^"]*"|'[^']*')/u;

/**
 * Does the selector hold for an object with these labels? Empty text holds for all. Throws on text that is no selector, which
 * does not depend on the labels.
 */
export function calicoSelects(text: string, labels: CalicoLabels, place: SelectorPlace = {}): boolean {
  const { prefix = "", all = true, global = true } = place;
  let rest = text.replace(/^[ \t]+/u, "");
  if (rest === "") return all;

  const take = (form: RegExp): string | undefined => {
    const found = form.exec(rest)?.[0];
    if (found !== undefined) rest = rest.slice(found.length).replace(/^[ \t]+/u, "");
    return found;
  };
  const need = (form: RegExp, what: string): string => {
    const found = take(form);
    if (found === undefined) throw new Error(`not a selector: "${text}" lacks ${what} before "${rest}"`);
    return found;
  };
  const needText = () => need(TEXT, "a quoted value").slice(1, -1);
  const needKey = () => {
    const key = need(KEY, "a label name");
    if (key.length > 512) throw new Error(`not a selector: "${key}" is longer than 512 characters`);
    return key;
  };
  const needList = (): readonly string[] => {
    const values: string[] = [];
    need(/^\{/u, "{");
    while (take(/^\}/u) === undefined) {
      values.push(needText());
      if (take(/^,/u) !== undefined) continue;
      need(/^\}/u, "}");
      break;
    }
    return values;
  };

  const either = (): boolean => {
    let holds = both();
    while (take(/^\|\|/u) !== undefined) holds = both() || holds;
    return holds;
  };
  const both = (): boolean => {
    let holds = not();
    while (take(/^&&/u) !== undefined) holds = not() && holds;
    return holds;
  };
  const not = (): boolean => (take(/^!/u) === undefined ? single() : !not());
  const single = (): boolean => {
    if (take(/^all\([ \t]*\)/u) !== undefined) return all;
    if (take(/^global\([ \t]*\)/u) !== undefined) return global;
    if (take(/^has\(/u) !== undefined) {
      const has = labels.has(prefix + needKey());
      need(/^\)/u, ")");
      return has;
    }
    if (take(/^\(/u) !== undefined) {
      const holds = either();
      need(/^\)/u, ")");
      return holds;
    }
    return comparison(labels.get(prefix + needKey()));
  };
  const comparison = (value: string | undefined): boolean => {
    if (take(/^==/u) !== undefined) return value === needText();
    if (take(/^!=/u) !== undefined) return value !== needText();
    if (take(/^contains/u) !== undefined) return isWith(needText(), (part) => value?.includes(part));
    if (take(/^starts[ \t]*with/u) !== undefined) return isWith(needText(), (part) => value?.startsWith(part));
    if (take(/^ends[ \t]*with/u) !== undefined) return isWith(needText(), (part) => value?.endsWith(part));
    if (take(/^not[ \t]*in/u) !== undefined) return !needList().some((listed) => listed === value);
    need(/^in/u, "an operator");
    return needList().some((listed) => listed === value);
  };

  const holds = either();
  if (rest !== "") throw new Error(`not a selector: "${text}" goes on with "${rest}"`);
  return holds;
}

function isWith(part: string, holds: (part: string) => boolean | undefined): boolean {
  return holds(part) === true;
}
