/** Operational certificates. The cold key of a pool states which KES key signs its blocks, and from which period. */
import {
  checkBytes,
  checkRecord,
  wrongType,
  wrongValue,
} from '@evolock/direct-serialise/arguments';
import { bech32Of } from '../bech32.js';
import { encodeItem, type CborItem } from '../cbor/encode.js';
import { bytes, number, type Shape } from '../cbor/decode.js';
import { hexOf } from '../hex.js';
import { checkUnsigned64, type AbsolutePeriod } from '../period/numbers.js';

/** Bytes of a verification key: Ed25519 (cold) and Sum6 (hot). */
export const VERIFICATION_KEY_SIZE = 32;

/** Bytes of an Ed25519 signature. */
export const COLD_SIGNATURE_SIZE = 64;

/** What a certificate states. */
export interface CertificateBody {
  /** The KES verification key, 32 bytes. */
  readonly hotVerificationKey: Uint8Array;
  /** The number of the certificate, unsigned, 64 bits: a node follows the highest number that it received. */
  readonly sequenceNumber: bigint;
  /** The absolute period in which the key is at evolution 0. */
  readonly startPeriod: AbsolutePeriod;
}

/** A certificate. */
export interface OperationalCertificate extends CertificateBody {
  /** The signature by the cold key, 64 bytes. */
  readonly signature: Uint8Array;
}

/** A certificate and its issuer. */
export interface IssuedCertificate {
  readonly certificate: OperationalCertificate;
  /** 32 bytes. */
  readonly coldVerificationKey: Uint8Array;
}

/** Whether the signature of a certificate is valid. */
export type CertificateVerdict =
  | { readonly result: 'valid'; readonly valid: true }
  | {
      readonly result: 'invalid';
      readonly valid: false;
      /** `pre-launch-form`: the cold key signed the form that was in use before the launch of mainnet. */
      readonly reason: CertificateRefusal;
      /** For people. */
      readonly message: string;
    };

/** Why the signature of a certificate is not valid. */
export type CertificateRefusal = keyof typeof refusals;

const refusals = {
  'wrong-signature': 'the certificate is not signed by the cold key',
  'pre-launch-form': 'the cold key signed CBOR, as before mainnet, which networks reject',
} as const;

/** Verifies an Ed25519 signature. */
export type VerifyEd25519 = (
  verificationKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
) => boolean;

const NUMBER_SIZE = 8;

/**
 * The message that the cold key signs, 48 bytes: hot verification key (32 bytes) ‖ sequence number ‖ start period (8 bytes
 * each, unsigned big endian). The message is not CBOR.
 *
 * Source: `OCertSignable` of cardano-protocol-tpraos.
 */
export function certificateMessage({
  hotVerificationKey,
  sequenceNumber,
  startPeriod,
}: CertificateBody): Uint8Array {
  const message = new Uint8Array(VERIFICATION_KEY_SIZE + 2 * NUMBER_SIZE);
  const view = new DataView(message.buffer);
  message.set(hotVerificationKey);
  view.setBigUint64(VERIFICATION_KEY_SIZE, sequenceNumber);
  view.setBigUint64(VERIFICATION_KEY_SIZE + NUMBER_SIZE, startPeriod);
  return message;
}

/** The message that was signed before the launch of mainnet: the CBOR of the fields. */
function preLaunchMessage(body: CertificateBody): Uint8Array {
  return encodeItem([body.hotVerificationKey, body.sequenceNumber, body.startPeriod]);
}

/** Whether a cold key signed a certificate. The arguments are checked. */
export function judgeCertificate(
  certificate: OperationalCertificate,
  coldVerificationKey: Uint8Array,
  { verify }: { readonly verify: VerifyEd25519 },
): CertificateVerdict {
  const { signature } = certificate;
  const message = certificateMessage(certificate);
  if (verify(coldVerificationKey, message, signature)) return { result: 'valid', valid: true };
  const preLaunch = verify(coldVerificationKey, preLaunchMessage(certificate), signature);
  return invalidFor(preLaunch ? 'pre-launch-form' : 'wrong-signature');
}

/** Checks a verdict on a certificate, and makes it again. */
export function checkCertificateVerdict(value: CertificateVerdict): CertificateVerdict {
  const expected = 'a verdict of certificateVerdict';
  const { result, reason }: { result?: unknown; reason?: unknown } = checkRecord(
    'verdict',
    value,
    expected,
  );
  if (result === 'valid') return { result, valid: true };
  if (result !== 'invalid' || typeof reason !== 'string' || !Object.hasOwn(refusals, reason))
    throw wrongValue('verdict', expected, 'another result or reason');
  return invalidFor(reason as CertificateRefusal);
}

function invalidFor(reason: CertificateRefusal): CertificateVerdict {
  return { result: 'invalid', valid: false, reason, message: refusals[reason] };
}

/** Checks the fields of a certificate. `within` precedes their names when it is a part of an argument: `certificate.`. */
export function checkBody(value: unknown, within = ''): CertificateBody {
  if (typeof value !== 'object' || value === null)
    throw wrongType('certificate', 'an object with the fields of a certificate', value);
  const { hotVerificationKey, sequenceNumber, startPeriod } = value as Partial<CertificateBody>;
  return {
    hotVerificationKey: checkBytes(
      `${within}hotVerificationKey`,
      hotVerificationKey,
      VERIFICATION_KEY_SIZE,
    ),
    sequenceNumber: checkUnsigned64(`${within}sequenceNumber`, sequenceNumber),
    startPeriod: checkUnsigned64(`${within}startPeriod`, startPeriod) as AbsolutePeriod,
  };
}

/** Checks the fields of a certificate and its signature. */
export function checkCertificate(value: unknown, within = ''): OperationalCertificate {
  const body = checkBody(value, within);
  const { signature } = value as Partial<OperationalCertificate>;
  return { ...body, signature: checkBytes(`${within}signature`, signature, COLD_SIGNATURE_SIZE) };
}

/** The items of a certificate in a file and in a header. */
export const certificateShapes: readonly Shape[] = [
  bytes('hot verification key', VERIFICATION_KEY_SIZE),
  number('sequence number', 64),
  number('start period', 64),
  bytes('signature of the certificate', COLD_SIGNATURE_SIZE),
];

/** The certificate of decoded items of {@link certificateShapes}. */
export function certificateOf(items: readonly CborItem[]): OperationalCertificate {
  const [hotVerificationKey, sequenceNumber, startPeriod, signature] = items;
  return {
    hotVerificationKey: hotVerificationKey as Uint8Array,
    sequenceNumber: sequenceNumber as bigint,
    startPeriod: startPeriod as AbsolutePeriod,
    signature: signature as Uint8Array,
  };
}

/** The identity of a stake pool: the Blake2b-224 hash of its cold verification key in bech32 (BIP 173; CIP-5). */
export type PoolId = `pool1${string}`;

/** The identity of a stake pool in both notations. */
export interface PoolIdentity {
  readonly poolId: PoolId;
  /** The same in 56 hexadecimal digits. */
  readonly poolIdHex: string;
}

/** A hash of public bytes. */
export type Hash = (input: Uint8Array) => Uint8Array;

/** The identity of the pool of a cold verification key. */
export function identityOf(blake2b224: Hash, coldVerificationKey: Uint8Array): PoolIdentity {
  const id = blake2b224(coldVerificationKey);
  return { poolId: bech32Of('pool', id) as PoolId, poolIdHex: hexOf(id) };
}
