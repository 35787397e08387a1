// The type of `cloud-witness/wasm`, the verifier as one file, as a Cloudflare-style worker imports it. A bundler that makes
// a URL of it has a type of its own for that: in Vite, `import url from "cloud-witness/wasm?url"`.

declare const wasm: WebAssembly.Module;
export default wasm;
