import { wrongType } from '@evolock/direct-serialise/arguments';
import type { OperationalCertificate } from '../certificate/certificate.js';
import { hexOf } from '../hex.js';
import type { EvolutionStatus } from '../period/evolution.js';
import type { KesParameters } from '../period/parameters.js';
import type { BlockHeader } from './parse.js';
import type { HeaderVerdict } from './verdict.js';

/** A verdict in JSON: numbers of 64 bits as decimal text, bytes as hexadecimal digits, unknown values as null. */
export type VerdictJson = ReturnType<typeof verdictJson>;

/** A verdict as a value for `JSON.stringify`, which throws at a bigint. */
export function verdictJson(verdict: HeaderVerdict) {
  if (
    typeof verdict !== 'object' ||
    (verdict as unknown) === null ||
    !Array.isArray(verdict.failures)
  )
    throw wrongType('verdict', 'a verdict of verifyHeader', verdict);
  const { result, valid, parameters, canonical, period, evolution, header } = verdict;
  // The check makes a list of `any` of it.
  const failures: HeaderVerdict['failures'] = verdict.failures;
  return {
    result,
    valid,
    failures,
    network: networkJson(parameters),
    canonical: canonical ?? null,
    kesPeriod: period === undefined ? null : String(period),
    evolution: evolution === undefined ? null : evolutionJson(evolution),
    certificateSignature: verdict.certificate,
    kesSignature: verdict.kesSignature,
    vrf: verdict.vrf,
    header: header === undefined ? null : headerJson(header),
    outOfScope: verdict.outOfScope,
  };
}

function networkJson({ name, slotsPerKesPeriod, maxKesEvolutions }: KesParameters) {
  return { name, slotsPerKesPeriod: String(slotsPerKesPeriod), maxKesEvolutions };
}

function evolutionJson(status: EvolutionStatus) {
  const { state, difference, limit } = status;
  const remainingPeriods = state === 'valid' ? status.remainingPeriods : null;
  return { state, value: String(difference), remainingPeriods, limit };
}

/** A header as it is in a verdict. */
export function headerJson(header: BlockHeader) {
  const { shape, era, hash, poolId, previousHash, protocolVersion } = header;
  return {
    shape,
    era: era ?? null,
    hash,
    blockNumber: String(header.blockNumber),
    slot: String(header.slot),
    previousHash: previousHash === undefined ? null : hexOf(previousHash),
    coldVerificationKey: hexOf(header.issuerVerificationKey),
    poolId,
    protocolVersion: [String(protocolVersion.major), String(protocolVersion.minor)] as const,
    certificate: certificateJson(header.certificate),
  };
}

function certificateJson(certificate: OperationalCertificate) {
  return {
    kesVerificationKey: hexOf(certificate.hotVerificationKey),
    sequenceNumber: String(certificate.sequenceNumber),
    startPeriod: String(certificate.startPeriod),
    signature: hexOf(certificate.signature),
  };
}
