import { codeOf, rejectionOf, wrongly } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { BackOff, withRetry, type RetryOptions } from '../../src/client/retry.js';

function delays(options: RetryOptions | undefined, absent: number, count: number) {
  const backOff = new BackOff(options, absent);
  return Array.from({ length: count }, () => backOff.next());
}

describe('the pauses between attempts', () => {
  test('are doubled up to the longest', () => {
    expect(delays(undefined, Infinity, 3)).toEqual([100, 200, 400]);
    expect(delays(undefined, Infinity, 9).slice(-3)).toEqual([6_400, 10_000, 10_000]);
    expect(delays({ delay: 20_000 }, Infinity, 2)).toEqual([20_000, 20_000]);
  });

  test('can be equal', () => {
    expect(delays({ delay: 1_000, exponential: false }, Infinity, 3)).toEqual([1e3, 1e3, 1e3]);
  });

  test('end after the attempts', () => {
    expect(delays({ delay: 0, attempts: 2 }, Infinity, 3)).toEqual([0, 0, undefined]);
    expect(delays(undefined, 0, 1)).toEqual([undefined]);
    expect(delays({ attempts: Infinity, delay: 1 }, 0, 2)).toEqual([1, 2]);
  });

  test('begin again after a success', () => {
    const backOff = new BackOff({ delay: 1, attempts: 2 }, 0);
    expect([backOff.next(), backOff.next(), backOff.next()]).toEqual([1, 2, undefined]);
    backOff.reset();
    expect([backOff.next(), backOff.next(), backOff.next()]).toEqual([1, 2, undefined]);
  });

  test('end at once when the signal is aborted', async () => {
    const stop = new AbortController();
    const retrying = withRetry(() => Promise.reject(new Error('no agent')), {
      backOff: new BackOff({ attempts: 1, delay: 2_000_000_000 }, 0),
      signal: stop.signal,
      // The pause begins after this.
      failed: () => void setImmediate(() => stop.abort()),
    });
    expect((await rejectionOf(retrying))['code']).toBe('ERR_EVOLOCK_IO_ABORTED');
  });

  test.each<[object, string]>([
    [{ attempts: -1 }, 'ERR_EVOLOCK_ARGUMENT_VALUE'],
    [{ attempts: 0.5 }, 'ERR_EVOLOCK_ARGUMENT_TYPE'],
    [{ delay: -1 }, 'ERR_EVOLOCK_ARGUMENT_VALUE'],
    [{ delay: 2 ** 31 }, 'ERR_EVOLOCK_ARGUMENT_VALUE'],
    [{ exponential: 2 }, 'ERR_EVOLOCK_ARGUMENT_TYPE'],
  ])('refuse %j', (options, code) => {
    expect(codeOf(() => new BackOff(wrongly(options), 0))).toBe(code);
  });
});
