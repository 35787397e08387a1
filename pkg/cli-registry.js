// Folders of a registry, for the command line: which files there are, and in which two folders differ. What a difference
// means is decided in Rust.

import { lstat, readFile, readdir, readlink } from "node:fs/promises";
import { join } from "node:path";

/** Larger files are never read: nothing in a registry is. */
const LARGEST = 64 * 1024 * 1024;

/**
 * @typedef {{ kind: "file" | "other", isPlain: boolean, size: number, read: () => Promise<Buffer> }} File
 * @typedef {Map<string, File>} Folder
 */

/**
 * Every file of a folder at any depth by its path with `/`, but git's own.
 * @returns {Promise<Folder>}
 */
export async function readFolder(folder) {
  const files = new Map();
  const walk = async (path) => {
    const names = await readdir(join(folder, path));
    // git makes an empty folder only of a submodule.
    if (names.length === 0 && path !== "") {
      files.set(`${path}/`, { kind: "other", isPlain: false, size: 0, read: async () => Buffer.alloc(0) });
    }
    for (const name of names) {
      const below = path === "" ? name : `${path}/${name}`;
      if (below === ".git") continue;
      const place = join(folder, below);
      // The link itself, never what it points to.
      const status = await lstat(place);
      if (status.isDirectory()) await walk(below);
      else {
        const isFile = status.isFile();
        files.set(below, {
          kind: isFile ? "file" : "other",
          isPlain: isFile && (status.mode & 0o111) === 0,
          size: status.size,
          read: async () => {
            if (status.size > LARGEST) throw new Error(`${place} is larger than 64 MiB`);
            return isFile ? readFile(place) : Buffer.from(status.isSymbolicLink() ? await readlink(place) : "");
          },
        });
      }
    }
  };
  await walk("");
  return files;
}

/**
 * Every file in which two folders differ: by content, kind, or being executable.
 * @param {Folder} before
 * @param {Folder} after
 */
export async function changesBetween(before, after) {
  const changes = [];
  for (const path of [...new Set([...before.keys(), ...after.keys()])].sort()) {
    const [old, now] = [before.get(path), after.get(path)];
    const isSameKind = old !== undefined && now !== undefined && old.kind === now.kind && old.isPlain === now.isPlain;
    if (isSameKind && old.size === now.size && (await old.read()).equals(await now.read())) continue;
    changes.push({
      path,
      before: old === undefined ? null : await old.read(),
      after: now === undefined ? null : await now.read(),
      plain: now?.isPlain ?? true,
    });
  }
  return changes;
}

const isRecord = (path) => path.startsWith("records/") && path.endsWith(".dsse.json");

/**
 * Checks a change, and once more beside the base's records in which the challenge of its record stands, if there are any.
 * Which record that is, the check itself says. A change is made by whom it is to be checked against, and it can show one
 * record to whoever searches its text and another to git: nothing here looks into it.
 * @param {(request: object) => Promise<object>} check
 * @param {object} request
 * @param {(hex: string) => Promise<Buffer[]>} recordsWith
 */
export async function checkBesideRecords(check, request, recordsWith) {
  const report = await check(request);
  const hex = report.record?.entered?.challenge.hex;
  const earlier = hex === undefined ? [] : await recordsWith(hex);
  return earlier.length === 0 ? report : check({ ...request, earlier });
}

/**
 * Records of a folder in which this challenge stands somewhere: a few of many, for the check that it was used once.
 * (Zeros at its end are left out of the comparison, as `report_data` is padded with them.)
 * @param {string} hex
 * @param {Folder} folder
 */
export async function sameChallenge(hex, folder) {
  const digits = hex.replace(/0+$/, "");
  // Of fewer digits, or zeros alone, there is no challenge: such a record is refused by itself.
  if (hex.length < 16 || digits === "") return [];
  const same = [];
  for (const [path, file] of folder) {
    if (!isRecord(path)) continue;
    const content = await file.read();
    if (payloadOf(content)?.includes(digits)) same.push(content);
  }
  return same;
}

function payloadOf(file) {
  try {
    return Buffer.from(JSON.parse(Buffer.from(file).toString("utf8")).payload, "base64");
  } catch {
    return undefined;
  }
}
