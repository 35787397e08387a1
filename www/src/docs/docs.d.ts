// The texts that docs.mjs makes of the Markdown; build.mjs says where the file is.
declare module "cloud-witness-docs" {
  /** Text, or an element: its name, its children, and where a link leads or how a heading is named. */
  export type Node = string | [string, Node[], string?];

  const docs: readonly { group: string; pages: { name: string; title: string; body: Node[] }[] }[];
  export default docs;
}
