/** Which table begins at a line, and what it tells. */
import type { PublicGateway } from "../../model.ts";
import type { WrittenAcl } from "../../written-acl.ts";
import type { ReadingDraft } from "../reading-draft.ts";
import { type Cell, cellOf, type Heading, headingsOf, JSON_REMEDY, type Row, rowsUnder } from "./cells.ts";
import { labelled, labelledBlock } from "./labels.ts";
import type { Lines, TextLine } from "./lines.ts";
import { aclOf, gatewayOf, type RowPlace, type RuleRow, subnetOf } from "./networks.ts";
import { nodeLabels } from "./node-labels.ts";
import { describedWorker, listedWorker, nodeWorker } from "./workers.ts";

export class Tables {
  readonly #draft: ReadingDraft;
  readonly #lines: Lines;

  constructor(draft: ReadingDraft, lines: Lines) {
    this.#draft = draft;
    this.#lines = lines;
  }

  /** Reads the table that begins at the next line, and says whether there is one. */
  read(line: TextLine): boolean {
    const node = nodeLabels(line, this.#lines);
    const names = new Set(headingsOf(line).map(({ name }) => name));
    if (node !== undefined) this.#node(node.name, node.labels);
    else if (names.has("primary ip")) this.#workers(headingsOf(line));
    else if (names.has("floating ip") && names.has("zone")) this.#gateways(headingsOf(line));
    else if (labelled(line)?.label === "id") this.#block(line);
    else return false;
    return true;
  }

  #node(name: Cell, labels: Row): void {
    const resource = `worker ${name.text}`;
    this.#draft.attempt(resource, name.offset, () => [
      { kind: "worker", value: nodeWorker(name, labels, this.#draft) },
    ]);
  }

  #workers(headings: readonly Heading[]): void {
    for (const place of this.#places("worker", headings)) {
      this.#draft.attempt(place.resource, place.offset, () => [
        { kind: "worker", value: listedWorker(place, this.#draft) },
      ]);
    }
  }

  #gateways(headings: readonly Heading[]): void {
    for (const place of this.#places("public gateway", headings)) {
      this.#draft.attempt(place.resource, place.offset, () => [
        { kind: "public gateway", value: gatewayOf(place, this.#draft) },
      ]);
    }
  }

  #places(noun: string, headings: readonly Heading[]): readonly RowPlace[] {
    this.#lines.skip();
    return rowsUnder(headings, this.#lines, this.#draft).map((row) => placeOf(noun, row, 0));
  }

  /** One object, line by line. */
  #block({ offset }: TextLine): void {
    const row = labelledBlock(this.#lines);
    const place = (noun: string): RowPlace => placeOf(noun, row, offset);
    if (row.has("ipv4 cidr") || row.has("subnet cidr")) this.#subnet(place("subnet"));
    else if (row.has("floating ip")) this.#gateway(place("public gateway"));
    else if (row.has("worker pool id") || row.has("worker pool name")) this.#worker(place("worker"));
    else if (this.#lines.peekFilled()?.text.trim() === "Rules") this.#acl(place("network ACL"));
    else this.#draft.refuse("PC207", "object", offset, "this object is of no kind that is known", JSON_REMEDY);
  }

  #subnet(place: RowPlace): void {
    this.#draft.attempt(place.resource, place.offset, () => [{ kind: "subnet", value: subnetOf(place, this.#draft) }]);
  }

  #gateway(place: RowPlace): void {
    this.#draft.attempt(place.resource, place.offset, () => {
      const value = gatewayOf(place, this.#draft);
      return this.#isAnswer(value) ? [] : [{ kind: "public gateway", value }];
    });
  }

  /** Two tables, one for each direction. */
  #acl(place: RowPlace): void {
    this.#lines.skip();
    const rules: RuleRow[] = [];
    for (let line = this.#lines.peekFilled(); line !== undefined; line = this.#lines.peekFilled()) {
      const direction = line.text.trim();
      if (direction !== "inbound" && direction !== "outbound") break;
      const cell = { text: direction, offset: line.offset + line.text.indexOf(direction) };
      this.#lines.skip();
      const headings = this.#lines.peekFilled();
      if (headings === undefined || labelled(headings)?.label !== "id") continue;
      this.#lines.skip();
      const rows = rowsUnder(headingsOf(headings), this.#lines, this.#draft);
      rules.push(...rows.map((row) => ({ row, direction: cell })));
    }
    this.#draft.attempt(place.resource, place.offset, () => {
      const value = aclOf(place, rules, this.#draft);
      return this.#isAnswer(value) ? [] : [{ kind: "network acl", value }];
    });
  }

  /** What the platform printed for the command above is what that command made. */
  #isAnswer(value: PublicGateway | WrittenAcl): boolean {
    const { commands } = this.#draft;
    const command = commands.at(-1);
    if (command === undefined || !("answer" in command)) return false;
    if (command.name !== value.name || command.answer !== undefined) return false;
    if (command.kind === "create acl" && "rules" in value) commands.push({ ...command, answer: value });
    else if (command.kind === "create gateway" && "zone" in value) commands.push({ ...command, answer: value });
    else return false;
    commands.splice(-2, 1);
    return true;
  }

  /** Sections follow: health, whose state counts, life cycle, and the subnets as a table. */
  #worker(place: RowPlace): void {
    const row = new Map(place.row);
    let subnets: readonly Row[] = [];
    for (let line = this.#lines.peekFilled(); line !== undefined; line = this.#lines.peekFilled()) {
      const section = line.text.trim();
      if (section !== "Health" && section !== "Lifecycle" && section !== "Subnets") break;
      this.#lines.skip();
      if (section === "Subnets") {
        const headings = this.#lines.peek();
        this.#lines.skip();
        subnets = headings === undefined ? [] : rowsUnder(headingsOf(headings), this.#lines, this.#draft);
      } else {
        const state = cellOf(labelledBlock(this.#lines), "state");
        if (section === "Health" && state !== undefined) row.set("state", state);
      }
    }
    this.#draft.attempt(place.resource, place.offset, () => [
      { kind: "worker", value: describedWorker({ ...place, row }, subnets, this.#draft) },
    ]);
  }
}

function placeOf(noun: string, row: Row, offset: number): RowPlace {
  const id = cellOf(row, "id");
  const name = cellOf(row, "name") ?? id;
  return { row, offset: id?.offset ?? offset, resource: `${noun} ${name?.text ?? "without name"}` };
}
