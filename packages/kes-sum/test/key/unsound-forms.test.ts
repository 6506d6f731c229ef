import { keyAt, serialised } from '@evolock/test-keys';
import { codeOf, seedOf } from '@evolock/test-support';
import { describe, expect, it } from 'vitest';
import { unsoundFromRaw, unsoundRawSigningKey } from '../../src/unsound.js';
import { algorithms } from '../algorithms.js';

describe.each(algorithms)('the raw form of a $name key', (algorithm) => {
  it('is its serialised form, and brings the key back', () => {
    using key = keyAt(algorithm, seedOf(6), algorithm.totalPeriods - 1);
    const raw = unsoundRawSigningKey(key);
    expect(raw).toEqual(serialised(key));
    using copy = unsoundFromRaw(algorithm, raw);
    expect(serialised(copy)).toEqual(raw);
  });

  it('is refused when its size is wrong', () => {
    using key = keyAt(algorithm, seedOf(6), 0);
    const raw = unsoundRawSigningKey(key);
    expect(codeOf(() => unsoundFromRaw(algorithm, raw.subarray(1)))).toBe('ERR_EVOLOCK_SIZE_CHECK');
  });
});
