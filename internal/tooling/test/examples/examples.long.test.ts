// Every example in the documentation is a test, named by its file and line.
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { collectExamples } from '../../src/examples/collect.mjs';
import { proveExamples } from '../../src/examples/prove.mjs';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const examples = collectExamples(root);

describe('documentation', () => {
  let problems: Awaited<ReturnType<typeof proveExamples>>;

  beforeAll(async () => {
    problems = await proveExamples(examples, `${root}/internal/tooling/.examples/documentation`);
  });

  test('finds examples, so that a broken extractor is noticed', () => {
    expect(examples).not.toEqual([]);
  });

  for (const example of examples) {
    const name = `${example.file}:${example.line}`;
    const { noRun } = example;
    test.skipIf(noRun !== undefined)(noRun === undefined ? name : `${name} (${noRun})`, () => {
      expect(problems.get(example)).toEqual([]);
    });
  }
});
