/** What can be wrong with a lab of some name, and what to do about it. */

export class LabExistsError extends Error {
  override readonly name = "LabExistsError";

  constructor(lab: string, namespaces: readonly string[]) {
    super(
      `a lab named ${lab} stands already (${namespaces.length} namespaces, the first is ${namespaces[0]}): ` +
        `remove it with \`portcullis lab down --name ${lab}\`, or choose another name`,
    );
  }
}

export class LabMissingError extends Error {
  override readonly name = "LabMissingError";

  constructor(lab: string) {
    super(`no lab named ${lab} stands on this machine: build it with \`portcullis lab up\` from the same input`);
  }
}

export class OtherLabError extends Error {
  override readonly name = "OtherLabError";

  constructor(lab: string) {
    super(
      `the lab named ${lab} was not built from this input, these options and this version: ` +
        `load them into it with \`portcullis lab reload --name ${lab}\` and the same paths`,
    );
  }
}

export class OtherPlacesError extends Error {
  override readonly name = "OtherPlacesError";

  constructor(lab: string) {
    super(
      `the lab named ${lab} was built from other pods or nodes, or by another version: ` +
        `remove it with \`portcullis lab down --name ${lab}\` and build it again`,
    );
  }
}
