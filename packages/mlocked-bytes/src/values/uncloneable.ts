/** Objects of which `structuredClone` and `postMessage` make no copy: an empty object would pass for a key. */
// The default export: a bundler makes a named import of a member of a namespace, which an older Node.js refuses.
import threads from 'node:worker_threads';

// eslint-disable-next-line n/no-unsupported-features/node-builtins -- absent before Node.js 22.10, and then not called
const { markAsUncloneable } = threads as {
  /** From Node.js 22.10 on; absent in earlier versions and in other runtimes. */
  readonly markAsUncloneable?: (value: object) => void;
};

/**
 * Makes `structuredClone` and `postMessage` throw `DataCloneError` for an object that owns a secret. Before Node.js 22.10
 * they make an empty object of it. For authors of locked types: a `LockedValue` is marked.
 */
export function refuseClones(owner: object): void {
  markAsUncloneable?.(owner);
}
