/** Verdicts on headers in JSON. */
import { wrongType } from '@evolock/direct-serialise/arguments';
import type { OperationalCertificate, PoolId } from '../certificate/certificate.js';
import { hexOf } from '../hex.js';
import type { EvolutionStatus } from '../period/evolution.js';
import type { KesParameters } from '../period/parameters.js';
import type { BodyFailure } from '../header/block-body.js';
import type { NotJudged } from '../header/not-judged.js';
import type { BlockHeader, LeiosFields } from '../header/parse.js';
import type { IncompleteReason } from '../header/slot-time.js';
import type {
  HeaderFailure,
  HeaderResult,
  HeaderVerdict,
  SignatureFact,
} from '../header/verdict.js';

/** A verdict in JSON: numbers of 64 bits as decimal text, bytes as hexadecimal digits, unknown values as null. */
export interface VerdictJson {
  readonly kind: 'header';
  readonly result: HeaderResult;
  /** All failures, and then what makes a header incomplete. */
  readonly reasons: readonly (HeaderFailure | IncompleteReason | BodyFailure)[];
  readonly network: NetworkJson;
  readonly canonical: boolean | null;
  readonly kesPeriod: string | null;
  readonly evolution: EvolutionJson | null;
  readonly certificateSignature: SignatureFact;
  readonly kesSignature: SignatureFact;
  readonly vrf: SignatureFact;
  /** The body of the block; absent unless bodies were to be checked. */
  readonly blockBody?: SignatureFact;
  readonly header: HeaderJson | null;
  readonly notJudged: readonly NotJudged[];
}

/** The parameters of a network in JSON. */
export interface NetworkJson {
  readonly name: string;
  readonly slotsPerKesPeriod: string;
  readonly maxKesEvolutions: number;
}

/** A verdict as a value for `JSON.stringify`, which throws at a bigint. */
export function verdictJson(verdict: HeaderVerdict): VerdictJson {
  if (
    typeof verdict !== 'object' ||
    (verdict as unknown) === null ||
    !Array.isArray(verdict.failures)
  )
    throw wrongType('verdict', 'a verdict of verifyHeader', verdict);
  const { result, reasons, parameters, canonical, period, evolution, header } = verdict;
  // The check makes a list of `any` of it.
  const failures: HeaderVerdict['failures'] = verdict.failures;
  return {
    kind: 'header',
    result,
    reasons: [...failures, ...reasons],
    network: networkJson(parameters),
    canonical: canonical ?? null,
    kesPeriod: period === undefined ? null : String(period),
    evolution: evolution === undefined ? null : evolutionJson(evolution),
    certificateSignature: verdict.certificate,
    kesSignature: verdict.kesSignature,
    vrf: verdict.vrf,
    header: header === undefined ? null : headerJson(header),
    notJudged: verdict.notJudged,
  };
}

/** The parameters of a network as they are in a verdict. */
export function networkJson({
  name,
  slotsPerKesPeriod,
  maxKesEvolutions,
}: KesParameters): NetworkJson {
  return { name, slotsPerKesPeriod: String(slotsPerKesPeriod), maxKesEvolutions };
}

/** An evolution in JSON. */
export interface EvolutionJson {
  readonly state: EvolutionStatus['state'];
  /** Decimal text: it may be negative. */
  readonly value: string;
  readonly remainingPeriods: number | null;
  readonly limit: EvolutionStatus['limit'];
}

/** An evolution as it is in a verdict. */
export function evolutionJson(status: EvolutionStatus): EvolutionJson {
  const { state, difference, limit } = status;
  const remainingPeriods = state === 'valid' ? status.remainingPeriods : null;
  return { state, value: String(difference), remainingPeriods, limit };
}

/** A header in JSON. */
export interface HeaderJson {
  readonly shape: BlockHeader['shape'];
  readonly era: number | null;
  readonly hash: string;
  readonly blockNumber: string;
  readonly slot: string;
  readonly previousHash: string | null;
  readonly coldVerificationKey: string;
  readonly poolId: PoolId;
  readonly poolIdHex: string;
  readonly vrfVerificationKey: string;
  readonly bodySize: number;
  readonly bodyHash: string;
  readonly protocolVersion: readonly [major: string, minor: string];
  /** Of the shape Leios only. */
  readonly leios: LeiosJson | null;
  readonly certificate: CertificateJson;
}

/** A header as it is in a verdict. */
export function headerJson(header: BlockHeader): HeaderJson {
  const { shape, era, hash, poolId, poolIdHex, previousHash, protocolVersion, leios } = header;
  return {
    shape,
    era: era ?? null,
    hash,
    blockNumber: String(header.blockNumber),
    slot: String(header.slot),
    previousHash: previousHash === undefined ? null : hexOf(previousHash),
    coldVerificationKey: hexOf(header.issuerVerificationKey),
    poolId,
    poolIdHex,
    vrfVerificationKey: hexOf(header.vrfVerificationKey),
    bodySize: Number(header.bodySize),
    bodyHash: hexOf(header.bodyHash),
    protocolVersion: [String(protocolVersion.major), String(protocolVersion.minor)],
    leios: leios === undefined ? null : leiosJson(leios),
    certificate: certificateJson(header.certificate),
  };
}

/** The fields of Leios in JSON. */
export interface LeiosJson {
  readonly certified: boolean;
  readonly announcement: { readonly hash: string; readonly size: number } | null;
}

function leiosJson({ certified, announcement }: LeiosFields): LeiosJson {
  if (announcement === undefined) return { certified, announcement: null };
  const { hash, size } = announcement;
  return { certified, announcement: { hash: hexOf(hash), size: Number(size) } };
}

/** An operational certificate of a header in JSON. */
export interface CertificateJson {
  readonly kesVerificationKey: string;
  readonly sequenceNumber: string;
  readonly startPeriod: string;
  readonly signature: string;
}

/** A certificate as it is in a verdict. */
export function certificateJson(certificate: OperationalCertificate): CertificateJson {
  return {
    kesVerificationKey: hexOf(certificate.hotVerificationKey),
    sequenceNumber: String(certificate.sequenceNumber),
    startPeriod: String(certificate.startPeriod),
    signature: hexOf(certificate.signature),
  };
}
