import fc from 'fast-check';
import { pooledAllocator } from '@evolock/kes-sum';
import { errorOf, RecordingAllocator } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { readKesSigningKey } from '../src/index.js';
import { envelopeText, fileOf } from './support/files.js';
import { hexOf } from './support/keys.js';

const known = [608, 612, 704];

function headOf(size: number): string {
  if (size < 24) return (0x40 + size).toString(16);
  return size < 256
    ? `58${size.toString(16).padStart(2, '0')}`
    : `59${size.toString(16).padStart(4, '0')}`;
}

test('every other length is refused, and the error says what was found', () => {
  const near = known.flatMap((size) => [size - 1, size + 1, size - 32, size + 96]);
  const sizes = fc.oneof(fc.constantFrom(0, 32, 512, ...near), fc.nat(2_000));
  fc.assert(
    fc.property(sizes, (size) => {
      if (known.includes(size)) return;
      const log = new RecordingAllocator(pooledAllocator);
      const hex = headOf(size) + hexOf(new Uint8Array(size).fill(7));
      const path = fileOf(envelopeText('KesSigningKey_ed25519_kes_2^6', hex));
      expect(errorOf(() => readKesSigningKey(path, { allocator: log }))).toMatchObject({
        problem: 'wrong-length',
        found: `${String(size)} bytes instead of 608, 612, 704`,
      });
      expect(log.live).toBe(0);
    }),
    { numRuns: 40 },
  );
});
