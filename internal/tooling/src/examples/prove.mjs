// Checks and runs the examples of the repository. examples.long.test.ts makes one test of each.
import { checkTypes } from './check-types.mjs';
import { runExamples } from './run.mjs';
import { writeExamples } from './write.mjs';

/** @typedef {import('./fences.mjs').Example} Example */

/**
 * @param {readonly Example[]} examples
 * @param {string} directory where they are written; emptied first
 * @returns {Promise<Map<Example, string[]>>} what is wrong with each example; nothing where all is well
 */
export async function proveExamples(examples, directory) {
  const sound = examples.filter(
    ({ mistake, noRun }) => mistake === undefined && noRun === undefined,
  );
  const written = writeExamples(sound, directory);
  const types = checkTypes(written);
  const runs = await runExamples(written);
  /** @type {Map<Example, string[]>} */
  const problems = new Map(
    examples.map((example) => [example, example.mistake ? [example.mistake] : []]),
  );
  for (const each of written) {
    const run = runs.get(each);
    problems.set(each.example, [...(types.get(each) ?? []), ...(run === undefined ? [] : [run])]);
  }
  return problems;
}
