import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import {
  ArgumentError,
  conformanceCases,
  coverage,
  externalConformanceCases,
  runConformance,
  serveImplementation,
  stdioImplementation,
} from '@evolock/test-vectors';
import { wrongly } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';

const wrong = (argument: string) =>
  expect.objectContaining({ name: 'ArgumentError', code: 'ERR_EVOLOCK_WRONG_ARGUMENT', argument });

// The abuse tests call every function with values of a wrong type. These have the right type, and wrong members.
describe('an implementation', () => {
  test.each<[string, unknown]>([
    ['implementation.seed', { seed: 7 }],
    ['implementation.dsign', { dsign: null }],
    ['implementation.kes', { kes: { sum: {} } }],
  ])('is refused when the runner cannot call it: %s %o', async (name, value) => {
    const drives = [conformanceCases, coverage, externalConformanceCases];
    for (const drive of drives) expect(() => drive(wrongly(value))).toThrow(wrong(name));
    for (const drive of [runConformance, serveImplementation])
      await expect(drive(wrongly(value), { name: 'mine' })).rejects.toThrow(wrong(name));
  });
});

describe('options', () => {
  test.each([NaN, -1, 1.5, '2'])('of a run have no maxDepth %s', async (maxDepth) => {
    const options = { maxDepth };
    await expect(runConformance({}, wrongly(options))).rejects.toThrow(ArgumentError);
  });

  test('of a server are a name and streams', async () => {
    const stream = new PassThrough();
    const streams = { input: stream, output: stream };
    for (const options of [{}, { ...streams, name: 7 }])
      await expect(serveImplementation({}, wrongly(options))).rejects.toThrow(wrong('name'));
    expect(stream.listenerCount('data')).toBe(0);
  });

  test('of a server: an input can have ended, fail, or hold a line that is not JSON', async () => {
    const serve = (input: PassThrough) =>
      serveImplementation({}, { name: 'mine', input, output: new PassThrough() });
    const ended = new PassThrough();
    ended.end();
    await once(ended.resume(), 'end');
    await expect(serve(ended)).resolves.toBeUndefined();
    const broken = new PassThrough();
    const served = serve(broken);
    broken.destroy(new Error('gone'));
    await expect(served).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_EVOLOCK_STDIO_ENDED' }),
    );
    const talking = new PassThrough();
    talking.end('hello\n');
    await expect(serve(talking)).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_EVOLOCK_STDIO_PROTOCOL' }),
    );
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
