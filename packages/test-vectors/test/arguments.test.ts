import {
  ArgumentError,
  conformanceCases,
  coverage,
  runConformance,
  schemeCases,
  stdioImplementation,
} from '@evolock/test-vectors';
import { wrongly } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';

const wrong = (argument: string) =>
  expect.objectContaining({
    name: 'ArgumentError',
    code: expect.stringMatching(/^ERR_EVOLOCK_ARGUMENT_/) as string,
    argument,
  });

describe('an implementation', () => {
  test.each<[string, unknown]>([
    ['implementation', undefined],
    ['implementation', [7]],
    ['implementation.seed', { seed: 7 }],
    ['implementation.dsign', { dsign: null }],
    ['implementation.kes', { kes: { sum: {} } }],
    ['implementation.sealedLogs', { sealedLogs: [7] }],
    ['implementation.headers', { headers: 7 }],
    ['implementation.headers.verify', { headers: {} }],
  ])('is refused when the runner cannot call it: %s %o', async (name, value) => {
    for (const drive of [conformanceCases, coverage])
      expect(() => drive(wrongly(value))).toThrow(wrong(name));
    await expect(runConformance(wrongly(value))).rejects.toThrow(wrong(name));
  });
});

test.each<[string, () => unknown]>([
  ['algorithm', () => schemeCases(wrongly(7), wrongly({}))],
  ['algorithm.name', () => schemeCases(wrongly({ name: '' }), wrongly({}))],
  ['seeds', () => schemeCases(wrongly({ name: 'mine' }), wrongly({}))],
  ['args', () => stdioImplementation('node', wrongly({}))],
  ['args', () => stdioImplementation('node', wrongly([7]))],
])('%s is refused when no case or process can have it', async (name, call) => {
  await expect(async () => call()).rejects.toThrow(wrong(name));
});

describe('options', () => {
  test.each([NaN, -1, 1.5, '2'])('of a run have no maxDepth %s', async (maxDepth) => {
    const options = { maxDepth };
    await expect(runConformance({}, wrongly(options))).rejects.toThrow(ArgumentError);
  });

  test('have known names only: the nearest is stated', async () => {
    const options: object = { maxdepth: 2 };
    await expect(runConformance({}, options)).rejects.toThrow('maxdepth: did you mean maxDepth?');
    const late: object = { timeOut: 2 };
    await expect(stdioImplementation('node', [], late)).rejects.toThrow(
      'timeOut: did you mean timeout?',
    );
  });

  test.each([0, NaN, 2 ** 31])('of a process have no timeout %s', async (timeout) => {
    await expect(stdioImplementation('node', [], { timeout })).rejects.toThrow(wrong('timeout'));
  });
});

test.each([
  ['', []],
  ['a\0b', []],
  ['node', ['a\0b']],
  ['node', ['x'.repeat(4_000_000)]],
])('no process is started by the command %j', async (command, args) => {
  await expect(stdioImplementation(command, args)).rejects.toThrow(
    expect.objectContaining({ name: 'StdioError', code: 'ERR_EVOLOCK_STDIO_NOT_STARTED' }),
  );
});
