/** The checks of a new certificate: those of a node at its start, and beside the certificate that it replaces. */
import { hexOf } from '@evolock/cardano-kes';
import type {
  IssuedCertificate,
  KesParameters,
  OperationalCertificate,
} from '@evolock/cardano-kes';
import { judgeSignature, type Judgement } from '../certificates/certificate.js';
import { judgeTime, standingOf } from '../certificates/standing.js';
import { judgeKey } from '../keys/judgement.js';
import type { Moment } from '../network/clock.js';

/** Checks, and warnings about the file of the key. */
export interface PairJudgement {
  readonly checks: readonly Judgement[];
  readonly warnings: readonly string[];
}

/** Checks a pair as a node does at its start, and that it replaces the old one. */
export async function judgePair(
  skey: string,
  file: IssuedCertificate,
  old: IssuedCertificate,
  { parameters, moment }: { readonly parameters: KesParameters; readonly moment: Moment },
): Promise<PairJudgement> {
  const standing = standingOf(parameters, file, moment);
  const { judgement, warnings } = await judgeKey(skey, file, standing.evolution);
  const checks = [judgeSignature(file), judgeTime(standing), judgement];
  return { checks: [...checks, ...judgeReplacement(old, file)], warnings };
}

/** Whether a certificate replaces the old one: for the same pool and another key, with a number that is not lower. */
export function judgeReplacement(old: IssuedCertificate, file: IssuedCertificate): Judgement[] {
  const isSamePool = hexOf(old.coldVerificationKey) === hexOf(file.coldVerificationKey);
  const isSameKey =
    hexOf(old.certificate.hotVerificationKey) === hexOf(file.certificate.hotVerificationKey);
  return [
    { valid: isSamePool, words: `it is of ${isSamePool ? 'the same' : 'another'} pool` },
    { valid: !isSameKey, words: isSameKey ? 'it is for the old key' : 'it is for another key' },
    judgeNumber(old.certificate, file.certificate),
  ];
}

/**
 * The same number is accepted until a block with it is on chain. Of two certificates with one number, the later start tells
 * which is the new one: the other way round, the new key would be erased.
 */
function judgeNumber(old: OperationalCertificate, file: OperationalCertificate): Judgement {
  const [before, after] = [old.sequenceNumber, file.sequenceNumber];
  if (after === before) {
    const isEarlier = file.startPeriod < old.startPeriod;
    return {
      valid: !isEarlier,
      words: isEarlier
        ? `its number ${after} is that of the old one, and it starts earlier, at KES period ${file.startPeriod}: name the old and the new one the other way round`
        : `its number ${after} is that of the old one, which is right while no block with ${after} is on chain`,
    };
  }
  const relation = after > before ? 'higher' : 'not higher';
  return {
    valid: after > before,
    words: `its number ${after} is ${relation} than ${before}, the old one`,
  };
}
