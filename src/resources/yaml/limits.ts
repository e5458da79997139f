/** Bounds that keep hostile or broken input from taking all memory or time. Real inputs stay far below them. */

/** Characters of one YAML or JSON document; a cluster dump of 100,000 objects stays below it. */
export const MAX_DOCUMENT_LENGTH = 128 * 1024 * 1024;

/** Lists and mappings inside each other. The deepest custom resource definitions in use have about 60. */
export const MAX_DEPTH = 200;

/** Values of one document; for YAML, characters that can begin one. A dump of 50,000 pods stays below it. */
export const MAX_NODES = 32_000_000;

/** Nodes of one document that come from aliases and merge keys alone. */
export const MAX_ALIASED_NODES = 1_000_000;

/** Documents of one text. */
export const MAX_DOCUMENTS = 1_000_000;
