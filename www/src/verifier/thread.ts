// One thread of the verifier: a worker that answers calls by their number.

import { host } from "cloud-witness-host";
import type { Call, Calls } from "./calls";
import { asError, type Fault } from "./fault";

type Answer = { id: number; value: unknown } | { id: number; fault: Fault };

/** The worker is gone, with whatever it was doing. */
export class ThreadEnded extends Error {}

export class Thread {
  readonly #worker: Worker;
  readonly #ended: () => void;
  readonly #waiting = new Map<number, { resolve: (value: unknown) => void; reject: (fault: unknown) => void }>();
  #last = 0;
  #isOver = false;

  /** Throws where the browser starts none (a page opened from a file, say). */
  constructor(ended: () => void = () => {}) {
    const worker = host.startWorker();
    if (worker === null) throw new ThreadEnded();
    this.#worker = worker;
    this.#ended = ended;
    worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => this.#settle(data));
    for (const failing of ["error", "messageerror"]) worker.addEventListener(failing, () => this.end());
  }

  call<Name extends keyof Calls>(name: Name, ...values: Parameters<Calls[Name]>): ReturnType<Calls[Name]> {
    return new Promise((resolve, reject) => {
      if (this.#isOver) {
        reject(new ThreadEnded());
        return;
      }
      this.#last += 1;
      this.#waiting.set(this.#last, { resolve: resolve as (value: unknown) => void, reject });
      this.#worker.postMessage({ id: this.#last, name, values } satisfies Call);
    }) as ReturnType<Calls[Name]>;
  }

  /** Whoever still waits is told. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(new ThreadEnded());
    this.#waiting.clear();
    this.#ended();
  }

  #settle(answer: Answer): void {
    const call = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ("fault" in answer) call?.reject(asError(answer.fault));
    else call?.resolve(answer.value);
  }
}
