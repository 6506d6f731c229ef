import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import {
  ArgumentError,
  asyncConformanceCases,
  bytesToHex,
  conformanceCases,
  coverage,
  externalConformanceCases,
  externalVectors,
  hexToBytes,
  runConformance,
  serveImplementation,
  stdioImplementation,
} from '@evolock/test-vectors';
import { wrongly } from '@evolock/test-support';
import { describe, expect, it } from 'vitest';

const wrong = (argument: string) =>
  expect.objectContaining({ name: 'ArgumentError', code: 'ERR_EVOLOCK_WRONG_ARGUMENT', argument });

const noImplementations: [string, unknown][] = [
  ['implementation', undefined],
  ['implementation', null],
  ['implementation', 'mine'],
  ['implementation', []],
  ['implementation', () => undefined],
  ['implementation.seed', { seed: 7 }],
  ['implementation.seed', { seed: { expand: 'expand' } }],
  ['implementation.dsign', { dsign: null }],
  ['implementation.dsign', { dsign: { sign: () => undefined } }],
  ['implementation.dsign', { verifiesOnly: true, dsign: { sign: () => undefined } }],
  ['implementation.verifiesOnly', { verifiesOnly: 'yes' }],
  ['implementation.kes', { kes: { sum: {} } }],
];

describe('an implementation', () => {
  it.each(noImplementations)(
    'is refused when the runner cannot call it: %s %o',
    async (name, value) => {
      const drives = [conformanceCases, asyncConformanceCases, coverage, externalConformanceCases];
      for (const drive of drives) expect(() => drive(wrongly(value))).toThrow(wrong(name));
      await expect(runConformance(wrongly(value))).rejects.toThrow(wrong(name));
      await expect(serveImplementation(wrongly(value), { name: 'mine' })).rejects.toThrow(
        wrong(name),
      );
    },
  );
});

describe('text and bytes', () => {
  it.each([undefined, null, 32, 7n, Symbol('hex'), ['00'], {}])('are no %s', (value) => {
    expect(() => hexToBytes(wrongly(value))).toThrow(wrong('hex'));
    expect(() => bytesToHex(wrongly(value))).toThrow(wrong('bytes'));
    expect(() => externalVectors(wrongly(value))).toThrow(wrong('file'));
  });

  it('are read whatever own properties an array has', () => {
    const bytes = Uint8Array.of(1, 255);
    Object.defineProperty(bytes, 'length', { value: 1 });
    expect(bytesToHex(Object.setPrototypeOf(bytes, null) as Uint8Array)).toBe('01ff');
    const detached = new Uint8Array(2);
    structuredClone(detached.buffer, { transfer: [detached.buffer] });
    expect(() => bytesToHex(detached)).toThrow(ArgumentError);
  });
});

describe('options', () => {
  it.each([null, 7, [], { maxDepth: NaN }, { maxDepth: -1 }, { maxDepth: 1.5 }, { maxDepth: '2' }])(
    'of a run are no %o',
    async (options) => {
      await expect(runConformance({}, wrongly(options))).rejects.toThrow(ArgumentError);
    },
  );

  it('of a server are a name and streams', async () => {
    const stream = new PassThrough();
    const streams = { input: stream, output: stream };
    for (const [argument, options] of [
      ['options', undefined],
      ['name', {}],
      ['name', { ...streams, name: 7 }],
      ['input', { ...streams, name: 'mine', input: {} }],
      ['output', { ...streams, name: 'mine', output: 'file' }],
    ] as const) {
      await expect(serveImplementation({}, wrongly(options))).rejects.toThrow(wrong(argument));
    }
    expect(stream.listenerCount('data')).toBe(0);
  });

  it('of a server: an input can have ended, fail, or hold a line that is not JSON', async () => {
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

  it('of a process are refused when no process can have them', async () => {
    const endless: string[] = [];
    endless.length = 2 ** 32 - 1;
    for (const [argument, command, args, options] of [
      ['command', undefined, [], {}],
      ['command', '', [], {}],
      ['command', 'a\0b', [], {}],
      ['args', 'node', undefined, {}],
      ['args', 'node', '--version', {}],
      ['args', 'node', [7], {}],
      ['args', 'node', ['a\0b'], {}],
      ['args', 'node', endless, {}],
      ['options', 'node', [], null],
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
