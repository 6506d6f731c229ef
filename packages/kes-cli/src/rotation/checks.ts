/** The checks of a new certificate: those of a node at its start, and beside the certificate that it replaces. */
import { hexOf, type IssuedCertificate, type KesParameters } from '@evolock/cardano-kes';
import { judgeSignature, type Judgement } from '../certificates/certificate.js';
import { judgeNumber, type LastOnChain } from '../certificates/number.js';
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

/** Whether a certificate can replace the old one: it is for the same pool and another key. Its number is judged by the chain. */
export function judgeReplacement(old: IssuedCertificate, file: IssuedCertificate): Judgement[] {
  const isSamePool = hexOf(old.coldVerificationKey) === hexOf(file.coldVerificationKey);
  const isSameKey =
    hexOf(old.certificate.hotVerificationKey) === hexOf(file.certificate.hotVerificationKey);
  return [
    { valid: isSamePool, words: `it is of ${isSamePool ? 'the same' : 'another'} pool` },
    { valid: !isSameKey, words: isSameKey ? 'it is for the old key' : 'it is for another key' },
  ];
}

/** Refuses the old certificate in place of the new one, where the chain accepts both: the key in use would be erased. */
export function judgeOrder(
  { certificate: old }: IssuedCertificate,
  { certificate: made }: IssuedCertificate,
  onChain: LastOnChain | undefined,
): Judgement[] {
  const [before, after] = [old.sequenceNumber, made.sequenceNumber];
  const isLower = made.startPeriod === old.startPeriod && after < before;
  const reason =
    made.startPeriod < old.startPeriod
      ? `it starts earlier, at KES period ${made.startPeriod}`
      : isLower && judgeNumber(before, { onChain }).verdict === 'accepted'
        ? `its number ${after} is lower, and the network accepts ${before} too`
        : undefined;
  if (reason === undefined) return [];
  const words = `${reason}: name the old and the new one the other way round`;
  return [{ valid: false, words }];
}
