import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  describeFindings,
  type Finding,
  type Hit,
  MaskedNeedle,
  readMappings,
  scanFile,
  scanProcess,
  waitUntilStopped,
  withStoppedProcess,
} from '@evolock/memory-scan';
import { wrongly } from '@evolock/test-support';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parseMappings } from '../src/process/mappings.js';
import { ENCODINGS } from '../src/search/encoding.js';
import { notLinux } from './support/permissions.js';

const argument = expect.objectContaining({
  name: 'MemoryScanError',
  code: 'ERR_MEMORY_SCAN_ARGUMENT',
});
const needles = [MaskedNeedle.random('canary', 32)];
/** The constructor, which is private for the compiler only. */
const Constructor: new (...given: unknown[]) => MaskedNeedle = wrongly(MaskedNeedle);

function unmasked(needle: MaskedNeedle): number[] {
  const target = new Uint8Array(needle.length);
  needle.unmaskInto(target);
  return [...target];
}

function detached(): Uint8Array {
  const bytes = new Uint8Array(32);
  structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  return bytes;
}

describe('bytes', () => {
  it.each([
    ['a DataView', new DataView(new ArrayBuffer(32))],
    ['other numbers', new Uint16Array(32)],
    ['an ArrayBuffer', new ArrayBuffer(32)],
    ['a proxy', new Proxy(new Uint8Array(32), {})],
    ['the prototype', Object.create(Uint8Array.prototype)],
    ['detached bytes', detached()],
    ['null', null],
    ['nothing', undefined],
  ])('refuses %s', (_name, bytes) => {
    expect(() => MaskedNeedle.fromBytes('secret', wrongly(bytes))).toThrow(argument);
    expect(() => new Constructor('secret', bytes, new Uint8Array(32))).toThrow(argument);
    expect(() => new Constructor('secret', new Uint8Array(32), bytes)).toThrow(argument);
    expect(() => needles[0]!.unmaskInto(wrongly(bytes))).toThrow(argument);
  });

  it('reads the true facts of bytes with shadowed getters', () => {
    const secret = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8);
    const properties = { length: { value: 3 }, fill: { value: () => undefined } };
    const needle = MaskedNeedle.fromBytes('secret', Object.defineProperties(secret, properties));
    expect(unmasked(needle)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(new Uint8Array(secret.buffer)).toEqual(new Uint8Array(8));
  });

  it('accepts shared memory', () => {
    const shared = new Uint8Array(new SharedArrayBuffer(32));
    needles[0]!.unmaskInto(shared);
    expect([...shared]).toEqual(unmasked(needles[0]!));
    expect(unmasked(MaskedNeedle.fromBytes('shared', shared))).toEqual(unmasked(needles[0]!));
    expect([...shared]).toEqual(new Array(32).fill(0));
  });

  it('cannot avoid the checks by the constructor', () => {
    expect(() => new Constructor('two\nlines', new Uint8Array(8), new Uint8Array(8))).toThrow(
      argument,
    );
    expect(() => new Constructor('canary', new Uint8Array(8), new Uint8Array(9))).toThrow(argument);
  });

  it('does not change after the checks', () => {
    expect(() => Object.assign(needles[0]!, { length: 2 ** 31 })).toThrow(TypeError);
    const encodings: string[] = wrongly(ENCODINGS);
    expect(() => encodings.push('rot13')).toThrow(TypeError);
  });
});

describe('text', () => {
  const notText = [undefined, null, 7, 7n, Symbol('text'), {}, Object.create(null), ['61.00.00']];

  it.each(notText)('is no %s', (value) => {
    expect(() => MaskedNeedle.parse(wrongly(value))).toThrow(argument);
    expect(() => parseMappings(wrongly(value))).toThrow(argument);
    expect(() => scanFile(wrongly(value), needles)).toThrow(argument);
  });

  it('of an smaps file is refused with an invalid size', () => {
    const text = '00400000-00402000 rw-p 00000000 00:00 0 [heap]\nRss: many kB\n';
    expect(() => parseMappings(text)).toThrow(argument);
  });

  it('of a URL must name a file', () => {
    expect(() => scanFile(new URL('https://example.org/core'), needles)).toThrow(argument);
  });
});

describe('findings', () => {
  const hit: Hit = {
    needle: 'seed',
    encoding: 'raw',
    offset: 0,
    length: 32,
    address: 4096,
    size: 32,
  };
  const [mapping] = parseMappings('1000-2000 rw-p 00000000 00:00 0 [heap]\nVmFlags: lo\n');
  const finding: Finding = { ...hit, mapping: mapping! };

  it('of a process and of a file form one table', () => {
    expect(describeFindings([hit, finding])).toBe(
      'seed  raw  bytes 0 to 31  at 0x1000\n' +
        'seed  raw  bytes 0 to 31  at 0x1000  [heap]  rw-p  locked  in core dumps',
    );
  });

  it('may be more than the arguments of a function', () => {
    expect(describeFindings(new Array(200_000).fill(hit)).split('\n')).toHaveLength(200_000);
  });

  it.each([
    ['nothing', undefined],
    ['no array', hit],
    ['an array with a hole', Object.assign([], { 0: hit, 2: hit })],
    ['null', [null]],
    ['text', ['finding']],
    ['without an address', [{ ...hit, address: undefined }]],
    ['with a text as address', [{ ...hit, address: '4096' }]],
    ['with a fraction as length', [{ ...hit, length: 1.5 }]],
    ['without a name', [{ ...hit, needle: undefined }]],
    ['with a symbol as encoding', [{ ...hit, encoding: Symbol('raw') }]],
    ['with a text as mapping', [{ ...hit, mapping: '[heap]' }]],
    ['with a mapping without a name', [{ ...hit, mapping: { ...mapping, name: undefined } }]],
    ['without the fact locked', [{ ...hit, mapping: { ...mapping, locked: 1 } }]],
  ])('are refused: %s', (_name, findings) => {
    expect(() => describeFindings(wrongly(findings))).toThrow(argument);
  });
});

describe('needles', () => {
  it('are read by index, so that an endless iterator has no effect', () => {
    const endless: MaskedNeedle[] = [];
    endless.length = 2 ** 32 - 1;
    expect(() => scanFile(process.execPath, endless)).toThrow(argument);
    expect(() => scanFile(process.execPath, new Array(3).fill(needles[0]))).toThrow(argument);
  });

  it('are those that were checked', () => {
    let looks = 0;
    const changing = Object.defineProperty([...needles], '0', {
      get: () => {
        looks += 1;
        return looks === 1 ? needles[0] : 7;
      },
    });
    expect(scanFile(import.meta.filename, changing).findings).toEqual([]);
    expect(looks).toBe(1);
  });

  it('accept options only', () => {
    for (const options of [null, 7, 'raw', [], new Uint8Array(1)]) {
      expect(() => scanFile(process.execPath, needles, wrongly(options))).toThrow(argument);
    }
  });
});

describe.skipIf(notLinux)('processes', () => {
  afterEach(() => vi.restoreAllMocks());

  const noProcesses = [0, -0, -1, 2 ** 31, 2 ** 53, Infinity, NaN, 7n, '7', null, undefined];

  it.each(noProcesses)('have no id %s, and no signal is sent', async (pid) => {
    const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
    expect(() => readMappings(wrongly(pid))).toThrow(argument);
    expect(() => scanProcess(wrongly(pid), needles)).toThrow(argument);
    await expect(waitUntilStopped(wrongly(pid))).rejects.toThrow(argument);
    await expect(withStoppedProcess(wrongly(pid), () => 0)).rejects.toThrow(argument);
    expect(kill).not.toHaveBeenCalled();
  });

  it('are not stopped for wrong arguments', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
    const pid = child.pid!;
    for (const work of [undefined, 'work', {}]) {
      await expect(withStoppedProcess(pid, wrongly(work))).rejects.toThrow(argument);
    }
    for (const options of [
      { timeout: NaN },
      { timeout: Infinity },
      { timeout: -1 },
      { timeout: '5' },
      { signal: {} },
      null,
    ]) {
      await expect(withStoppedProcess(pid, () => 0, wrongly(options))).rejects.toThrow(argument);
      await expect(waitUntilStopped(pid, wrongly(options))).rejects.toThrow(argument);
    }
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(withStoppedProcess(pid, () => 0, { signal })).rejects.toThrow(
      expect.objectContaining({ code: 'ERR_MEMORY_SCAN_NOT_STOPPED', cause: signal.reason }),
    );
    expect(kill).not.toHaveBeenCalled();
    child.kill('SIGKILL');
    await once(child, 'exit');
  });

  it('pass frozen mappings to a predicate', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    const pid = child.pid!;
    expect(() => scanProcess(pid, needles, { skipUnwritten: wrongly('all') })).toThrow(argument);
    const skipUnwritten = (mapping: object) => {
      Object.assign(mapping, { start: -4096 });
      return true;
    };
    expect(() => scanProcess(pid, needles, { skipUnwritten })).toThrow(TypeError);
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
});
