import { codeOf, wrongly } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { BackOff, type RetryOptions } from '../../src/client/retry.js';

function delays(options: RetryOptions | undefined, absent: number, count: number) {
  const backOff = new BackOff(options, absent);
  return Array.from({ length: count }, () => backOff.next());
}

describe('the pauses between attempts', () => {
  test('are doubled up to the longest', () => {
    const options = { delay: 100, longestDelay: 500 };
    expect(delays(options, Infinity, 5)).toEqual([100, 200, 400, 500, 500]);
    expect(delays(undefined, Infinity, 9).slice(-2)).toEqual([10_000, 10_000]);
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

  test('are announced with the attempts that are left', () => {
    const left: number[] = [];
    const onRetry = (count: number) => void left.push(count);
    delays({ delay: 0, attempts: 2, onRetry }, 0, 3);
    expect(left).toEqual([2, 1]);
  });

  test('begin again after a success', () => {
    const backOff = new BackOff({ delay: 1, attempts: 2 }, 0);
    expect([backOff.next(), backOff.next(), backOff.next()]).toEqual([1, 2, undefined]);
    backOff.reset();
    expect([backOff.next(), backOff.next(), backOff.next()]).toEqual([1, 2, undefined]);
  });

  test.each<[object, string]>([
    [{ attempts: -1 }, 'ERR_EVOLOCK_ARGUMENT_VALUE'],
    [{ attempts: 0.5 }, 'ERR_EVOLOCK_ARGUMENT_TYPE'],
    [{ delay: -1 }, 'ERR_EVOLOCK_ARGUMENT_VALUE'],
    [{ delay: 2 ** 31 }, 'ERR_EVOLOCK_ARGUMENT_VALUE'],
    [{ longestDelay: '1' }, 'ERR_EVOLOCK_ARGUMENT_TYPE'],
    [{ exponential: 2 }, 'ERR_EVOLOCK_ARGUMENT_TYPE'],
    [{ onRetry: 2 }, 'ERR_EVOLOCK_ARGUMENT_TYPE'],
  ])('refuse %j', (options, code) => {
    expect(codeOf(() => new BackOff(wrongly(options), 0))).toBe(code);
  });
});
