/** The written form of names, labels, ports and addresses, as the API server checks it. A reason means refused. */

/** Why a text is refused, and what to do; undefined: it is fine. */
export type Objection = { readonly reason: string; readonly remedy: string } | undefined;

const LABEL_NAME = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/;
const DNS_LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const DNS_SUBDOMAIN = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

const LETTERS = "letters, digits, -, _ and . are allowed, and the first and last must be a letter or digit";

export function labelKeyObjection(key: string): Objection {
  const slash = key.indexOf("/");
  const prefix = slash < 0 ? undefined : key.slice(0, slash);
  const name = key.slice(slash + 1);
  if (prefix !== undefined && (prefix.length > 253 || !DNS_SUBDOMAIN.test(prefix))) {
    return {
      reason: `the prefix of label key ${shown(key)} is not a DNS name`,
      remedy: strangeRemedy(key) ?? "write it like `example.com/name`",
    };
  }
  if (name.length > 63) return { reason: `label key ${shown(key)} is longer than 63 characters`, remedy: "shorten it" };
  if (!LABEL_NAME.test(name))
    return { reason: `${shown(key)} is not a label key`, remedy: strangeRemedy(key) ?? LETTERS };
  return undefined;
}

export function labelValueObjection(value: string): Objection {
  if (value === "") return undefined;
  if (value.length > 63)
    return { reason: `label value ${shown(value)} is longer than 63 characters`, remedy: "shorten it" };
  if (!LABEL_NAME.test(value))
    return { reason: `${shown(value)} is not a label value`, remedy: strangeRemedy(value) ?? LETTERS };
  return undefined;
}

export function annotationKeyObjection(key: string): Objection {
  const objection = labelKeyObjection(key.toLowerCase());
  return objection && { reason: `${shown(key)} is not an annotation key`, remedy: objection.remedy };
}

/** RFC 1123 label: names of namespaces and Services. */
export function dnsLabelObjection(name: string): Objection {
  if (name.length <= 63 && DNS_LABEL.test(name)) return undefined;
  const rule =
    "lower-case letters, digits and - are allowed, at most 63, and the first and last must be a letter or digit";
  return { reason: `${shown(name)} is not a DNS label`, remedy: strangeRemedy(name) ?? rule };
}

/** RFC 1123 subdomain: names of most objects. */
export function dnsSubdomainObjection(name: string): Objection {
  if (name.length <= 253 && DNS_SUBDOMAIN.test(name)) return undefined;
  const rule =
    "lower-case letters, digits, - and . are allowed, at most 253, and every part begins and ends with a letter or digit";
  return { reason: `${shown(name)} is not a DNS name`, remedy: strangeRemedy(name) ?? rule };
}

/** IANA service name (RFC 6335): names of container ports, and how policies refer to them. */
export function portNameObjection(name: string): Objection {
  if (/^\d+$/.test(name)) {
    return {
      reason: `"${name}" is text, and a port name needs at least one letter`,
      remedy: `write ${name} without quotes`,
    };
  }
  const rule =
    "a port name has at most 15 lower-case letters, digits and single hyphens between them, at least one of them a letter";
  const remedy = strangeRemedy(name) ?? rule;
  if (name.length > 15) return { reason: `port name ${shown(name)} is longer than 15 characters`, remedy };
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) || !/[a-z]/.test(name)) {
    const range = /^(\d+)\s*[-:]\s*(\d+)$/.exec(name);
    const advice = range === null ? remedy : `write \`port: ${range[1]}\` and \`endPort: ${range[2]}\` for a range`;
    return { reason: `${shown(name)} is not a port name`, remedy: advice };
  }
  return undefined;
}

export function portNumberObjection(port: number): Objection {
  if (port >= 1 && port <= 65535) return undefined;
  return { reason: `${port} is not a port number`, remedy: "write a number from 1 to 65535" };
}

const TYPOGRAPHIC = /[“”„‟«»‘’‚‛]/;

/** The text without typographic quotes and Markdown's `**`, which is what the author meant. */
export function withoutDecoration(text: string): string {
  return text.replaceAll(/[“”„‟«»‘’‚‛]|\*\*/g, "").trim();
}

/** Advice for characters that come from web pages, Markdown and templates; undefined where there are none. */
export function strangeRemedy(text: string): string | undefined {
  const bare = withoutDecoration(text);
  if (TYPOGRAPHIC.test(text)) return `the typographic quotes are part of the text; write ${shown(bare)}`;
  if (/[\u00a0\u2007\u202f]/.test(text))
    return "it holds a no-break space (U+00A0); write it without, or with an ordinary space";
  if (/[\u200b-\u200f\u2060\ufeff]/.test(text)) return "it holds an invisible character; type it again by hand";
  if (text.includes("**")) return `** is left from Markdown; write ${shown(bare)}`;
  if (/\{\{|\}\}|\$\{|\$\(/.test(text)) return "a template placeholder is left in; render the template first";
  if (/^<.*>$|<[\w -]+>/.test(text)) return "a placeholder is left in; write the real value";
  return undefined;
}

/** A value in a message: quoted, escaped and bounded. */
export function shown(value: unknown): string {
  const text = typeof value === "bigint" ? String(value) : (JSON.stringify(value) ?? "nothing");
  return text.length <= 80 ? text : `${text.slice(0, 76)}…"`;
}
