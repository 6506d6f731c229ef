/** The verdict on a certificate, why it is not valid, what was not judged, and all of it in JSON. */
import {
  checkBytes,
  checkRecord,
  wrongType,
  wrongValue,
} from '@evolock/direct-serialise/arguments';
import type { NotJudged } from '../header/not-judged.js';
import { certificateFailure, evolutionFailures } from '../header/verdict.js';
import type { CertificateFailure, EvolutionFailure } from '../header/verdict.js';
import {
  certificateJson,
  evolutionJson,
  networkJson,
  type CertificateJson,
  type EvolutionJson,
  type NetworkJson,
} from './header.js';
import { poolIdHexOf, poolIdOf } from '../headers.js';
import { hexOf } from '../hex.js';
import {
  checkCertificate,
  checkCertificateVerdict,
  VERIFICATION_KEY_SIZE,
  type CertificateVerdict,
  type IssuedCertificate,
  type PoolId,
} from '../certificate/certificate.js';
import { checkLife, type CertificateLife } from '../certificate/life.js';

/** Why a certificate is not valid, or not at this moment. */
export function certificateReasons(
  verdict: CertificateVerdict,
  life: CertificateLife | undefined,
): (CertificateFailure | EvolutionFailure)[] {
  return [
    ...(verdict.valid ? [] : [certificateFailure(verdict)]),
    ...(life === undefined ? [] : evolutionFailures(life.period, life.evolution, startsLater)),
  ];
}

function startsLater(difference: bigint): string {
  return `the certificate starts ${difference === -1n ? '1 period' : `${-difference} periods`} after this one`;
}

function notJudged(code: NotJudged['code'], message: string): NotJudged {
  return { code, message };
}

/** What was not judged of a certificate. */
export function notJudgedOfCertificate(life: CertificateLife | undefined): NotJudged[] {
  return [
    notJudged('network', 'for which network it is: no certificate says it'),
    ...(life === undefined
      ? [notJudged('slot-time', 'whether it is valid now: no moment of a network was given')]
      : []),
    notJudged('stake', 'whether the pool is registered'),
    notJudged('certificate-numbers', 'whether its number is the last on chain, or the next one'),
    notJudged('hot-key', 'whether a node has the hot key'),
  ];
}

/** A verdict on a certificate in JSON, with the names of that on a header. */
export interface CertificateVerdictJson extends CertificateJson {
  readonly kind: 'operational-certificate';
  /** `incomplete`: it is signed, and at this moment it is not valid. */
  readonly result: 'valid' | 'invalid' | 'incomplete';
  readonly reasons: readonly (CertificateFailure | EvolutionFailure | OtherKey)[];
  readonly network: NetworkJson | null;
  readonly kesPeriod: string | null;
  readonly evolution: EvolutionJson | null;
  readonly coldVerificationKey: string;
  readonly poolId: PoolId;
  readonly poolIdHex: string;
  readonly notJudged: readonly NotJudged[];
}

/** That a certificate is not that of a key or of a counter which was given with it. */
export interface OtherKey {
  readonly code: 'other-key';
  readonly message: string;
}

/** The parts of a verdict on a certificate. */
export interface JudgedCertificate extends IssuedCertificate {
  readonly verdict: CertificateVerdict;
  /** When absent, it is not judged whether it is valid at a moment. */
  readonly life?: CertificateLife | undefined;
  /** What does not belong to it, in words. */
  readonly others?: readonly string[] | undefined;
}

/**
 * The verdict on a certificate as a value for `JSON.stringify`.
 *
 * @throws `ArgumentError` `ERR_EVOLOCK_ARGUMENT_TYPE` or `ERR_EVOLOCK_ARGUMENT_VALUE`, for a life of another certificate too.
 */
export function certificateVerdictJson(judged: JudgedCertificate): CertificateVerdictJson {
  const { certificate, coldVerificationKey, verdict, life, others } = checkJudged(judged);
  const reasons = certificateReasons(verdict, life);
  const isInvalid = !verdict.valid || others.length > 0;
  return {
    kind: 'operational-certificate',
    result: isInvalid ? 'invalid' : reasons.length > 0 ? 'incomplete' : 'valid',
    reasons: [...reasons, ...others.map((message): OtherKey => ({ code: 'other-key', message }))],
    network: life === undefined ? null : networkJson(life.parameters),
    kesPeriod: life === undefined ? null : String(life.period),
    evolution: life === undefined ? null : evolutionJson(life.evolution),
    ...certificateJson(certificate),
    coldVerificationKey: hexOf(coldVerificationKey),
    poolId: poolIdOf(coldVerificationKey),
    poolIdHex: poolIdHexOf(coldVerificationKey),
    notJudged: notJudgedOfCertificate(life),
  };
}

function checkJudged(value: JudgedCertificate) {
  const judged = checkRecord('judged', value) as JudgedCertificate;
  const certificate = checkCertificate(judged.certificate, 'certificate.');
  const life = judged.life === undefined ? undefined : checkLife(judged.life);
  if (life !== undefined && life.startPeriod !== certificate.startPeriod)
    throw wrongValue('life', 'the life of this certificate', 'that of another start period');
  const { others = [] } = judged;
  if (!Array.isArray(others) || others.some((other) => typeof other !== 'string'))
    throw wrongType('others', 'an array of strings', others);
  return {
    certificate,
    coldVerificationKey: checkBytes(
      'coldVerificationKey',
      judged.coldVerificationKey,
      VERIFICATION_KEY_SIZE,
    ),
    verdict: checkCertificateVerdict(judged.verdict),
    life,
    others: others as readonly string[],
  };
}
