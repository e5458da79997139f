/** Files of a commit, read from git's own store: nothing is checked out, and no shell is asked. */
import { execFile } from "node:child_process";
import { posix } from "node:path";
import { type Finding, finding } from "../source/finding.ts";
import { isManifest, MAX_FILES, startOf } from "./files.ts";
import { MAX_FILE_BYTES } from "./limits.ts";

const PREFIX = "git:";

export interface CommittedFile {
  /** `REF:PATH`, as `git show` takes it. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface CommittedFiles {
  readonly files: readonly CommittedFile[];
  readonly findings: readonly Finding[];
  readonly unreadable: readonly string[];
}

/** Whether a path means files of a commit: `git:REF` or `git:REF:PATH`. */
export function isGitPath(path: string): boolean {
  return path.startsWith(PREFIX);
}

/**
 * The manifests of `git:REF[:PATH]`, of the repository around the working directory; PATH counts from its root, or from the
 * working directory where it begins with `./`, as git has it. A path that names one file is read whatever it is called.
 * Never throws: what cannot be read becomes findings.
 */
export async function gitFiles(path: string): Promise<CommittedFiles> {
  try {
    return await filesOf(path.slice(PREFIX.length), path);
  } catch (error) {
    if (!(error instanceof GitProblem)) throw error;
    return {
      files: [],
      findings: [finding("PC100", `${path} cannot be read: ${error.message}`, error.remedy)],
      unreadable: [path],
    };
  }
}

class GitProblem extends Error {
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.remedy = remedy;
  }
}

/** REF and PATH; a colon inside braces belongs to REF (`main@{2024-01-31 10:00}`). */
function splitSpec(spec: string): { readonly ref: string; readonly path: string | undefined } {
  const ref = /^(?:\{[^}]*\}|[^:{])*/.exec(spec)?.[0] ?? "";
  return { ref, path: spec.length > ref.length ? spec.slice(ref.length + 1) : undefined };
}

async function filesOf(spec: string, input: string): Promise<CommittedFiles> {
  const { ref, path } = splitSpec(spec);
  if (ref === "")
    throw new GitProblem("it names no commit", "write git:REF or git:REF:PATH, such as git:main:policies");
  const root = await objectAt(`${ref}^{tree}`);
  if (root === undefined) throw await noSuchRef(ref);
  if (path === undefined || path === "") return treeFiles(root, `${ref}:`, input);
  const object = await objectAt(`${ref}:${path.replace(/\/+$/, "")}`);
  if (object === undefined) {
    throw new GitProblem(
      `${ref} has no ${path}`,
      "check the path; it counts from the root of the repository, or with ./ in front from the working directory",
    );
  }
  const kind = (await git(["cat-file", "-t", object])).toString().trim();
  if (kind === "tree") return treeFiles(object, `${ref}:${path.replace(/\/+$/, "")}/`, input);
  return { files: await contents([{ object, name: `${ref}:${path}` }]), findings: [], unreadable: [] };
}

async function noSuchRef(ref: string): Promise<GitProblem> {
  // Says by itself what is the matter where this is no repository, or none that git trusts.
  await git(["rev-parse", "--git-dir"]);
  return new GitProblem(
    `there is no commit, branch or tag ${ref}`,
    "check the name, or fetch it first; clones of CI services often have one commit only (fetch-depth: 0)",
  );
}

/** The object that a name means; undefined where it means none. */
async function objectAt(name: string): Promise<string | undefined> {
  const text = await git(["rev-parse", "--verify", "--quiet", "--end-of-options", name], true);
  return text.toString().trim() || undefined;
}

interface Entry {
  readonly object: string;
  readonly name: string;
}

async function treeFiles(tree: string, prefix: string, input: string): Promise<CommittedFiles> {
  const findings: Finding[] = [];
  const unreadable: string[] = [];
  const fail = (name: string, message: string, remedy: string): void => {
    findings.push(finding("PC100", message, remedy, { position: startOf(name) }));
    unreadable.push(name);
  };
  const entries: Entry[] = [];
  for (const record of (await git(["ls-tree", "-r", "-l", "-z", "--full-tree", tree])).toString().split("\0")) {
    const tab = record.indexOf("\t");
    const [mode = "", , object = "", size = ""] = record.slice(0, Math.max(tab, 0)).split(/ +/);
    const path = record.slice(tab + 1);
    const name = `${prefix}${path}`;
    if (tab < 0 || path.split("/").some((part) => part.startsWith(".") || part === "node_modules")) continue;
    if (mode === SUBMODULE) {
      fail(
        name,
        `${name} is a submodule, whose files are in another repository`,
        "name the folders with manifests only",
      );
    } else if (!isManifest(path)) continue;
    else if (mode === LINK)
      await checkLink(tree, path, object, (message, remedy) => fail(name, `${name} ${message}`, remedy));
    else if (Number(size) > MAX_FILE_BYTES) {
      fail(name, `${name} is larger than ${MAX_FILE_BYTES / 1024 / 1024} MiB`, "split it into several files");
    } else entries.push({ object, name });
  }
  if (entries.length > MAX_FILES) {
    throw new GitProblem(`it holds more than ${MAX_FILES} manifests`, "name the folders with manifests only");
  }
  if (entries.length === 0 && findings.length === 0) {
    findings.push(
      finding("PC100", `${input} holds no manifests`, "name a folder with files that end in .yaml, .yml or .json"),
    );
  }
  return { files: await contents(entries), findings, unreadable };
}

const LINK = "120000";
const SUBMODULE = "160000";

/** A link to another manifest of the same tree says nothing of its own. */
async function checkLink(
  tree: string,
  path: string,
  object: string,
  fail: (message: string, remedy: string) => void,
): Promise<void> {
  const to = (await git(["cat-file", "blob", object])).toString();
  const target = posix.normalize(posix.join(posix.dirname(path), to));
  const isInside = !to.startsWith("/") && !target.startsWith("..") && isManifest(target);
  if (isInside && (await objectAt(`${tree}:${target}`)) !== undefined) return;
  fail(`is a link to ${to}, which is not among these files`, "name the file that it leads to");
}

/** O(bytes); a few processes of git, however many files there are. */
async function contents(entries: readonly Entry[]): Promise<readonly CommittedFile[]> {
  const files: CommittedFile[] = [];
  let rest = entries;
  while (rest.length > 0) {
    const batch = rest.slice(0, 1000);
    rest = rest.slice(1000);
    const output = await git(["cat-file", "--batch"], false, batch.map(({ object }) => `${object}\n`).join(""));
    let at = 0;
    for (const { name } of batch) {
      const end = output.indexOf(0x0a, at);
      const size = Number(output.subarray(at, end).toString().split(" ")[2]);
      if (!Number.isSafeInteger(size)) throw new GitProblem(`${name} is not in the store of git`, "run git fsck");
      files.push({ name, bytes: output.subarray(end + 1, end + 1 + size) });
      at = end + 1 + size + 1;
    }
  }
  return files;
}

/** What git prints. Throws GitProblem where it fails, unless that is an answer, which then is empty. */
function git(args: readonly string[], mayFail = false, input = ""): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = execFile(
      "git",
      [...args],
      {
        encoding: "buffer",
        maxBuffer: Number.MAX_SAFE_INTEGER,
        env: { ...process.env, LC_ALL: "C", GIT_OPTIONAL_LOCKS: "0" },
      },
      (error, stdout, stderr) => {
        if (error === null || (mayFail && error.code === 1)) resolve(error === null ? stdout : Buffer.alloc(0));
        else if (error.code === "ENOENT") reject(new GitProblem("there is no git on this machine", "install git"));
        else reject(gitFailure(stderr.toString()));
      },
    );
    // Git may end before it has read everything; what it says then is the problem.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}

function gitFailure(stderr: string): GitProblem {
  const said = stderr.split("\n").find((line) => line.trim() !== "") ?? "git failed";
  const message = said.replace(/^(fatal|error): /, "");
  const isOutside = message.includes("not a git repository");
  return isOutside
    ? new GitProblem("the working directory is in no git repository", "change into one")
    : new GitProblem(`git says: ${message}`, "see what git says to the same name");
}
