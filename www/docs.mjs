// The texts of README.md and docs/, for the page: Markdown in, a tree of known elements out. The page draws the tree as elements
// and text nodes, so nothing in a text can become markup; what is not known here stops the build.

import { readFile } from "node:fs/promises";
import { join, posix } from "node:path";
import { lexer } from "marked";

/** In the order in which they are offered. What only who has the source needs would make the first load longer for all. */
const GROUPS = {
  "To begin with": {
    readme: "README.md",
    ceremony: "docs/ceremony.md",
    threats: "docs/threats.md",
    moving: "docs/moving.md",
  },
  "A verification": {
    report: "docs/report.md",
    collateral: "docs/collateral.md",
    policy: "docs/policy.md",
    attesters: "docs/attesters.md",
  },
  "Records and their signers": {
    record: "docs/ceremony-record.md",
    signers: "docs/signers.md",
  },
  "Machines in colocation": {
    colocation: "docs/colocation.md",
    heartbeat: "docs/heartbeat.md",
  },
  "Known machines": {
    registry: "docs/registry.md",
    token: "docs/token.md",
  },
};

/** Every text's file, by its name in addresses. */
const PAGES = Object.fromEntries(Object.values(GROUPS).flatMap((pages) => Object.entries(pages)));

const SOURCE = "https://github.com/cloud-witness/cloud-witness/blob/main/";

/**
 * An element: its name, its children, and for a link where it leads, for a heading its name in addresses.
 * @typedef {string | [string, Node[], string?]} Node
 */

/** @returns {Promise<{ group: string, pages: { name: string, title: string, body: Node[] }[] }[]>} */
export async function docs(root) {
  return Promise.all(Object.entries(GROUPS).map(async ([group, pages]) => (
    { group, pages: await Promise.all(Object.entries(pages).map(([name, file]) => page(root, name, file))) }
  )));
}

async function page(root, name, file) {
  const tokens = lexer(await readFile(join(root, file), "utf8"));
  const [first] = tokens;
  if (first?.type !== "heading" || first.depth !== 1) throw new Error(`${file} begins with no title`);
  const title = plain(first.tokens);
  return { name, title, body: apart(title, blocks(tokens.slice(1), file)) };
}

/** Headings of the same words get a number, as on GitHub. */
function apart(title, body) {
  const seen = new Map([[anchor(title), 1]]);
  return body.map((node) => {
    if (!/^h\d$/.test(node[0])) return node;
    const [element, children, heading] = node;
    const before = seen.get(heading) ?? 0;
    seen.set(heading, before + 1);
    return before === 0 ? node : [element, children, `${heading}-${before}`];
  });
}

function blocks(tokens, file) {
  return tokens.flatMap((token) => block(token, file));
}

/** @returns {Node[]} */
function block(token, file) {
  const inside = () => inline(token.tokens, file);
  switch (token.type) {
    case "space":
    case "def":
      return [];
    case "html":
      // How a block of code is tested.
      if (/^<!--[^]*-->\s*$/.test(token.raw)) return [];
      throw new Error(`${file}: raw HTML is for nobody: ${token.raw}`);
    case "heading":
      return [[`h${token.depth}`, inside(), anchor(plain(token.tokens))]];
    case "paragraph":
      return [["p", inside()]];
    case "text":
      return token.tokens === undefined ? [token.text] : inside();
    case "code":
      return [["pre", [token.text]]];
    case "hr":
      return [["hr", []]];
    case "blockquote":
      return [["blockquote", blocks(token.tokens, file)]];
    case "list":
      return [[token.ordered ? "ol" : "ul", token.items.map((item) => ["li", blocks(item.tokens, file)])]];
    case "table":
      return [["table", [
        ["thead", [["tr", token.header.map((cell) => ["th", inline(cell.tokens, file)])]]],
        ["tbody", token.rows.map((row) => ["tr", row.map((cell) => ["td", inline(cell.tokens, file)])])],
      ]]];
    default:
      throw new Error(`${file}: the page cannot draw a ${token.type}`);
  }
}

function inline(tokens, file) {
  /** @type {Node[]} */
  const nodes = [];
  for (const token of tokens) {
    for (const node of inlineOne(token, file)) {
      if (typeof node === "string" && typeof nodes.at(-1) === "string") nodes.push(nodes.pop() + node);
      else nodes.push(node);
    }
  }
  return nodes;
}

/** @returns {Node[]} */
function inlineOne(token, file) {
  switch (token.type) {
    case "text":
    case "escape":
      return token.tokens === undefined ? [unescaped(token.text)] : inline(token.tokens, file);
    case "codespan":
      return [["code", [unescaped(token.text)]]];
    case "strong":
    case "em":
      return [[token.type, inline(token.tokens, file)]];
    case "br":
      return [" "];
    case "link":
      return [["a", inline(token.tokens, file), address(token.href, file)]];
    case "image":
      // Pictures of this very page would weigh more than all the rest of it.
      return [["a", [`Picture: ${unescaped(token.text)}`], address(token.href, file)]];
    default:
      throw new Error(`${file}: the page cannot draw a ${token.type}`);
  }
}

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" };

/** The library escapes for HTML, which this never is. */
function unescaped(text) {
  return text.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity]);
}

const plain = (tokens) => tokens.map((token) => (token.tokens === undefined ? unescaped(token.text) : plain(token.tokens))).join("");

/** As GitHub names a heading. */
function anchor(heading) {
  return heading.toLowerCase().replaceAll(/[^\p{L}\p{N}_\- ]/gu, "").replaceAll(" ", "-");
}

/** A page that is inside leads there; any other file to the source; an address stays what it is. */
function address(href, file) {
  if (/^https:\/\//.test(href)) return href;
  const [path, heading = ""] = href.split("#");
  const target = path === "" ? file : posix.normalize(posix.join(posix.dirname(file), path));
  const inside = Object.keys(PAGES).find((name) => PAGES[name] === target);
  if (inside === undefined) return SOURCE + target;
  return heading === "" ? `#/docs/${inside}` : `#/docs/${inside}/${heading}`;
}
