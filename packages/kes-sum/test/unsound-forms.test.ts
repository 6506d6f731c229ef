import { keyAt, serialised } from '@evolock/test-keys';
import { codeOf, seedOf } from '@evolock/test-support';
import { describe, expect, it } from 'vitest';
import {
  unsoundCborSigningKey,
  unsoundFromCbor,
  unsoundFromRaw,
  unsoundRawSigningKey,
} from '../src/unsound.js';
import { algorithms } from './algorithms.js';

describe.each(algorithms)('the unsound forms of a $name key', (algorithm) => {
  const last = algorithm.totalPeriods - 1;

  it('are its serialised form, raw and as CBOR, and bring it back', () => {
    using key = keyAt(algorithm, seedOf(6), last);
    const raw = unsoundRawSigningKey(key);
    const encoded = unsoundCborSigningKey(key);
    expect(raw).toEqual(serialised(key));
    expect(encoded.subarray(-raw.length)).toEqual(raw);
    using fromRaw = unsoundFromRaw(algorithm, raw);
    using fromCbor = unsoundFromCbor(algorithm, encoded);
    for (const copy of [fromRaw, fromCbor]) expect(serialised(copy)).toEqual(raw);
  });

  it('are strict about sizes and heads', () => {
    using key = keyAt(algorithm, seedOf(6), 0);
    const raw = unsoundRawSigningKey(key);
    const encoded = unsoundCborSigningKey(key);
    expect(codeOf(() => unsoundFromRaw(algorithm, raw.subarray(1)))).toBe('ERR_EVOLOCK_SIZE_CHECK');
    expect(codeOf(() => unsoundFromCbor(algorithm, raw))).toBe('ERR_EVOLOCK_CBOR');
    expect(codeOf(() => unsoundFromCbor(algorithm, Uint8Array.of(...encoded, 0)))).toBe(
      'ERR_EVOLOCK_CBOR',
    );
  });
});
