// Asks the package about one input at its limit: the same in Node and in a browser's worker.

const AT = 2_000_000_000;
const MACHINE = "intel:sgx:ppid:11111111111111111111111111111111";

/** Every instance of the wasm: how much memory it has. */
const memories = [];
const { Instance, instantiate } = WebAssembly;
const seen = (instance) => {
  if (instance.exports?.memory !== undefined) memories.push(instance.exports.memory);
  return instance;
};
WebAssembly.Instance = new Proxy(Instance, { construct: (made, given) => seen(Reflect.construct(made, given)) });
WebAssembly.instantiate = async (...given) => seen(await instantiate(...given));

/**
 * @param {object} api  the package, ready
 * @param {{ kind: string, entered: object | null, sgx: string | null }} asked
 * @param {Uint8Array | Blob} input
 * @returns {Promise<{ said: string, runs: number, memory: number }>}  `memory`: of the largest instance
 */
export async function ask(api, { kind, entered, sgx }, input) {
  const before = memories.length;
  const answer = await answerTo(api, { kind, entered, sgx }, input).catch((error) => ({ refused: error.code ?? String(error) }));
  const memory = memories.reduce((most, { buffer }) => (buffer.byteLength > most ? buffer.byteLength : most), 0);
  return { said: inShort(answer), runs: 1 + memories.length - before, memory };
}

function answerTo(api, { kind, entered, sgx }, input) {
  if (entered !== null) {
    const role = entered.kind === "heartbeat" ? "log" : "prefixes";
    const items = [{ entered, files: [{ role, name: "the file", content: input }] }];
    return api.checkColocation({ items, machine: MACHINE, at: AT });
  }
  if (kind.startsWith("list-")) return api.loadRegistry(input);
  return api.verify({ evidence: sgx, collateral: input, at: 1_750_377_600 });
}

function inShort(answer) {
  if (answer.refused !== undefined) return `refused: ${answer.refused}`;
  if (answer.summary !== undefined) return answer.summary.slice(0, 80);
  if (answer.entries !== undefined) return `${answer.entries} machines, ${answer.unusable} lines that cannot be used`;
  return [...new Set(answer.items[0].checks.map(({ code }) => code).filter(Boolean))].join(" ");
}
