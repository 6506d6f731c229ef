/**
 * Whether a header was signed by its pool: every fact that was found, and everything that is wrong.
 */
import { sum6Kes } from '@evolock/kes-sum';
import { verifyCertificate } from './certificate.js';
import { HeaderError } from './header-error.js';
import { parseHeader, type BlockHeader } from './header.js';
import { checkParameters, type KesParameters } from './kes-parameters.js';
import { evolutionOf, periodOfSlot, type EvolutionStatus } from './kes-period.js';
import { SUM6_PERIODS, type AbsolutePeriod } from './numbers.js';

/** What can be wrong with a header, for programs. */
export type HeaderFailureCode =
  | 'malformed'
  | 'certificate-signature'
  | 'certificate-pre-launch-form'
  | 'certificate-starts-later'
  | 'certificate-expired'
  | 'evolution-beyond-algorithm'
  | 'kes-signature';

/** One thing that is wrong with a header. */
export interface HeaderFailure {
  readonly code: HeaderFailureCode;
  /** For people. */
  readonly message: string;
}

/** Whether a signature is good; `not-checked` where nothing can be said. */
export type SignatureFact = 'good' | 'bad' | 'not-checked';

/** What a header is judged to be. */
export interface HeaderVerdict {
  /** Whether nothing was found to be wrong. */
  readonly valid: boolean;
  /** The parameters of the network that it was judged by. */
  readonly parameters: KesParameters;
  /** The header; nothing when what was given is none. */
  readonly header: BlockHeader | undefined;
  /** The absolute KES period of its slot. */
  readonly period: AbsolutePeriod | undefined;
  /** Where that lies, seen from its certificate. */
  readonly evolution: EvolutionStatus | undefined;
  /** The signature of the certificate, by the cold key. */
  readonly certificate: SignatureFact;
  /** The signature of the header, by the hot key at its evolution. */
  readonly kesSignature: SignatureFact;
  /** Everything that is wrong. */
  readonly failures: readonly HeaderFailure[];
  /** What was not looked at, since it takes the state of the ledger. */
  readonly outOfScope: readonly string[];
}

/** What makes a block valid besides, and cannot be seen from its header alone. */
const outOfScope: readonly string[] = Object.freeze([
  'the VRF proofs, and whether the pool led the slot',
  'the stake of the pool, and whether it is registered',
  'the order of the sequence numbers of its certificates',
  'the chain before it, and the body of the block',
]);

const malformed = {
  valid: false,
  header: undefined,
  period: undefined,
  evolution: undefined,
  certificate: 'not-checked',
  kesSignature: 'not-checked',
  outOfScope,
} as const;

/**
 * Judges a header: its certificate under the cold key that issued the block, the evolution under the limits of network
 * and algorithm, and its KES signature over the bytes as they are. All three are looked at, whichever fails.
 *
 * @param input - As {@link parseHeader} takes it. Bytes that are no header make a verdict too.
 * @param parameters - Of the network that the header is of.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`: a caller's mistake, and nothing
 * that bytes from outside could cause.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mainnet, verifyHeader } from '@evolock/cardano-kes';
 *
 * const { valid, failures } = verifyHeader('820080', mainnet);
 * assert.equal(valid, false);
 * assert.equal(failures[0]?.code, 'malformed');
 * ```
 */
export function verifyHeader(input: Uint8Array | string, parameters: KesParameters): HeaderVerdict {
  const checked = checkParameters(parameters);
  let header: BlockHeader;
  try {
    header = parseHeader(input);
  } catch (error) {
    if (!(error instanceof HeaderError)) throw error;
    const failures = [{ code: 'malformed', message: error.message }] as const;
    return { ...malformed, parameters: checked, failures };
  }
  return judge(header, checked);
}

function judge(header: BlockHeader, parameters: KesParameters): HeaderVerdict {
  const period = periodOfSlot(parameters, header.slot);
  const evolution = evolutionOf(parameters, header.certificate.startPeriod, period);
  const issued = verifyCertificate(header.certificate, header.issuerVerificationKey);
  const kesSignature = signatureFact(header, evolution.difference);
  const failures = [
    ...(issued.valid ? [] : [certificateFailure(issued.reason)]),
    ...evolutionFailures(evolution),
    ...(kesSignature === 'bad' ? [wrongSignature(evolution)] : []),
  ];
  return {
    valid: failures.length === 0,
    parameters,
    header,
    period,
    evolution,
    certificate: issued.valid ? 'good' : 'bad',
    kesSignature,
    failures,
    outOfScope,
  };
}

/** At an evolution that the network does not accept the signature can be good all the same: that is a fact as well. */
function signatureFact(header: BlockHeader, difference: bigint): SignatureFact {
  if (difference < 0n || difference >= BigInt(SUM6_PERIODS)) return 'not-checked';
  const { certificate, bodyBytes, kesSignature } = header;
  const good = sum6Kes.verify(
    certificate.hotVerificationKey,
    Number(difference),
    bodyBytes,
    kesSignature,
  );
  return good ? 'good' : 'bad';
}

function certificateFailure(reason: 'wrong-signature' | 'pre-launch-form'): HeaderFailure {
  return reason === 'pre-launch-form'
    ? {
        code: 'certificate-pre-launch-form',
        message:
          'the cold key signed the certificate as CBOR, the form that was given up before the launch of mainnet',
      }
    : {
        code: 'certificate-signature',
        message: 'the certificate was not signed by the cold key that issued the block',
      };
}

function evolutionFailures(status: EvolutionStatus): HeaderFailure[] {
  const { state, difference, limit } = status;
  if (state === 'valid') return [];
  if (state === 'not-yet') {
    const message = `the certificate starts ${periods(-difference)} after the slot`;
    return [{ code: 'certificate-starts-later', message }];
  }
  const last = String(limit.evolutions - 1);
  return limit.setBy === 'algorithm'
    ? [
        {
          code: 'evolution-beyond-algorithm',
          message: `evolution ${String(difference)}, and the algorithm has 0 to ${last}`,
        },
      ]
    : [
        {
          code: 'certificate-expired',
          message: `evolution ${String(difference)}, and the network accepts 0 to ${last}`,
        },
      ];
}

function periods(count: bigint): string {
  return count === 1n ? '1 period' : `${String(count)} periods`;
}

function wrongSignature({ difference }: EvolutionStatus): HeaderFailure {
  return {
    code: 'kes-signature',
    message: `the hot key did not sign the header at evolution ${String(difference)}`,
  };
}
