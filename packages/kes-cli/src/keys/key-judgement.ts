import type { EvolutionStatus, IssuedCertificate } from '@evolock/cardano-kes';
import { sum6Kes, type KesSigningKey } from '@evolock/kes-sum';
import type { Judgement } from '../certificates/judgement.js';
import { hexOf } from '../hex.js';
import { printable } from '../printable.js';
import { withSigningKey } from './signing-key-file.js';

/** Whether the signing key of a file goes with a certificate, and can sign at this evolution. */
export function judgeKey(
  path: string,
  { certificate }: IssuedCertificate,
  evolution: EvolutionStatus,
): Promise<Judgement> {
  const name = printable(path);
  return withSigningKey(path, ({ signingKey }): Judgement => {
    const isItsKey =
      hexOf(signingKey.deriveVerificationKey()) === hexOf(certificate.hotVerificationKey);
    if (!isItsKey) return { valid: false, words: `${name} is not the key of this certificate` };
    const { depth, signatureSize } = signingKey.algorithm;
    if (depth !== sum6Kes.depth) {
      return {
        valid: false,
        words: `${name} is its key, but of depth ${depth}: no block header holds its signatures of ${signatureSize} bytes: make a key of depth 6 and issue a certificate for that`,
      };
    }
    return judgePeriod(name, signingKey, evolution);
  });
}

/** Whether it can still sign at the current evolution, and at those that are to come. */
function judgePeriod(
  name: string,
  { period }: KesSigningKey,
  evolution: EvolutionStatus,
): Judgement {
  const stands = `${name} is its key and stands at period ${period}`;
  if (evolution.state === 'expired') return { valid: true, words: stands };
  const current = evolution.state === 'valid' ? evolution.evolution : 0;
  const behind = current - period;
  if (behind < 0) {
    const gone = behind === -1 ? `evolution ${current}` : `evolutions ${current} to ${period - 1}`;
    return {
      valid: false,
      words: `${stands}: too late, it has moved past ${gone} and can never sign there again`,
    };
  }
  return behind === 0
    ? { valid: true, words: stands }
    : { valid: true, words: `${stands}, ${behind} behind: kes evolve ${name} --to ${current}` };
}
