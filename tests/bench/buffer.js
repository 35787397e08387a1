// What the peer in JavaScript expects of Node, for the browser.
export { Buffer } from "buffer";
