/** From the paths a user names to the files they mean. */
import type { Stats } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join, normalize } from "node:path";
import { glob, isDynamicPattern } from "tinyglobby";
import { type Finding, finding } from "../source/finding.ts";

/** Files of one input; more is a path that was not meant. */
export const MAX_FILES = 200_000;

const MANIFEST = /\.(ya?ml|json)$/i;

/** Whether a file in a folder counts by its name. */
export function isManifest(name: string): boolean {
  return MANIFEST.test(name);
}

export interface FoundFiles {
  /** The names as the user would write them, in the order of the paths, sorted inside each folder. Every file once. */
  readonly files: readonly string[];
  readonly findings: readonly Finding[];
  /** Paths that could not be read, for which answers must be careful. */
  readonly unreadable: readonly string[];
}

/** Files, folders and globs to files. Never throws for what is on the disk: problems become findings. */
export async function findFiles(paths: readonly string[], recursive: boolean): Promise<FoundFiles> {
  const finder = new Finder(recursive);
  for (const path of paths) await finder.add(path);
  return finder;
}

class Finder implements FoundFiles {
  readonly files: string[] = [];
  readonly findings: Finding[] = [];
  readonly unreadable: string[] = [];
  readonly #recursive: boolean;
  readonly #seenFiles = new Set<string>();

  constructor(recursive: boolean) {
    this.#recursive = recursive;
  }

  async add(path: string): Promise<void> {
    const before = this.#seenFiles.size;
    const found = await statOf(path);
    if ("code" in found) {
      if (found.code === "ENOENT" && isDynamicPattern(path)) await this.#addGlob(path);
      else this.#fail(path, found.code);
      return;
    }
    if (!found.isDirectory()) {
      await this.#addFile(path);
      return;
    }
    const problems = this.findings.length;
    const any = await this.#addFolder(normalize(path), new Set());
    if (any || before !== this.#seenFiles.size || problems !== this.findings.length) return;
    this.#report(`${path} holds no manifests`, "name a folder with files that end in .yaml, .yml or .json");
  }

  async #addGlob(pattern: string): Promise<void> {
    const matches = await glob(pattern.replaceAll("\\", "/"), {
      ignore: ["**/node_modules/**"],
      expandDirectories: this.#recursive,
    });
    const manifests = matches.filter((match) => isManifest(match)).sort();
    for (const match of manifests) await this.#addFile(normalize(match));
    if (manifests.length > 0) return;
    this.#report(`no file matches ${pattern}`, "check the pattern; only files that end in .yaml, .yml or .json count");
    this.unreadable.push(pattern);
  }

  /** Whether there was any manifest. `seen` holds the real paths of folders already visited: links may go in circles. */
  async #addFolder(path: string, seen: Set<string>): Promise<boolean> {
    let names: string[];
    try {
      const real = await realpath(path);
      if (seen.has(real)) return false;
      seen.add(real);
      names = await readdir(path);
    } catch (error) {
      this.#fail(path, errorCode(error));
      return false;
    }
    let any = false;
    for (const name of names.sort()) {
      if (name.startsWith(".") || name === "node_modules") continue;
      const child = join(path, name);
      const found = await statOf(child);
      if ("code" in found) {
        if (isManifest(name) || found.code !== "ENOENT") this.#fail(child, found.code);
      } else if (found.isDirectory()) {
        if (this.#recursive) any = (await this.#addFolder(child, seen)) || any;
      } else if (isManifest(name) && found.isFile()) {
        await this.#addFile(child);
        any = true;
      }
    }
    return any;
  }

  async #addFile(path: string): Promise<void> {
    const real = await realpath(path).catch(() => path);
    if (this.#seenFiles.has(real)) return;
    this.#seenFiles.add(real);
    if (this.files.length < MAX_FILES) {
      this.files.push(path);
    } else if (this.#seenFiles.size === MAX_FILES + 1) {
      const message = `more than ${MAX_FILES} files; ${path} and all after it are not read`;
      this.findings.push(
        finding("PC102", message, "name the folders with manifests only", { position: startOf(path) }),
      );
      this.unreadable.push(path);
    }
  }

  #fail(path: string, code: string): void {
    const { message, remedy } = explain(path, code);
    this.findings.push(finding("PC100", message, remedy, { position: startOf(path) }));
    this.unreadable.push(path);
  }

  #report(message: string, remedy: string): void {
    this.findings.push(finding("PC100", message, remedy));
  }
}

async function statOf(path: string): Promise<Stats | { readonly code: string }> {
  try {
    return await stat(path);
  } catch (error) {
    return { code: errorCode(error) };
  }
}

export function startOf(file: string): { file: string; line: number; column: number } {
  return { file, line: 1, column: 1 };
}

/** The system's name of an error, such as ENOENT. */
export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

/** What a system error means for the person who named the path. */
export function explain(path: string, code: string): { message: string; remedy: string } {
  switch (code) {
    case "ENOENT":
      return {
        message: `${path} does not exist`,
        remedy: "check the path; it is taken relative to the working directory",
      };
    case "EACCES":
    case "EPERM":
      return {
        message: `${path} may not be read (permission denied)`,
        remedy: "give yourself permission to read it, or leave it out",
      };
    case "ELOOP":
      return { message: `${path} is a link that leads back to itself`, remedy: "remove the link, or leave it out" };
    case "ENAMETOOLONG":
      return { message: `${path} is too long for a path`, remedy: "check the path" };
    default:
      return { message: `${path} cannot be read (${code})`, remedy: "check that it is a readable file or folder" };
  }
}
