import type { Implementation } from '../src/implementation/implementation.js';
import { serveImplementation } from '../src/stdio/server.js';
import { oracle } from './scheme/implementation.js';

/** Each part is wrong in one place. The runner must find all of them. */
const wrong: Implementation = {
  ...oracle,
  seed: { expand: (seed) => ({ left: seed, right: seed }) },
  kes(algorithm, depth) {
    const right = oracle.kes?.(algorithm, depth);
    return (
      right && {
        ...right,
        // A period past the end counts as the last one, as in optimised builds of the reference.
        verify: (verificationKey, period, message, signature) =>
          right.verify(
            verificationKey,
            Math.min(period, right.totalPeriods - 1),
            message,
            signature,
          ),
        // Tampered keys are refused; the level counts from the root.
        checkedRead: {
          levelOf: (error) => {
            const level = right.checkedRead?.levelOf?.(error);
            return level === undefined ? undefined : depth + 1 - level;
          },
        },
        // The head of the CBOR is not checked.
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
