// node collateral.mjs BUNDLE.json: what a bundle says of itself, read by the package in CW_PKG_DIR; fails when it is none.

import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const day = (seconds) => (seconds === null ? "never" : new Date(seconds * 1000).toISOString().slice(0, 10));

try {
  const { init, Collateral } = await import(pathToFileURL(join(resolve(process.env.CW_PKG_DIR), "node.js")));
  await init();
  const { fmspcs, from, fetched_at, valid_until } = await Collateral.load(await readFile(process.argv[2]));
  console.error(`collateral of ${fmspcs} kinds of platform, from ${from}, fetched on ${day(fetched_at)}, all of it valid until ${day(valid_until)}`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
