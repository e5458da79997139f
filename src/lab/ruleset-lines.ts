/** The pieces that texts for `nft -f` are put together from. */

export type Lines = readonly string[];

/** A set or map: its name, its properties, its elements. */
export function object(head: string, properties: Lines, elements: Lines): Lines {
  const body = properties.map((line) => `\t${line}`);
  if (elements.length > 0) body.push("\telements = {", ...elements.map((line) => `\t\t${line}`), "\t}");
  return [`${head} {`, ...body, "}"];
}

/** A chain below a comment that says what it is for. */
export function chain(name: string, about: string, rules: Lines): Lines {
  return [`# ${about}`, `chain ${name} {`, ...rules.map((rule) => `\t${rule}`), "}"];
}
