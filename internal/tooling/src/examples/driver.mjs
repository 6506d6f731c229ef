// Runs in a Node process of its own: imports the given modules one after the other, and reports on each.
import { setImmediate as turn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

/** @typedef {{ program: string, error?: string }} Report */

/**
 * @param {string} program
 * @returns {Promise<Report>}
 */
async function runOne(program) {
  try {
    await import(pathToFileURL(program).href);
    // A promise that was not awaited may reject now. The process then ends, and this example fails.
    await turn();
    return { program };
  } catch (error) {
    return {
      program,
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }
}

/**
 * @param {Report} report
 * @returns {Promise<void>} once the parent has it
 */
function send(report) {
  return new Promise((resolve) => {
    process.send?.(report, () => resolve());
  });
}

for (const program of process.argv.slice(2)) await send(await runOne(program));
// A timer or socket of an example does not delay the others.
process.exit();
