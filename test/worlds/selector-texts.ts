import * as fc from "fast-check";
import {
  accountLabelValues,
  accountNames,
  nameLabel,
  namespaceLabelValues,
  namespaceNames,
  podLabelValues,
} from "./vocabulary.ts";

type Values = Readonly<Record<string, readonly string[]>>;

/** Calico selectors over these labels. Half of them select everything or by one label; the rest uses the whole language. */
function selectorTextFrom(values: Values): fc.Arbitrary<string> {
  const simple = fc.oneof(...Object.entries(values).map(([key, own]) => comparisonOn(key, own)));
  const equality = fc.oneof(
    ...Object.entries(values).map(([key, own]) => fc.constantFrom(...own).map((value) => `${key} == "${value}"`)),
  );
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant("all()") },
    { weight: 4, arbitrary: equality },
    { weight: 4, arbitrary: simple },
    { weight: 1, arbitrary: simple.map((a) => `! ${a}`) },
    { weight: 1, arbitrary: fc.tuple(simple, simple).map(([a, b]) => `${a} && ${b}`) },
    { weight: 1, arbitrary: fc.tuple(simple, simple).map(([a, b]) => `${a}||${b}`) },
    { weight: 1, arbitrary: fc.tuple(simple, simple, simple).map(([a, b, c]) => `${a} || ${b} && ${c}`) },
    { weight: 1, arbitrary: fc.tuple(simple, simple, simple).map(([a, b, c]) => `!(${a} || !!${b}) || (${c})`) },
  );
}

function comparisonOn(key: string, values: readonly string[]): fc.Arbitrary<string> {
  const value = fc.constantFrom(...values, "other");
  const list = fc.uniqueArray(value, { maxLength: 2 }).map((listed) => listed.map((own) => `'${own}'`).join(", "));
  return fc.oneof(
    { weight: 2, arbitrary: value.map((own) => `${key} == '${own}'`) },
    { weight: 2, arbitrary: value.map((own) => `${key}!="${own}"`) },
    { weight: 2, arbitrary: fc.constantFrom(`has(${key})`, `!has(${key})`, `has( ${key} )`) },
    { weight: 1, arbitrary: list.map((listed) => `${key} in {${listed}}`) },
    { weight: 1, arbitrary: list.map((listed) => `${key} not in { ${listed} }`) },
    { weight: 1, arbitrary: value.map((own) => `${key} contains "${own.slice(1, 3)}"`) },
    { weight: 1, arbitrary: value.map((own) => `${key} starts with "${own.slice(0, 2)}"`) },
    { weight: 1, arbitrary: value.map((own) => `${key} ends with "${own.slice(-1)}"`) },
    { weight: 1, arbitrary: fc.constant("all()") },
  );
}

const inherited: Values = {
  "projectcalico.org/namespace": namespaceNames,
  "projectcalico.org/serviceaccount": accountNames,
  "projectcalico.org/orchestrator": ["k8s"],
  "pcns.env": namespaceLabelValues.env,
  "pcns.projectcalico.org/name": namespaceNames,
  "pcsa.role": accountLabelValues.role,
};

/** Over what pods and network sets bear: mostly their own labels. */
export const endpointSelectorText = fc.oneof(
  { weight: 5, arbitrary: selectorTextFrom(podLabelValues) },
  { weight: 1, arbitrary: selectorTextFrom(inherited) },
  { weight: 1, arbitrary: selectorTextFrom({ ...podLabelValues, ...inherited }) },
);

export const namespaceSelectorText = selectorTextFrom({
  ...namespaceLabelValues,
  [nameLabel]: namespaceNames,
  "projectcalico.org/name": namespaceNames,
});

export const accountSelectorText = selectorTextFrom({ ...accountLabelValues, "projectcalico.org/name": accountNames });
