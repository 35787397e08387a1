// One thread of the verifier: a worker that answers calls one after the other, with a clock over it. An engine's own fault can
// have it compute for ever; then it is ended, and whoever asked is told.

import { host } from "cloud-witness-host";
import { BEGUN, type Call, type Calls } from "./calls";
import { asError, type Fault, type Silence } from "./fault";

type Answer = { id: number; value: unknown } | { id: number; fault: Fault };

/** The worker is gone, with whatever it was doing. */
export class ThreadEnded extends Error {
  /** `wasAsked`: this call was the one that it worked on; others only waited behind it. */
  constructor(readonly silence: Silence, readonly wasAsked: boolean) {
    super();
  }
}

interface Waiting {
  resolve: (value: unknown) => void;
  reject: (fault: unknown) => void;
  seconds: number;
  /** The clock was once behind its time, and was started again. */
  wasExcused: boolean;
}

/** Hundreds of times what an appraisal takes on a slow computer. */
const SECONDS = 20;
const BYTES_A_SECOND = 1024 * 1024;

/** A clock that rings so much too late was asleep itself, as in a closed laptop, and so may the worker have been. */
const ASLEEP_MS = 5000;

export class Thread {
  /** Throws where the browser starts no worker, or does not get to run its script. */
  readonly begun: Promise<void>;
  readonly #worker: Worker;
  readonly #ended: () => void;
  /** In the order in which they were asked, which is that in which they are answered. */
  readonly #waiting = new Map<number, Waiting>();
  #begin: { resolve: () => void; reject: (fault: unknown) => void } | null = null;
  #last = BEGUN;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #end: Silence | null = null;

  /** Throws where the browser starts none. */
  constructor(ended: () => void = () => {}) {
    const worker = start();
    this.#worker = worker;
    this.#ended = ended;
    this.begun = new Promise((resolve, reject) => {
      this.#begin = { resolve, reject };
    });
    this.#timer = setTimeout(() => this.end(), SECONDS * 1000);
    worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => this.#settle(data));
    for (const failing of ["error", "messageerror"]) worker.addEventListener(failing, () => this.end());
  }

  call<Name extends keyof Calls>(name: Name, ...values: Parameters<Calls[Name]>): ReturnType<Calls[Name]> {
    return new Promise((resolve, reject) => {
      if (this.#end !== null) {
        reject(new ThreadEnded(this.#end, false));
        return;
      }
      this.#last += 1;
      const id = this.#last;
      this.#waiting.set(id, { resolve: resolve as (value: unknown) => void, reject, seconds: secondsFor(values), wasExcused: false });
      try {
        this.#worker.postMessage({ id, name, values } satisfies Call);
        if (this.#waiting.size === 1) this.#watch();
      } catch (thrown) {
        // What was not handed over is not waited for.
        this.#waiting.delete(id);
        reject(thrown);
      }
    }) as ReturnType<Calls[Name]>;
  }

  /** Whoever still waits is told. */
  end(silence: Silence = this.#begin === null ? { kind: "ended" } : { kind: "not started" }): void {
    if (this.#end !== null) return;
    this.#end = silence;
    clearTimeout(this.#timer);
    this.#worker.terminate();
    this.#begin?.reject(new ThreadEnded(silence, true));
    let wasAsked = true;
    for (const { reject } of this.#waiting.values()) {
      reject(new ThreadEnded(silence, wasAsked));
      wasAsked = false;
    }
    this.#waiting.clear();
    this.#ended();
  }

  #settle(answer: Answer): void {
    if (answer.id === BEGUN) {
      this.#begin?.resolve();
      this.#begin = null;
    }
    const call = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    // The next one begins only now.
    this.#watch();
    if ("fault" in answer) call?.reject(asError(answer.fault));
    else call?.resolve(answer.value);
  }

  /** Starts the clock of the call that is worked on. */
  #watch(): void {
    clearTimeout(this.#timer);
    const [asked] = this.#waiting.values();
    if (asked === undefined) return;
    const due = performance.now() + asked.seconds * 1000;
    this.#timer = setTimeout(() => {
      if (performance.now() - due < ASLEEP_MS || asked.wasExcused) return this.end({ kind: "no answer", seconds: asked.seconds });
      asked.wasExcused = true;
      this.#watch();
    }, asked.seconds * 1000);
  }
}

function start(): Worker {
  try {
    return host.startWorker();
  } catch {
    throw new ThreadEnded({ kind: "not started" }, true);
  }
}

/** A large file takes longer than an attester's. */
function secondsFor(values: readonly unknown[]): number {
  return SECONDS + Math.floor(sizeOf(values) / BYTES_A_SECOND);
}

function sizeOf(value: unknown): number {
  if (typeof value === "string") return value.length;
  if (ArrayBuffer.isView(value)) return value.byteLength;
  if (typeof value !== "object" || value === null) return 0;
  return Object.values(value).reduce((sum: number, part) => sum + sizeOf(part), 0);
}
