/** The worker of the page: it checks, so the page stays responsive. It is kept, and a later order ends an earlier one. */
import { check, type Checkable, type Step } from './check.js';
import type { Settings } from './settings.js';

/** What the page sends. */
export type Order =
  | {
      readonly kind: 'check';
      readonly number: number;
      readonly input: Checkable;
      readonly settings: Settings;
    }
  | { readonly kind: 'stop' | 'pause' | 'resume' };

/** What the worker sends of an order: each step, how far it is, and an end without a step. */
export interface Answer {
  readonly number: number;
  readonly step?: Step | undefined;
  /** Bytes done, of `total`. */
  readonly progress?: { readonly done: number; readonly total: number } | undefined;
}

/** The functions of a worker that are used. The types of the repository are those of Node.js. */
declare const self: {
  onmessage: ((event: { readonly data: Order }) => void) | null;
  postMessage(answer: Answer): void;
};

/** A later order came. */
class Superseded extends Error {}

let current = 0;
/** Resolves when a pause ends. */
let gate: Promise<void> | undefined;
let open: (() => void) | undefined;

self.onmessage = ({ data }) => {
  if (data.kind === 'pause') gate ??= new Promise((resolve) => (open = resolve));
  else {
    open?.();
    gate = undefined;
    if (data.kind !== 'resume') current = data.kind === 'check' ? data.number : 0;
    if (data.kind === 'check') void run(data);
  }
};

async function run({ number, input, settings }: Order & { kind: 'check' }): Promise<void> {
  const turn = async (done: number, total: number) => {
    self.postMessage({ number, progress: { done, total } });
    // A message of the page arrives in a turn of the event loop.
    await new Promise((resolve) => setTimeout(resolve));
    await gate;
    if (number !== current) throw new Superseded();
  };
  try {
    for await (const step of check(input, settings, new Date(), turn)) {
      if (number === current) self.postMessage({ number, step });
      if (step.kind === 'lines') await turn(step.done, step.total);
    }
    self.postMessage({ number });
  } catch (error) {
    if (error instanceof Superseded) return;
    // The page hears of it.
    setTimeout(() => {
      throw error;
    });
  }
}
