import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodedForms } from '../src/encodings.js';
import { MaskedNeedle } from '../src/needle.js';
import { patternTable, usableWindows } from '../src/pattern-table.js';
import { type ScanOptions, wantedEncodings } from '../src/scan.js';
import { Search, sortHits, type Hit } from '../src/search.js';

/** Pseudorandom bytes of a seed. */
function noise(seed: number, length: number): Buffer {
  return createHash('shake256', { outputLength: length }).update(String(seed)).digest();
}

function search(
  haystack: Uint8Array,
  secret: Uint8Array,
  { chunk = 64, ...options }: ScanOptions & { chunk?: number } = {},
): Hit[] {
  const needle = MaskedNeedle.fromBytes('needle', Uint8Array.from(secret));
  const made = new Search(
    patternTable([needle], wantedEncodings(options)),
    (target, position) => {
      const part = haystack.subarray(position, position + target.length);
      target.set(part);
      return part.length;
    },
    chunk,
  );
  expect(made.range(0, haystack.length)).toBe(haystack.length);
  expect(made.searched).toBe(haystack.length);
  return made.hits;
}

const seeds = fc.integer({ min: 0, max: 1_000_000 });
const chunks = fc.integer({ min: 1, max: 64 }).map((words) => 4 * words);

describe('Search', () => {
  const encoders: Record<string, (secret: Buffer) => Buffer> = {
    raw: (secret) => secret,
    'hex-lower': (secret) => Buffer.from(secret.toString('hex')),
    'hex-upper': (secret) => Buffer.from(secret.toString('hex').toUpperCase()),
    'swapped-32': (secret) => Buffer.from(secret).swap32(),
    'swapped-64': (secret) => Buffer.from(secret).swap64(),
    'utf-16': (secret) => Buffer.from(secret.toString('latin1'), 'utf16le'),
    'utf-16-hex-lower': (secret) => Buffer.from(secret.toString('hex'), 'utf16le'),
    'utf-16-hex-upper': (secret) => Buffer.from(secret.toString('hex').toUpperCase(), 'utf16le'),
    'number-array': (secret) =>
      Buffer.from(BigUint64Array.from(secret, (byte) => BigInt(byte) << 32n).buffer),
  };

  test.each(Object.keys(encoders))(
    'finds %s at any position, across the ends of chunks',
    (encoding) => {
      fc.assert(
        fc.property(seeds, fc.nat(900), chunks, (seed, position, chunk) => {
          const secret = noise(seed, 32);
          const planted = encoders[encoding]!(secret);
          const haystack = noise(seed + 1, 1500);
          haystack.set(planted, position);
          const hits = sortHits(search(haystack, secret, { chunk }));
          expect(hits).toEqual([
            {
              needle: 'needle',
              encoding,
              offset: 0,
              length: 32,
              address: position,
              size: planted.length,
            },
          ]);
        }),
      );
    },
  );

  test.each(['base64', 'base64url'] as const)('finds %s within a longer text', (encoding) => {
    fc.assert(
      fc.property(
        seeds,
        fc.nat(2),
        fc.nat(2),
        fc.nat(40),
        chunks,
        (seed, before, behind, position, chunk) => {
          const secret = noise(seed, 32);
          const message = Buffer.concat([noise(seed + 1, before), secret, noise(seed + 2, behind)]);
          const haystack = Buffer.alloc(200);
          haystack.write(message.toString(encoding), position, 'latin1');
          const hits = search(haystack, secret, { chunk, encodings: [encoding] });
          expect(hits).toHaveLength(1);
          // All characters that contain no bits of other bytes.
          expect(hits[0]!.size).toBeGreaterThanOrEqual(41);
          expect(hits[0]!.length).toBe(32);
          expect(hits[0]!.address).toBe(position + Math.ceil((8 * before) / 6));
        },
      ),
    );
  });

  test.each([
    ['swapped-32', 4],
    ['swapped-64', 8],
  ] as const)('finds %s wherever in a word the secret begins', (encoding, word) => {
    fc.assert(
      fc.property(
        seeds,
        fc.integer({ min: 1, max: word - 1 }),
        fc.nat(100),
        (seed, before, position) => {
          const secret = noise(seed, 32);
          const message = Buffer.concat([
            noise(seed + 1, before),
            secret,
            noise(seed + 2, word - before),
          ]);
          const haystack = Buffer.alloc(200);
          haystack.set(word === 4 ? message.swap32() : message.swap64(), position);
          const hits = sortHits(search(haystack, secret, { encodings: [encoding] }));
          // All whole words in one hit. A byte beside them may match by chance, and form another hit with the first word.
          const whole = hits.filter(({ length }) => length >= 32 - word);
          expect(whole).toHaveLength(1);
          expect(whole[0]!.offset).toBeLessThanOrEqual(word - before);
        },
      ),
    );
  });

  test('finds a part of eight bytes or more, and states its place', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.nat(24),
        fc.integer({ min: 8, max: 32 }),
        fc.integer({ min: 1, max: 500 }),
        chunks,
        (seed, from, length, position, chunk) => {
          const secret = noise(seed, 32);
          const to = Math.min(32, from + length);
          const haystack = noise(seed + 1, 600);
          haystack.set(secret.subarray(from, to), position);
          if (from > 0) haystack[position - 1] = secret[from - 1]! ^ 0xff;
          if (to < 32) haystack[position + to - from] = secret[to]! ^ 0xff;
          expect(search(haystack, secret, { chunk })).toEqual([
            {
              needle: 'needle',
              encoding: 'raw',
              offset: from,
              length: to - from,
              address: position,
              size: to - from,
            },
          ]);
        },
      ),
    );
  });

  test('does not report seven bytes', () => {
    const secret = noise(1, 32);
    const haystack = Buffer.alloc(100);
    haystack.set(secret.subarray(3, 10), 33);
    expect(search(haystack, secret)).toEqual([]);
  });

  test('finds each usable fragment that an exhaustive search finds', () => {
    const symbols = fc.integer({ min: 0, max: 2 });
    fc.assert(
      fc.property(
        fc.array(symbols, { minLength: 8, maxLength: 20 }),
        fc.array(fc.oneof(symbols, fc.constant('secret' as const)), { maxLength: 60 }),
        chunks,
        (secret, pieces, chunk) => {
          const windows = windowsOf(secret);
          fc.pre(windows.includes(1));
          const haystack = Uint8Array.from(
            pieces.flatMap((piece) => (piece === 'secret' ? secret : [piece])),
          );
          const hits = search(haystack, Uint8Array.from(secret), { chunk, encodings: ['raw'] });
          for (const [address, window] of occurrences(haystack, secret, windows)) {
            expect(
              hits.some(
                (hit) =>
                  hit.address - hit.offset === address - window &&
                  hit.address <= address &&
                  address + 8 <= hit.address + hit.size,
              ),
            ).toBe(true);
          }
          for (const { address, offset, size } of hits) {
            expect([...haystack.subarray(address, address + size)]).toEqual(
              secret.slice(offset, offset + size),
            );
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test('reports each copy once', () => {
    const secret = noise(7, 32);
    const haystack = Buffer.concat([secret, secret, Buffer.alloc(3), secret]);
    expect(search(haystack, secret, { chunk: 16 }).map(({ address }) => address)).toEqual([
      0, 32, 67,
    ]);
  });

  test('stops where reading fails, and returns that address', () => {
    const needle = MaskedNeedle.fromBytes('needle', noise(1, 32));
    const table = patternTable([needle], wantedEncodings({}));
    const made = new Search(
      table,
      (target, position) => Math.min(target.length, 5000 - position),
      1024,
    );
    expect(made.range(0, 8192)).toBe(5000);
  });
});

function windowsOf(secret: readonly number[]): Uint8Array {
  const byteAt = (index: number) => secret[index]!;
  const [form] = encodedForms({ length: secret.length, byteAt }, 'raw');
  return usableWindows(form!, byteAt);
}

function* occurrences(
  haystack: Uint8Array,
  secret: readonly number[],
  windows: Uint8Array,
): Generator<readonly [address: number, window: number]> {
  for (let address = 0; address + 8 <= haystack.length; address += 1) {
    for (let window = 0; window < windows.length; window += 1) {
      const fragment = secret.slice(window, window + 8);
      const isThere = fragment.every((byte, index) => haystack[address + index] === byte);
      if (windows[window] === 1 && isThere) yield [address, window];
    }
  }
}

describe('unusable fragments', () => {
  test('are ignored, and the rest of the needle is searched for', () => {
    const secret = Uint8Array.from([...noise(1, 16), ...new Uint8Array(16)]);
    const haystack = Buffer.alloc(100);
    haystack.set(secret, 41);
    expect(search(haystack, secret, { encodings: ['raw'] })).toMatchObject([
      { address: 41, offset: 0, length: 32 },
    ]);
  });

  test('make a needle without others unusable', () => {
    const zeros = MaskedNeedle.fromBytes('zeros', new Uint8Array(32));
    expect(() => patternTable([zeros], wantedEncodings({}))).toThrow(
      expect.objectContaining({ code: 'ERR_MEMORY_SCAN_NEEDLE' }),
    );
    const short = MaskedNeedle.random('short', 7);
    expect(() => patternTable([short], wantedEncodings({}))).toThrow(/7 bytes, fewer than the 8/);
  });
});

test('the table contains the needle in no encoding', () => {
  const secret = noise(3, 32);
  const needle = MaskedNeedle.fromBytes('needle', Uint8Array.from(secret));
  const table = patternTable([needle], wantedEncodings({}));
  const arrays = [table.masked, table.mask, table.entryGram, table.entryOffset, table.nextEntry];
  for (const { buffer } of arrays) expect(search(new Uint8Array(buffer), secret)).toEqual([]);
});
