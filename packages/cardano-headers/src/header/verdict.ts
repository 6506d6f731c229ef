/** Whether the pool signed a header: all facts, and all failures. */
import { checkBytes, checkDate, checkOptions } from '@evolock/direct-serialise/arguments';
import { judgeCertificate, type CertificateVerdict } from '../certificate/certificate.js';
import { HeaderError } from '../errors.js';
import { evolutionOf, periodOfSlot, type EvolutionStatus } from '../period/evolution.js';
import { SUM6_PERIODS, type AbsolutePeriod } from '../period/numbers.js';
import { LAST_ERA } from './fields.js';
import { notJudgedOf, type NotJudged } from './not-judged.js';
import {
  headerOf,
  type BlockHeader,
  type HeaderCryptography,
  type HeaderReading,
} from './parse.js';
import { timeReasons, type IncompleteReason } from './slot-time.js';
import { NONCE_SIZE, vrfFailures, type VrfFailure } from './vrf.js';
import type { KesParameters } from '../period/parameters.js';

/** A failure of a header, for programs. */
export type HeaderFailureCode =
  | 'malformed'
  | 'other-network'
  | CertificateFailure['code']
  | EvolutionFailure['code']
  | 'kes-signature'
  | VrfFailure['code'];

/** A failure of a header. */
export interface HeaderFailure {
  readonly code: HeaderFailureCode;
  /** For people. */
  readonly message: string;
}

/** Whether a signature is good; `not-checked` when it cannot be verified. */
export type SignatureFact = 'good' | 'bad' | 'not-checked';

/** What every verdict states. */
interface VerdictFacts {
  /** The parameters of the network. */
  readonly parameters: KesParameters;
  /** The signature of the certificate by the cold key. */
  readonly certificate: SignatureFact;
  /** The signature of the header by the hot key at its evolution. */
  readonly kesSignature: SignatureFact;
  /** The proofs of the VRF, and the outputs that the header states; `not-checked` without the nonce of the epoch. */
  readonly vrf: SignatureFact;
  /** All failures: at least one of an invalid header, and of what is none. */
  readonly failures: readonly HeaderFailure[];
  /** Why the header is `incomplete` or `later-era`: at least one. An invalid header can have reasons too: its network may be another. */
  readonly reasons: readonly IncompleteReason[];
  /**
   * What was not judged: what needs the state of the ledger, what the options did not allow to check, and always of which
   * network the header is. Empty for `not-a-header`.
   */
  readonly notJudged: readonly NotJudged[];
}

/** The facts of a header that was judged. */
export interface JudgedHeader extends VerdictFacts {
  readonly header: BlockHeader;
  /**
   * Whether a node would write exactly these bytes. A node and this verdict accept other encodings too: the signature is
   * over the form that a node writes, and no signature covers the header's hash.
   */
  readonly canonical: boolean;
  /** The absolute KES period of the slot. */
  readonly period: AbsolutePeriod;
  /** Where that period lies in the life of the certificate. */
  readonly evolution: EvolutionStatus;
}

/** The verdict on a header without a failure, whose slot has come or was not judged. */
export interface ValidHeader extends JudgedHeader {
  readonly result: 'valid';
  readonly valid: true;
}

/** The verdict on a header without a failure that has a reason against it. */
export interface IncompleteHeader extends JudgedHeader {
  readonly result: 'incomplete';
  readonly valid: false;
  readonly reasons: readonly [IncompleteReason, ...IncompleteReason[]];
}

/** The verdict on a header with more fields than are known, or of a later era. Its failures are facts, and do not make it invalid. */
export interface LaterHeader extends JudgedHeader {
  readonly result: 'later-era';
  readonly valid: false;
  readonly reasons: readonly [IncompleteReason, ...IncompleteReason[]];
}

/** The verdict on a header with a failure. */
export interface InvalidHeader extends JudgedHeader {
  readonly result: 'invalid';
  readonly valid: false;
  readonly failures: readonly [HeaderFailure, ...HeaderFailure[]];
}

/** The verdict on bytes that are not a header. */
export interface NotAHeader extends VerdictFacts {
  readonly result: 'not-a-header';
  readonly valid: false;
  readonly header: undefined;
  readonly canonical: undefined;
  readonly period: undefined;
  readonly evolution: undefined;
  readonly failures: readonly [HeaderFailure];
}

/** The verdict on a header: `result` says which, and `valid` is for the one that is `valid`. */
export type HeaderVerdict =
  ValidHeader | IncompleteHeader | LaterHeader | InvalidHeader | NotAHeader;

/**
 * The result of a verdict: `valid`; `invalid` for a header with a failure; `incomplete` for one without a failure that has a
 * reason against it, which may lie in the clock or in the chosen network; `later-era` for one with more fields than are known, or of a later era;
 * `not-a-header` for bytes that a node cannot decode as a header.
 */
export type HeaderResult = HeaderVerdict['result'];

/** Options of a verdict. */
export interface HeaderVerdictOptions {
  /** The nonce of the header's epoch, 32 bytes. When absent, the proofs of the VRF are not checked. */
  readonly epochNonce?: Uint8Array | undefined;
  /**
   * The moment of the verdict. A header whose slot is more than 300 seconds ahead of it is `incomplete`. When absent, or when
   * the slots of the network have no dates, it is not checked whether the slot has come.
   */
  readonly now?: Date | undefined;
}

/** The options of a verdict, checked. */
export function checkVerdictOptions(
  options: HeaderVerdictOptions | undefined,
): Pick<Judging, 'epochNonce' | 'now'> {
  const { epochNonce, now } = checkOptions(options, ['epochNonce', 'now']);
  return {
    epochNonce: epochNonce && checkBytes('options.epochNonce', epochNonce, NONCE_SIZE),
    now: now === undefined ? undefined : checkDate('options.now', now),
  };
}

const malformed = {
  result: 'not-a-header',
  valid: false,
  header: undefined,
  canonical: undefined,
  period: undefined,
  evolution: undefined,
  certificate: 'not-checked',
  kesSignature: 'not-checked',
  vrf: 'not-checked',
  reasons: [],
  // Nothing of it was judged.
  notJudged: [],
} as const;

/** What a verdict is made with. */
export interface Judging {
  readonly parameters: KesParameters;
  readonly reading: HeaderReading;
  readonly cryptography: HeaderCryptography;
  readonly epochNonce: Uint8Array | undefined;
  /** Milliseconds since 1970. */
  readonly now: number | undefined;
}

/** The header to judge; the verdict on bytes that are none. */
export function headerOrVerdict(input: unknown, judging: Judging): BlockHeader | HeaderVerdict {
  try {
    return headerOf(input, judging.reading);
  } catch (error) {
    if (!(error instanceof HeaderError)) throw error;
    const failure = { code: 'malformed', message: error.message } as const;
    return { ...malformed, parameters: judging.parameters, failures: [failure] };
  }
}

/** Judges a header that was read. */
export function judge(header: BlockHeader, judging: Judging): HeaderVerdict {
  const { parameters, cryptography, epochNonce, now } = judging;
  const { canonical, certificate, issuerVerificationKey } = header;
  const period = periodOfSlot(parameters, header.slot);
  const evolution = evolutionOf(parameters, certificate.startPeriod, period);
  const issued = judgeCertificate(certificate, issuerVerificationKey, cryptography.ed25519);
  const kesSignature = signatureFact(header, evolution.difference, cryptography);
  const vrf = epochNonce && vrfFailures(header, epochNonce, cryptography);
  const time = timeReasons(header, parameters, now);
  const unknownTime = now === undefined ? 'no-moment' : 'no-dates';
  const network = networkFailure(header, parameters);
  const facts = {
    parameters,
    header,
    canonical,
    period,
    evolution,
    certificate: issued.valid ? 'good' : 'bad',
    kesSignature,
    vrf: vrf === undefined ? 'not-checked' : vrf.length === 0 ? 'good' : 'bad',
    notJudged: notJudgedOf({
      slotTime: time === undefined ? unknownTime : 'judged',
      vrf: vrf !== undefined,
    }),
  } as const;
  const failures: readonly HeaderFailure[] = [
    ...(network === undefined ? [] : [network]),
    ...(issued.valid ? [] : [certificateFailure(issued)]),
    ...evolutionFailures(period, evolution, startsLater),
    ...(kesSignature === 'bad' ? [wrongSignature(period, evolution)] : []),
    ...(vrf ?? []),
  ];
  const later = laterReason(header);
  if (later !== undefined) {
    const reasons = [later, ...(time ?? [])] as const;
    return { ...facts, result: 'later-era', valid: false, failures, reasons };
  }
  const reasons = time ?? [];
  if (isNotEmpty(failures)) return { ...facts, result: 'invalid', valid: false, failures, reasons };
  if (isNotEmpty(reasons))
    return { ...facts, result: 'incomplete', valid: false, failures: [], reasons };
  return { ...facts, result: 'valid', valid: true, failures: [], reasons: [] };
}

function isNotEmpty<Item>(items: readonly Item[]): items is readonly [Item, ...Item[]] {
  return items.length > 0;
}

/** Why a header is not judged to the end: what its other fields mean is not known. */
function laterReason({ shape, fieldCount, era }: BlockHeader): IncompleteReason | undefined {
  const isLater = (era ?? 0) > LAST_ERA;
  if (shape !== 'later' && !isLater) return undefined;
  const what = isLater ? `its block is of era ${era}` : `it has ${fieldCount} fields`;
  const message = `a header of a later era: ${what}, not known here. The KES signature is judged over all of it`;
  return { code: 'later-era', message };
}

/** Whether the network had headers of this shape at this slot. */
function networkFailure(
  { shape, fieldCount, slot }: BlockHeader,
  { name, anchor, babbageSlot }: KesParameters,
): HeaderFailure | undefined {
  const code = 'other-network';
  const start = anchor?.slot;
  if (start !== undefined && slot < start) {
    const message = `the header is of another network: its slot is ${String(slot)}, and the Shelley era of ${name} begins at slot ${String(start)}`;
    return { code, message };
  }
  if (babbageSlot === undefined || (shape === 'TPraos') === slot < babbageSlot) return undefined;
  const message = `the header is of another network: it has ${fieldCount} fields at slot ${String(slot)}, and on ${name} headers have 15 before Babbage, which begins at slot ${String(babbageSlot)}, and 10 or more from it on`;
  return { code, message };
}

/**
 * A node decodes a header and verifies the signature over its own encoding of the body. The signature can be good at an
 * evolution that the network does not accept.
 */
function signatureFact(
  { certificate, signedBytes, kesSignature }: BlockHeader,
  difference: bigint,
  { sum6Kes }: HeaderCryptography,
): SignatureFact {
  if (difference < 0n || difference >= BigInt(SUM6_PERIODS)) return 'not-checked';
  const key = certificate.hotVerificationKey;
  return sum6Kes.verify(key, Number(difference), signedBytes, kesSignature) ? 'good' : 'bad';
}

/** The failure of a signature of a certificate, in a header or in a message that has one. */
export function certificateFailure({
  reason,
  message,
}: Extract<CertificateVerdict, { valid: false }>): CertificateFailure {
  const isForm = reason === 'pre-launch-form';
  return { code: isForm ? 'certificate-pre-launch-form' : 'certificate-signature', message };
}

/** A failure of the signature of a certificate. */
export interface CertificateFailure {
  readonly code: 'certificate-signature' | 'certificate-pre-launch-form';
  readonly message: string;
}

function startsLater(difference: bigint): string {
  const count = difference === -1n ? '1 period' : `${String(-difference)} periods`;
  return `the certificate starts ${count} after the slot`;
}

/** A failure of an evolution. */
export interface EvolutionFailure {
  readonly code: 'certificate-starts-later' | 'certificate-expired' | 'evolution-beyond-algorithm';
  readonly message: string;
}

/** What is wrong with the evolution of a KES period, with the message for one before the start of the certificate. */
export function evolutionFailures(
  period: AbsolutePeriod,
  status: EvolutionStatus,
  early: (difference: bigint) => string,
): EvolutionFailure[] {
  const { state, difference, limit } = status;
  if (state === 'valid') return [];
  if (state === 'not-yet')
    return [{ code: 'certificate-starts-later', message: early(difference) }];
  const isNetwork = limit.setBy === 'network';
  const accepts = isNetwork ? 'the network accepts' : 'the algorithm has';
  const message = `KES period ${String(period)} is evolution ${String(difference)} of the certificate, and ${accepts} 0 to ${String(limit.evolutions - 1)}`;
  return [{ code: isNetwork ? 'certificate-expired' : 'evolution-beyond-algorithm', message }];
}

function wrongSignature(period: AbsolutePeriod, { difference }: EvolutionStatus): HeaderFailure {
  return {
    code: 'kes-signature',
    message: `the hot key did not sign the header at KES period ${String(period)}, evolution ${String(difference)}`,
  };
}
