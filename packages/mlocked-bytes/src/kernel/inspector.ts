/** The inspector of Node.js: whoever connects to it reads all memory of the process, locked memory too. */

/**
 * Where the inspector listens.
 *
 * @returns A URL; `undefined` when it does not listen, and in another runtime.
 */
export function inspectorUrl(): string | undefined {
  try {
    return process.getBuiltinModule('node:inspector').url();
  } catch {
    // Another runtime, or Node.js built without an inspector.
    return undefined;
  }
}

/** Options that open the inspector, or that write the heap or a report to a file. */
const REVEALING = /^--(?:inspect|heapsnapshot|heap-prof|report-)/;

/** The options of Node.js that reveal what a process holds, of its command line and of `NODE_OPTIONS`. */
export function revealingOptions(): readonly string[] {
  const words = (process.env['NODE_OPTIONS'] ?? '').split(/\s+/);
  return [...process.execArgv, ...words].filter((word) => REVEALING.test(word));
}
