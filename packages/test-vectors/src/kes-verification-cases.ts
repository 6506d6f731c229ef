import { conformanceCase, type ConformanceCase } from './conformance-case.js';
import { expectVerdict } from './expect.js';
import type { KesImplementation } from './implementation.js';
import type { KesNegativeVector } from './kes-negative-vectors.js';
import { describeSubject, locate, type KesSubject } from './kes-subject.js';

/**
 * `verify` accepts every signature at its own period and rejects it at the neighbouring ones.
 *
 * @internal
 */
export function verificationCase(subject: KesSubject): ConformanceCase {
  const name = `${describeSubject(subject)}: every signature at its own period only`;
  const file = 'kes-signatures.json';
  return conformanceCase('kes verification', name, locate(subject, file), () => {
    const { verificationKey, signatures } = subject.signatures;
    for (const { period, message, signature } of signatures) {
      const location = locate(subject, file, period);
      const verifyAt = (at: number) =>
        subject.implementation.verify(verificationKey, at, message, signature);
      expectVerdict(location, 'the signature', verifyAt(period), true);
      for (const at of [period - 1, period + 1]) {
        expectVerdict(location, `the signature at period ${at}`, verifyAt(at), false);
      }
    }
  });
}

/**
 * `verify` rejects a signature that it must reject.
 *
 * @internal
 */
export function negativeCase(
  implementation: KesImplementation,
  vector: KesNegativeVector,
  file = 'kes-negatives.json',
): ConformanceCase {
  const { algorithm, depth, verificationKey, period, message, signature, why } = vector;
  const location = { file, entry: why, algorithm, depth, period };
  const name = `${algorithm} depth ${depth} period ${period}: ${why}`;
  return conformanceCase('kes negative', name, location, () => {
    const verdict = implementation.verify(verificationKey, period, message, signature);
    expectVerdict(location, 'the signature', verdict, false);
  });
}
