import { describe, expect, test } from 'vitest';
import { lives } from '../../src/agent/lives.js';
import { proveLife } from '../../src/agent/prove-life.js';
import { WARM_UP } from '../../src/prove/prove.js';
import { as } from './as-everybody.js';
import { problemsOf } from './verdicts.js';

const named = lives.map((life) => [life.name, life] as const);

// The ordinary user may lock 64 KiB.
describe('an agent holds keys in locked memory only, and nothing of what it erased', () => {
  test.concurrent.each(named)(
    'first in its process, as an ordinary user: %s',
    async (_name, life) => {
      const options = { prefix: as('ordinary', life.process) };
      expect(problemsOf(await proveLife(life, options))).toEqual([]);
    },
  );

  test.concurrent.each(named)(`after ${WARM_UP} other keys: %s`, async (_name, life) => {
    expect(problemsOf(await proveLife(life, { repetitions: WARM_UP }))).toEqual([]);
  });
});
