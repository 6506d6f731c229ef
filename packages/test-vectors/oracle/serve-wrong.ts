import type { Implementation } from '../src/implementation/implementation.js';
import { serveImplementation } from '../src/stdio/server.js';
import { oracle } from './scheme/implementation.js';

/** Wrong in one place each: the runner has to find them all. */
const wrong: Implementation = {
  ...oracle,
  seed: { expand: (seed) => ({ left: seed, right: seed }) },
  kes(algorithm, depth) {
    const right = oracle.kes?.(algorithm, depth);
    return (
      right && {
        ...right,
        // Past the end is the end, as optimised builds of the reference have it.
        verify: (verificationKey, period, message, signature) =>
          right.verify(
            verificationKey,
            Math.min(period, right.totalPeriods - 1),
            message,
            signature,
          ),
        // Tampered keys are refused, and the level is counted from the root.
        checkedRead: {
          levelOf: (error) => {
            const level = right.checkedRead?.levelOf?.(error);
            return level === undefined ? undefined : depth + 1 - level;
          },
        },
        // Heads are not looked at.
        ...(right.cbor && {
          cbor: {
            ...right.cbor,
            decodeVerificationKey: (encoded) => encoded.slice(-32),
          },
        }),
      }
    );
  },
};

void serveImplementation(wrong, { name: 'deliberately wrong' });
