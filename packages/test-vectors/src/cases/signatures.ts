import type { AsyncKesImplementation } from '../implementation/async-implementation.js';
import type { KesNegativeVector } from '../vectors/signatures.js';
import { type CasePlan, plan } from './case.js';
import { expectVerdict } from './expect.js';
import { wait } from './steps.js';
import { describeSubject, type KesSubject, locate } from './subject.js';

/**
 * `verify` accepts every signature at its own period and rejects it at the neighbouring ones.
 *
 * @internal
 */
export function verificationCase(subject: KesSubject): CasePlan {
  const name = `${describeSubject(subject)}: every signature at its own period only`;
  const file = 'kes-signatures.json';
  return plan('kes verification', name, locate(subject, file), function* () {
    const { verificationKey, signatures } = subject.signatures;
    for (const { period, message, signature } of signatures) {
      const location = locate(subject, file, period);
      const verifyAt = (at: number) =>
        subject.implementation.verify(verificationKey, at, message, signature);
      expectVerdict(location, 'the signature', yield* wait(verifyAt(period)), true);
      for (const at of [period - 1, period + 1]) {
        const exists = at >= 0 && at < subject.key.totalPeriods;
        const entry = exists ? `neighbouring period (${at})` : `period ${at}, which does not exist`;
        expectVerdict({ ...location, entry }, 'the signature', yield* wait(verifyAt(at)), false);
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
  implementation: AsyncKesImplementation,
  vector: KesNegativeVector,
): CasePlan {
  const { algorithm, depth, verificationKey, period, message, signature, why } = vector;
  const location = { file: 'kes-negatives.json', entry: why, algorithm, depth, period };
  const name = `${algorithm} depth ${depth} period ${period}: ${why}`;
  return plan('kes negative', name, location, function* () {
    const verdict = yield* wait(implementation.verify(verificationKey, period, message, signature));
    expectVerdict(location, 'the signature', verdict, false);
  });
}
