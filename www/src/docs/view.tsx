// The texts of the source, to read here: drawn from a tree that the build made of them, as elements and text nodes.

import docs, { type Node } from "cloud-witness-docs";
import { useEffect } from "preact/hooks";
import { address, part } from "../views";

export function DocsView() {
  const [name = "", heading] = part.value.split("/");
  const page = docs.flatMap(({ pages }) => pages).find((one) => one.name === name);
  useEffect(() => {
    if (heading !== undefined) document.getElementById(`docs-${heading}`)?.scrollIntoView();
  }, [name, heading]);
  if (page === undefined) return <Contents />;
  return (
    <article class="docs-view">
      <p class="no-print"><a href={address("docs")}>All of the documentation</a></p>
      <h1>{page.title}</h1>
      {page.body.map(draw)}
    </article>
  );
}

function Contents() {
  return (
    <div class="docs-view">
      <h1>Documentation</h1>
      <p class="lead">The same texts as in the source, of this very build. They came with the page: reading them asks nobody for anything.</p>
      {docs.map(({ group, pages }) => (
        <section key={group}>
          <h2>{group}</h2>
          <ul>
            {pages.map(({ name, title }) => <li key={name}><a href={`${address("docs")}/${name}`}>{title}</a></li>)}
          </ul>
        </section>
      ))}
    </div>
  );
}

function draw(node: Node, index: number): preact.ComponentChild {
  if (typeof node === "string") return node;
  const [name, children, target] = node;
  const inside = children.map(draw);
  switch (name) {
    case "h1": return <h2 key={index} id={`docs-${target}`}>{inside}</h2>;
    case "h2": return <h2 key={index} id={`docs-${target}`}>{inside}</h2>;
    case "h3": return <h3 key={index} id={`docs-${target}`}>{inside}</h3>;
    case "p": return <p key={index}>{inside}</p>;
    case "ul": return <ul key={index}>{inside}</ul>;
    case "ol": return <ol key={index}>{inside}</ol>;
    case "li": return <li key={index}>{inside}</li>;
    case "strong": return <strong key={index}>{inside}</strong>;
    case "em": return <em key={index}>{inside}</em>;
    case "code": return <code key={index}>{inside}</code>;
    case "blockquote": return <blockquote key={index}>{inside}</blockquote>;
    case "hr": return <hr key={index} />;
    // What is wider than the page is scrolled by itself, by keys as well.
    case "pre": return <pre key={index} tabIndex={0} role="group" aria-label="code"><code>{inside}</code></pre>;
    case "table": return <div key={index} class="docs-table" tabIndex={0} role="group" aria-label="table"><table>{inside}</table></div>;
    case "thead": return <thead key={index}>{inside}</thead>;
    case "tbody": return <tbody key={index}>{inside}</tbody>;
    case "tr": return <tr key={index}>{inside}</tr>;
    case "th": return children.length === 0 ? <td key={index} /> : <th key={index} scope="col">{inside}</th>;
    case "td": return <td key={index}>{inside}</td>;
    case "a": return <a key={index} href={target ?? ""} rel="noreferrer">{inside}</a>;
    default: throw new Error(`the build made a ${name}, which nothing draws`);
  }
}
