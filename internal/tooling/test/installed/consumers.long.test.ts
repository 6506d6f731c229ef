// Applications compile: declarations can name every type, and every declaration file passes the check by itself.
// internal/tooling/src/installed/typescript-matrix.mjs checks older compilers and the other module resolution in .ci/run.
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { compileConsumer, consumers } from '../../src/installed/consumers.mjs';

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

test.each(consumers.map((consumer) => [consumer.file, consumer] as const))(
  'declarations of %s name every type, without skipLibCheck',
  async (_, consumer) => {
    expect(await compileConsumer(tsc, consumer, 'nodenext')).toBe('');
  },
);
