import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodedForms, type Encoding } from '../src/encodings.js';
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

/** How bytes are encoded, in words of how many bytes, and the units of the encoding before a byte. */
const encoders: Record<string, [(bytes: Buffer) => Buffer, word?: number]> = {
  raw: [(bytes) => bytes],
  'hex-lower': [(bytes) => Buffer.from(bytes.toString('hex'))],
  'hex-upper': [(bytes) => Buffer.from(bytes.toString('hex').toUpperCase())],
  base64: [(bytes) => Buffer.from(bytes.toString('base64'))],
  base64url: [(bytes) => Buffer.from(bytes.toString('base64url'))],
  'swapped-32': [(bytes) => Buffer.from(bytes).swap32(), 4],
  'swapped-64': [(bytes) => Buffer.from(bytes).swap64(), 8],
  'utf-16': [(bytes) => Buffer.from(bytes.toString('latin1'), 'utf16le')],
  'utf-16-hex-lower': [(bytes) => Buffer.from(bytes.toString('hex'), 'utf16le')],
  'utf-16-hex-upper': [(bytes) => Buffer.from(bytes.toString('hex').toUpperCase(), 'utf16le')],
  'utf-16-base64': [(bytes) => Buffer.from(bytes.toString('base64'), 'utf16le')],
  'utf-16-base64url': [(bytes) => Buffer.from(bytes.toString('base64url'), 'utf16le')],
  'number-array': [
    (bytes) => Buffer.from(BigUint64Array.from(bytes, (byte) => BigInt(byte) << 32n).buffer),
  ],
};

describe('Search', () => {
  test('has all encodings, or those of the options', () => {
    const all = wantedEncodings({})('any');
    expect(all.toSorted()).toEqual(Object.keys(encoders).toSorted());
    const byName = wantedEncodings({ encodings: { likely: ['hex-lower', 'raw'] } });
    expect([byName('likely'), byName('other')]).toEqual([['raw', 'hex-lower'], all]);
  });

  test.each(Object.entries(encoders))(
    'finds %s within more bytes, at any position, across the ends of chunks',
    (encoding, [encode, word = 1]) => {
      const places = [fc.nat(11), fc.nat(11), fc.nat(900)] as const;
      fc.assert(
        fc.property(seeds, ...places, chunks, (seed, before, behind, position, chunk) => {
          const secret = noise(seed, 32);
          const padding = (word - ((before + 32 + behind) % word)) % word;
          const [head, tail] = [noise(seed + 1, before), noise(seed + 2, behind + padding)];
          const haystack = noise(seed + 3, 1500);
          haystack.set(encode(Buffer.concat([head, secret, tail])), position);
          const isText = encoding.includes('base64');
          const options = isText ? { chunk, encodings: [encoding as Encoding] } : { chunk };
          // All whole words, and all characters of base64 without bits of other bytes, are one hit. A byte beside swapped
          // words may match by chance, and form another hit with the first word.
          const hits = sortHits(search(haystack, secret, options));
          const least = before % word === 0 ? 32 : 32 - word;
          const whole = word > 1 ? hits.filter(({ length }) => length >= least) : hits;
          expect(whole).toMatchObject([{ needle: 'needle', encoding }]);
          if (word > 1) return;
          const unit = isText ? 4 / 3 : 1;
          const width = encode(Buffer.alloc(3)).length / (3 * unit);
          const address = position + Math.ceil(before * unit) * width;
          const size = Math.floor((before + 32) * unit) * width + position - address;
          expect(whole).toMatchObject([{ offset: 0, length: 32, address, size }]);
        }),
      );
    },
  );

  test('finds a part of eight bytes or more, no shorter one, and states its place', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.nat(24),
        fc.integer({ min: 7, max: 32 }),
        fc.integer({ min: 1, max: 500 }),
        chunks,
        (seed, from, most, position, chunk) => {
          const secret = noise(seed, 32);
          const to = Math.min(32, from + most);
          const haystack = noise(seed + 1, 600);
          haystack.set(secret.subarray(from, to), position);
          if (from > 0) haystack[position - 1] = secret[from - 1]! ^ 0xff;
          if (to < 32) haystack[position + to - from] = secret[to]! ^ 0xff;
          const length = to - from;
          const place = { offset: from, length, address: position, size: length };
          const hit = { needle: 'needle', encoding: 'raw', ...place };
          expect(search(haystack, secret, { chunk })).toEqual(length < 8 ? [] : [hit]);
        },
      ),
    );
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
    // One value takes more than half of the last eight bytes.
    const frequent = [0, 0, 1, 0, 2, 0, 0, 3];
    const secret = Uint8Array.from([...noise(1, 24), ...frequent]);
    const haystack = Buffer.alloc(100);
    haystack.set(frequent, 11);
    haystack.set(secret, 41);
    expect(search(haystack, secret, { encodings: ['raw'] })).toMatchObject([
      { address: 41, offset: 0, length: 32 },
    ]);
  });

  test('make a short needle unusable', () => {
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
