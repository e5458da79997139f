/** What gathers while a text is read. */
import type { Blind } from "../../resources/reading.ts";
import { Sink } from "../../resources/schema/sink.ts";
import type { SourceText } from "../../resources/yaml/source.ts";
import type { CodeName } from "../../source/codes.ts";
import type { Fact } from "../../source/fact.ts";
import { finding } from "../../source/finding.ts";
import type { Origin } from "../../source/origin.ts";
import type { Command } from "../commands.ts";
import type { VpcKind } from "../model.ts";
import type { Page, VpcObject, VpcReading } from "../reading.ts";
import type { Place } from "./told.ts";

export class ReadingDraft {
  readonly source: SourceText;
  readonly sink = new Sink();
  readonly objects: VpcObject[] = [];
  readonly complete = new Set<VpcKind>();
  readonly pages: Page[] = [];
  readonly commands: Command[] = [];
  readonly gaps: Fact[] = [];
  readonly #blinds: Blind[] = [];
  readonly #passedOver = new Map<string, number>();

  constructor(source: SourceText) {
    this.source = source;
  }

  reading(): VpcReading {
    const { objects, complete, pages, commands, gaps, sink, source } = this;
    const findings = sink.findings(() => source.positionAt(source.text.length));
    return {
      objects,
      complete,
      pages,
      commands,
      gaps,
      findings,
      blinds: this.#blinds,
      passedOver: this.#passedOver,
    };
  }

  /** Keeps what `read` gives, or leaves a blind spot if it reports an error. */
  attempt(resource: string, offset: number, read: () => readonly VpcObject[]): void {
    const errors = this.sink.errors;
    const objects = read();
    if (this.sink.errors === errors) this.objects.push(...objects);
    else this.blind(resource, offset);
  }

  /** Reports something that cannot be read, which might decide who may talk. */
  refuse(code: CodeName, resource: string, offset: number, message: string, remedy: string): void {
    this.place(offset, resource).report(code, message, remedy);
    this.blind(resource, offset);
  }

  blind(what: string, offset: number): void {
    this.#blinds.push({ what, why: "unreadable", namespace: undefined, origin: this.origin(offset, what) });
  }

  passOver(what: string): void {
    this.#passedOver.set(what, (this.#passedOver.get(what) ?? 0) + 1);
  }

  origin(offset: number, resource: string): Origin {
    return { ...this.source.positionAt(offset), resource, path: "" };
  }

  place(offset: number, resource: string): Place {
    const { sink, source } = this;
    return {
      report: (code, message, remedy) =>
        sink.add(finding(code, message, remedy, { position: source.positionAt(offset), resource })),
    };
  }
}
