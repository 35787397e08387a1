// Files that the build puts into cloud-witness.html as bytes.

declare module "cloud-witness-inside/*" {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}
