import { test } from 'vitest';
import { prove } from '../src/prove.js';
import { others } from './operations.js';
import { expectProved } from './verdicts.js';

test.concurrent.each(others)('first thing in its process: %s', async (_name, operation) => {
  expectProved(await prove(operation));
});
