import { absolutePeriod } from '@evolock/cardano-kes';
import fc from 'fast-check';

/** Any number of 4 bytes. */
export const any32 = fc.integer({ min: 0, max: 2 ** 32 - 1 });

/** Any unsigned number of 8 bytes, often an extreme one. */
export const any64 = fc.oneof(
  fc.constantFrom(0n, 1n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
);

/** Any timestamp of the service protocol. */
export const anyTimestamp = any64.filter((number) => number < 2n ** 63n);

/** Any signed number of 8 bytes, often an extreme one. */
export const anySigned64 = fc.oneof(
  fc.constantFrom(0n, -1n, -(2n ** 63n), 2n ** 63n - 1n),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
);

/** This number of any bytes. */
export function anyBytes(size: number) {
  return fc.uint8Array({ minLength: size, maxLength: size });
}

export const anyCertificate = fc.record({
  hotVerificationKey: anyBytes(32),
  sequenceNumber: any64,
  startPeriod: any64.map(absolutePeriod),
  signature: anyBytes(64),
});

/** Any text of whole characters. */
export const anyText = fc.string({ unit: 'binary', maxLength: 200 });

/** The value, or `undefined`. */
export function maybeAny<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.option(arbitrary, { nil: undefined });
}
