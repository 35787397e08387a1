// The wasm once more, inside a module: for bundlers that take `new URL("file", import.meta.url)` for plain text.

/**
 * Compiles the file; where it is not there, the copy in inline.js, which is loaded only then.
 * @param {() => Promise<WebAssembly.Module>} file
 */
export async function compileInside(file) {
  try {
    return await file();
  } catch (cause) {
    // Where nothing may be compiled, the copy may not be either: its error says so in the platform's words.
    const { default: base64 } = await import("./inline.js").catch(() => {
      throw cause;
    });
    return WebAssembly.compile(await unpack(base64));
  }
}

/** gzip in base64. */
async function unpack(base64) {
  const packed = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
}
