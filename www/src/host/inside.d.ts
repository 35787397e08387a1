// Files that the build puts into cloud-witness.html: the worker's script as text, the others as bytes.

declare module "cloud-witness-inside/worker.js" {
  const text: string;
  export default text;
}

declare module "cloud-witness-inside/*" {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
