/** The words of Calico's selector language, and what is wrong with a text that does not follow it. */

export interface CalicoSelectorError {
  /** What is wrong, one sentence. */
  readonly message: string;
  /** Where: an index into the text in UTF-16 code units; the text's length where something is missing at its end. */
  readonly offset: number;
  /** What to write instead. */
  readonly remedy: string;
}

export type Operator = "==" | "!=" | "in" | "not in" | "contains" | "starts with" | "ends with";

export type Punctuation = "(" | ")" | "{" | "}" | "," | "!" | "&&" | "||";

export type Token = TokenContent & {
  readonly start: number;
  readonly end: number;
};

export type TokenContent =
  | { readonly kind: Punctuation }
  | { readonly kind: "operator"; readonly operator: Operator }
  | { readonly kind: "key"; readonly key: string }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "has"; readonly key: string }
  | { readonly kind: "all" }
  | { readonly kind: "global" }
  | { readonly kind: "end" }
  /** Characters that are no word of the language. It is the last token of its text. */
  | { readonly kind: "error"; readonly error: CalicoSelectorError };
