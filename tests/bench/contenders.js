// Our package and its peers, each behind the same few functions, wherever they run.

/** Inside of the window of the samples' collateral. */
export const AT = Date.UTC(2025, 5, 20) / 1000;

/**
 * @typedef {{ name: string, quote: Uint8Array, collateral: string }} Sample
 * @typedef {object} Contender
 * @property {string} name
 * @property {() => void | Promise<void>} forget          what it remembers of collateral
 * @property {(sample: Sample) => Promise<string>} verify  the platform's TCB status
 * @property {((samples: Sample[], workers: number) => AsyncIterable<string>)} [many]
 */

/** `api` is the package's entry point, `glue` its cloud_witness.js. */
export function cloudWitness(api, glue) {
  const request = ({ quote, collateral }) => ({ evidence: quote, collateral, at: AT });
  return {
    name: `cloud-witness ${api.verifierInfo().version}`,
    // Another instance of the same compiled module has seen nothing yet.
    forget: () => glue.__wbg_reset_state(),
    verify: async (sample) => (await api.verify(request(sample))).tcb?.platform_status,
    async *many(samples, workers) {
      for await (const { report, error } of api.verifyMany(samples.map(request), { workers })) {
        if (error !== undefined) throw error;
        yield report.tcb?.platform_status;
      }
    },
  };
}

export function peerWasm(api, version) {
  return {
    name: `@phala/dcap-qvl-web ${version}`,
    forget: () => {},
    verify: async ({ quote, collateral }) => api.js_verify(quote, JSON.parse(collateral), BigInt(AT)).status,
  };
}

export function peerJs(api, version) {
  return {
    name: `@phala/dcap-qvl ${version}`,
    forget: () => {},
    verify: async ({ quote, collateral }) => {
      const bytes = typeof Buffer === "function" ? Buffer.from(quote) : quote;
      return (await api.verify(bytes, JSON.parse(collateral), AT)).status;
    },
  };
}

const quantile = (sorted, share) => sorted[Math.floor((sorted.length - 1) * share)];

export function summary(times) {
  const sorted = [...times].sort((a, b) => a - b);
  return { median: quantile(sorted, 0.5), p10: quantile(sorted, 0.1) };
}

/**
 * One verification at a time, in turning order, so that what else the computer does hits all alike.
 * @param {Contender[]} contenders
 * @param {Sample[]} samples
 * @param {{ rounds: number, warmUp: number, clock: () => number, isCold: boolean }} how  `clock` in milliseconds
 */
export async function measureOne(contenders, samples, { rounds, warmUp, clock, isCold }) {
  const times = new Map();
  const statuses = new Map();
  for (let round = -warmUp; round < rounds; round += 1) {
    for (const sample of samples) {
      for (let turn = 0; turn < contenders.length; turn += 1) {
        const contender = contenders[(turn + round + warmUp) % contenders.length];
        if (isCold) await contender.forget();
        const start = clock();
        const status = await contender.verify(sample);
        const took = clock() - start;
        const key = `${sample.name} ${contender.name}`;
        statuses.set(key, status);
        if (round >= 0) times.set(key, [...(times.get(key) ?? []), took]);
      }
    }
  }
  return samples.map((sample) => ({
    sample: sample.name,
    rows: contenders.map((contender) => {
      const key = `${sample.name} ${contender.name}`;
      // A package that refuses early is not faster.
      const expected = statuses.get(`${sample.name} ${contenders.at(-1).name}`);
      if (statuses.get(key) !== expected) throw new Error(`${contender.name} finds ${statuses.get(key)} in ${sample.name}, not ${expected}`);
      return { name: contender.name, ...summary(times.get(key)) };
    }),
  }));
}

/** Many quotes of one machine, with its collateral: quotes a second. Repeating a quote is honest work for all. */
export async function measureMany(contenders, sample, { quotes, workers }) {
  const rows = [];
  for (const contender of contenders) {
    for (const count of contender.many === undefined ? [0] : [0, ...workers]) {
      const start = performance.now();
      let done = 0;
      if (contender.many === undefined) {
        for (; done < quotes; done += 1) await contender.verify(sample);
      } else {
        for await (const _ of contender.many(Array(quotes).fill(sample), count)) done += 1;
      }
      rows.push({ name: contender.name, workers: count, quotes: done, per_second: done / (performance.now() - start) * 1000 });
    }
  }
  return rows;
}
