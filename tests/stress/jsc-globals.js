// What the package expects of a platform and the jsc shell, which has the language only, lacks.

globalThis.self ??= globalThis;

globalThis.TextEncoder ??= class TextEncoder {
  encode(text = "") {
    const bytes = unescape(encodeURIComponent(text.toWellFormed()));
    return Uint8Array.from(bytes, (character) => character.charCodeAt(0));
  }
  encodeInto(text, into) {
    const bytes = this.encode(text);
    if (bytes.length > into.length) throw new Error("this TextEncoder writes a text whole, or not at all");
    into.set(bytes);
    return { read: text.length, written: bytes.length };
  }
};

globalThis.TextDecoder ??= class TextDecoder {
  decode(given = new Uint8Array()) {
    const bytes = ArrayBuffer.isView(given) ? new Uint8Array(given.buffer, given.byteOffset, given.byteLength) : new Uint8Array(given);
    let text = "";
    for (let start = 0; start < bytes.length; start += 4096) {
      text += String.fromCharCode(...bytes.subarray(start, start + 4096));
    }
    return decodeURIComponent(escape(text));
  }
};

globalThis.Blob ??= class Blob {
  get size() {
    return 0;
  }
};
globalThis.URL ??= class URL {};

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
globalThis.atob ??= (text) => {
  const digits = Array.from(text.replace(/=+$/, ""), (digit) => DIGITS.indexOf(digit));
  let bytes = "";
  for (let start = 0; start < digits.length; start += 4) {
    const four = digits.slice(start, start + 4);
    const bits = four.reduce((sum, digit) => sum * 64 + digit, 0) * 64 ** (4 - four.length);
    for (let byte = 0; byte < four.length - 1; byte += 1) bytes += String.fromCharCode((bits >> (16 - 8 * byte)) & 255);
  }
  return bytes;
};
