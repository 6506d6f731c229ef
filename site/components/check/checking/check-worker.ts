/** The worker that checks, as the page has it. */
import type { Answer, Order } from '../../../src/check/worker.js';

/** A worker that starts when the page is idle, and is kept. One that failed is replaced at the next order. */
export class CheckWorker {
  #worker: Worker | undefined;
  readonly #answered: (answer: Answer) => void;
  readonly #failed: () => void;

  constructor(answered: (answer: Answer) => void, failed: () => void) {
    this.#answered = answered;
    this.#failed = failed;
  }

  startWhenIdle(): void {
    const idle =
      (window.requestIdleCallback as Window['requestIdleCallback'] | undefined) ?? setTimeout;
    idle(() => void this.#started());
  }

  tell(order: Order): void {
    this.#started().postMessage(order);
  }

  stop(): void {
    this.#worker?.postMessage({ kind: 'stop' } satisfies Order);
  }

  terminate(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  #started(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const worker = new Worker(new URL('../../../src/check/worker.ts', import.meta.url), {
      type: 'module',
    });
    worker.onmessage = ({ data }: MessageEvent<Answer>) => this.#answered(data);
    worker.onerror = () => {
      this.terminate();
      this.#failed();
    };
    this.#worker = worker;
    return worker;
  }
}
