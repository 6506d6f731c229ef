// Applications compile: every type of our values can be named, and every declaration file is sound by itself. Older
// compilers and the other module resolution are for .ci/run (internal/tooling/src/typescript-matrix.mjs).
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { compileConsumer, consumers } from '../src/consumers.mjs';

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');

it.each(consumers.map((consumer) => [consumer.file, consumer] as const))(
  'declarations of %s name every type, without skipLibCheck',
  async (_, consumer) => {
    expect(await compileConsumer(tsc, consumer, 'nodenext')).toBe('');
  },
);
