// The package and these files, for this computer only.

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm" };
const PAGE = '<!doctype html><meta charset="utf-8"><title>stress</title><script type="module" src="/stress/page.js"></script>';

export async function serve(pkg, samples) {
  const given = {
    "/": ["text/html", PAGE],
    "/samples.json": ["application/json", JSON.stringify(samples)],
  };
  const folders = { "/pkg/": pkg, "/stress/": HERE };
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    try {
      const [type, body] = given[pathname] ?? (await fromFolder(folders, pathname));
      response.writeHead(200, { "content-type": type, "cache-control": "no-store" }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function fromFolder(folders, pathname) {
  const [prefix, folder] = Object.entries(folders).find(([start]) => pathname.startsWith(start));
  const file = normalize(join(folder, pathname.slice(prefix.length)));
  if (!file.startsWith(normalize(folder + sep))) throw new Error("outside");
  return [TYPES[extname(file)] ?? "application/octet-stream", await readFile(file)];
}
