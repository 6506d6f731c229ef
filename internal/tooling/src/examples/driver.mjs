// Runs in a Node process of its own: imports the modules it is given, one after the other, and reports on each.
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
    // A promise nobody awaited may reject now; the process then ends, and the example takes the blame.
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
// An example's timer or socket does not keep the others waiting.
process.exit();
