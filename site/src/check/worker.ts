/** The worker of the page: it checks, so the page stays responsive. It is ended when it is no longer needed. */
import { check, type Checkable, type Step } from './check.js';
import type { Settings } from './settings.js';

/** What the page sends. */
export interface Order {
  readonly input: Checkable;
  readonly settings: Settings;
}

/** What the worker sends: each step, and `undefined` after the last one. */
export type Answer = Step | undefined;

/** The functions of a worker that are used. The types of the repository are those of Node.js. */
declare const self: {
  onmessage: ((event: { readonly data: Order }) => void) | null;
  postMessage(answer: Answer): void;
};

self.onmessage = ({ data: { input, settings } }) => {
  for (const step of check(input, settings, new Date())) self.postMessage(step);
  self.postMessage(undefined);
};
