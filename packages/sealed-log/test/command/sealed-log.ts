/** `sealed-log`, run in the process of the test: the command from its sources, its threads from the build. */
import { fileURLToPath } from 'node:url';
import { jsonChecker, runnerOf } from '@evolock/command-testing/run';
import { SEALED_LOG } from '../../src/command/program.js';

const built = new URL('../../dist/', import.meta.url);

/** Runs `sealed-log` and returns its exit code and its output. */
export const sealedLog = runnerOf(
  SEALED_LOG,
  built,
  jsonChecker(new URL('../../schemas/', import.meta.url)),
);

/** The built command. */
export const program = fileURLToPath(new URL('main.cjs', built));
