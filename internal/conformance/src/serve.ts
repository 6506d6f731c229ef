/** `node serve.js right` or `wrong`: an implementation as a process for the tests of the runner. */
import type { Implementation } from '@evolock/test-vectors';
import { native } from './native.js';
import { serve } from '../../../packages/test-vectors/test/support/server.js';

/** Wrong in one place of each part. The runner must find all of them. */
const wrong: Implementation = {
  ...native,
  seed: { expand: (seed) => ({ left: seed, right: seed }) },
  kes(algorithm, depth) {
    const right = native.kes(algorithm, depth);
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
          levelOf(error) {
            const level = right.checkedRead.levelOf(error);
            return level === undefined ? undefined : depth + 1 - level;
          },
        },
        // Every key in the layout of the Rust crate is read as the key before its first update.
        rust: { ...right.rust, readKey: () => right.rust.generateKey(new Uint8Array(32)) },
      }
    );
  },
};

const [implementation, name] =
  process.argv[2] === 'wrong' ? [wrong, 'deliberately wrong'] : [native, 'the native packages'];
await serve(implementation, name);
