import {
  ArgumentError,
  conformanceCases,
  coverage,
  runConformance,
  stdioImplementation,
} from '@evolock/test-vectors';
import { wrongly } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';

const wrong = (argument: string) =>
  expect.objectContaining({ name: 'ArgumentError', code: 'ERR_EVOLOCK_WRONG_ARGUMENT', argument });

describe('an implementation', () => {
  test.each<[string, unknown]>([
    ['implementation', undefined],
    ['implementation', [7]],
    ['implementation.seed', { seed: 7 }],
    ['implementation.dsign', { dsign: null }],
    ['implementation.kes', { kes: { sum: {} } }],
  ])('is refused when the runner cannot call it: %s %o', async (name, value) => {
    for (const drive of [conformanceCases, coverage])
      expect(() => drive(wrongly(value))).toThrow(wrong(name));
    await expect(runConformance(wrongly(value))).rejects.toThrow(wrong(name));
  });
});

describe('options', () => {
  test.each([NaN, -1, 1.5, '2'])('of a run have no maxDepth %s', async (maxDepth) => {
    const options = { maxDepth };
    await expect(runConformance({}, wrongly(options))).rejects.toThrow(ArgumentError);
  });

  test('of a process are refused when no process can have them', async () => {
    for (const [argument, command, args, options] of [
      ['command', '', [], {}],
      ['command', 'a\0b', [], {}],
      ['args', 'node', [7], {}],
      ['args', 'node', ['a\0b'], {}],
      ['timeout', 'node', [], { timeout: 0 }],
      ['timeout', 'node', [], { timeout: NaN }],
      ['timeout', 'node', [], { timeout: 2 ** 31 }],
    ] as const) {
      await expect(
        stdioImplementation(wrongly(command), wrongly(args), wrongly(options)),
      ).rejects.toThrow(wrong(argument));
    }
    await expect(stdioImplementation('node', ['x'.repeat(4_000_000)])).rejects.toThrow(
      expect.objectContaining({ name: 'StdioError', code: 'ERR_EVOLOCK_STDIO_NOT_STARTED' }),
    );
  });
});
