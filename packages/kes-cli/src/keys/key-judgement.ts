import type { IssuedCertificate, EvolutionStatus } from '@evolock/cardano-kes';
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
    const stands = `${name} is its key and stands at period ${signingKey.period}`;
    if (evolution.state !== 'valid') return { valid: true, words: stands };
    const behind = evolution.evolution - signingKey.period;
    if (behind < 0) return { valid: false, words: `${stands}: too late to sign now` };
    return behind === 0
      ? { valid: true, words: stands }
      : {
          valid: true,
          words: `${stands}, ${behind} behind: kes evolve ${name} --to ${evolution.evolution}`,
        };
  });
}
