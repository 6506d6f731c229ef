/** Files of signing keys, read straight into locked memory: of the KES, of a pool or a genesis delegate (cold), of the VRF. */
import {
  contentOf,
  wrongKeySize,
  type Envelope,
  type EnvelopeLabel,
  checkType,
  isEvolvedType,
  isExtendedType,
  signingKeyType,
} from '@evolock/cardano-headers/files';
import {
  directDeserialiseBufChecked,
  type DirectDeserialise,
  type DirectSerialise,
} from '@evolock/direct-serialise';
import { checkOptions, wrongType, wrongValue } from '@evolock/direct-serialise/arguments';
import { checkPath, replacedBy, type FileIdentity } from '@evolock/direct-serialise-io/files';
import { ed25519, sum6Kes, sum7Kes, type KesSigningKey } from '@evolock/kes-sum';
import {
  allocationOptionNames,
  checkLocked,
  Ed25519SigningKey,
  LockedValue,
  RUST_PERIOD_SIZE,
  rustSigningKey,
  rustSigningKeyType,
  type AllocationOptions,
  type KesReadOptions,
} from '@evolock/kes-sum/all';
import { ExtendedSigningKey, praosVrf, VrfSigningKey } from '@evolock/vrf-praos';
import {
  keyWriteOptionNames,
  withEnvelopeFile,
  writeSecretEnvelope,
  type KeyWriteOptions,
} from '../files/envelope-file.js';

/** The layout of a key in its file: that of the reference implementation, or that layout and the period. */
export type KesKeyLayout = 'reference' | 'rust';

/**
 * How cardano-node reads the file of a KES signing key.
 *
 * - `usable`: 608 bytes at period 0 under the plain type. The node evolves its own copy and does not change the file.
 * - `refused`: the node does not start: the file has the type of an evolved key, or another size.
 * - `misread`: an evolved key under the plain type, written by other software. The node reads it as a key of period 0, and no
 *   signature of it verifies at any period.
 */
export type NodeReading = 'usable' | 'refused' | 'misread';

/** The content of the file of a KES signing key. */
export interface KesSigningKeyFile extends EnvelopeLabel {
  /** The key, in locked memory, at its period. The caller releases it. */
  readonly signingKey: KesSigningKey;
  readonly layout: KesKeyLayout;
  /** Bytes of the key in the file: 608, 612 or 704. */
  readonly size: number;
  readonly nodeReading: NodeReading;
  /** The identity of this file, for `replace` of {@link writeKesSigningKey}. */
  readonly identity: FileIdentity;
}

/** Options of reading a KES signing key. */
export interface KesKeyReadOptions extends AllocationOptions {
  /** The expected verification key. When absent, the key is only checked for consistency. */
  readonly verificationKey?: Uint8Array | undefined;
}

/** Options of writing a KES signing key. */
export interface KesKeyWriteOptions extends AllocationOptions {
  /**
   * Whether an existing file is replaced. Otherwise an existing file is an error and nothing is written. With the identity of
   * a file that was read, only that file is replaced, and only if it did not change.
   */
  readonly replace?: boolean | FileIdentity | undefined;
  /** `reference` when absent; `rust` for keys of depth 6 only. */
  readonly layout?: KesKeyLayout | undefined;
}

const rust6 = rustSigningKeyType(sum6Kes);

interface Form {
  readonly layout: KesKeyLayout;
  readonly type: DirectDeserialise<KesSigningKey, KesReadOptions>;
}

/** The form of a key by its size in bytes. The type in the file does not state it. */
const forms = new Map<number, Form>([
  [sum6Kes.signingKeySize, { layout: 'reference', type: sum6Kes }],
  [rust6.size, { layout: 'rust', type: rust6 }],
  [sum7Kes.signingKeySize, { layout: 'reference', type: sum7Kes }],
]);

function formOf(size: number): Form {
  const form = forms.get(size);
  if (form === undefined) throw wrongKeySize(size, [...forms.keys()]);
  return form;
}

/**
 * Reads a KES signing key from a file straight into locked memory, and checks its consistency as `directDeserialise` of
 * kes-sum does. Its period is read from the key.
 *
 * The file contains 608 bytes (depth 6), 612 bytes (depth 6 in the layout of kes-summed-ed25519, with the period at the end)
 * or 704 bytes (depth 7), under a type of `cardano-cli`, or under `EvolockKesSigningKey_ed25519_kes_2^6` or `…2^7`.
 *
 * @param path - Text or a `file:` URL: a regular file without access for group and others, or a symbolic link to such a file
 * of the user or of root.
 * @returns The key, which the caller releases, with its layout in the file and the identity of the file.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, `EnvelopeError` (of cardano-headers) `ERR_EVOLOCK_CARDANO_ENVELOPE`.
 * @throws `InconsistentKeyError` (of kes-sum) `ERR_EVOLOCK_KES_INCONSISTENT_KEY` when the key is damaged.
 * @throws `KesPeriodError` (of kes-sum) `ERR_EVOLOCK_KES_PERIOD` when the key is at another period than the file states.
 * @throws `OtherKeyError` (of kes-sum) `ERR_EVOLOCK_KES_OTHER_KEY` for another key than `options.verificationKey`.
 * @throws `LockLimitError` (of kes-sum) `ERR_EVOLOCK_LOCK_LIMIT`.
 */
export function readKesSigningKey(
  path: string | URL,
  options?: KesKeyReadOptions,
): KesSigningKeyFile {
  const { verificationKey, allocator } = checkOptions(options, [
    ...allocationOptionNames,
    'verificationKey',
  ]);
  const read = ({ type, description, cbor }: Envelope, identity: FileIdentity) => {
    const content = contentOf(cbor);
    const size = content.byteLength;
    const form = formOf(size);
    const keyOptions = { verificationKey, allocator };
    const signingKey = directDeserialiseBufChecked(content, form.type, keyOptions);
    const nodeReading = nodeReadingOf(type, size, signingKey.period);
    return { signingKey, layout: form.layout, size, nodeReading, type, description, identity };
  };
  return withEnvelopeFile(path, 'kes-signing-key', 'secret', read, { allocator });
}

/** The type of Sum6 keys that a node reads. Its decoder accepts keys of that size only. */
const NODE_TYPE = 'KesSigningKey_ed25519_kes_2^6';

function nodeReadingOf(type: string, size: number, period: number): NodeReading {
  if (isEvolvedType(type)) return 'refused';
  if (period > 0) return 'misread';
  return type === NODE_TYPE && size === sum6Kes.signingKeySize ? 'usable' : 'refused';
}

/**
 * Writes a KES signing key of depth 6 or 7 to a file of mode 0600. The digits are written in locked memory.
 *
 * At period 0 the file is that of `cardano-cli`, for a node. cardano-node reads each key of that type as a key of period 0,
 * so an evolved key gets a type that a node refuses: `EvolockKesSigningKey_ed25519_kes_2^6`.
 *
 * The file is written under the lock of {@link withLockFile}. With `options.replace` the file is replaced in one step, the
 * old content is overwritten with zeros, and the new file is read again and compared. When the process or the machine stops,
 * the file contains the whole old key or the whole new key. Copy-on-write file systems, snapshots and flash memory may keep
 * the old content.
 *
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`; `reason` states whether the new key is in place.
 * @throws `ReleasedError` (of kes-sum) `ERR_EVOLOCK_RELEASED`, `LockLimitError` `ERR_EVOLOCK_LOCK_LIMIT`.
 */
export function writeKesSigningKey(
  path: string | URL,
  signingKey: KesSigningKey,
  options?: KesKeyWriteOptions,
): void {
  const file = checkPath(path);
  const {
    allocator,
    replace,
    layout = 'reference',
  } = checkOptions(options, [...allocationOptionNames, 'replace', 'layout']);
  const { algorithm, period } = checkSigningKey(signingKey);
  const { depth, signingKeySize } = algorithm;
  const label = { type: signingKeyType(depth, period), description: descriptionAt(period) };
  const [size, value] = inLayout(layout, depth, signingKeySize, signingKey);
  writeSecretEnvelope(file, label, size, value, { ...replacedBy(replace), allocator });
}

function checkSigningKey(value: unknown): KesSigningKey {
  const expected = `a KesSigningKey of ${sum6Kes.name} or ${sum7Kes.name}`;
  checkLocked('signingKey', value, LockedValue, expected);
  const { algorithm } = value as Partial<KesSigningKey>;
  if (algorithm !== sum6Kes && algorithm !== sum7Kes)
    throw wrongType('signingKey', expected, value);
  return value as KesSigningKey;
}

function descriptionAt(period: number): string {
  const usual = 'KES Signing Key';
  return period === 0
    ? usual
    : `${usual} at period ${String(period)} (evolock: not for cardano-node)`;
}

function inLayout(
  layout: unknown,
  depth: number,
  size: number,
  signingKey: KesSigningKey,
): [size: number, value: DirectSerialise] {
  if (layout === 'reference') return [size, signingKey];
  if (layout !== 'rust') throw wrongValue('options.layout', 'reference or rust', 'another');
  if (depth !== sum6Kes.depth)
    throw wrongValue('options.layout', 'reference for a key of depth 7', 'rust');
  return [size + RUST_PERIOD_SIZE, rustSigningKey(signingKey)];
}

/** A signing key that issues certificates: of a seed, or extended (BIP32). */
export type ColdSigningKey = Ed25519SigningKey | ExtendedSigningKey;

/** Checks a cold signing key. */
export function checkColdKey(value: unknown): ColdSigningKey {
  const expected = 'an Ed25519SigningKey or an ExtendedSigningKey';
  return value instanceof ExtendedSigningKey
    ? checkLocked('coldKey', value, ExtendedSigningKey, expected)
    : checkLocked('coldKey', value, Ed25519SigningKey, expected);
}

/** The content of the file of a cold signing key. */
export interface ColdSigningKeyFile extends EnvelopeLabel {
  /** The key, in locked memory. The caller releases it. */
  readonly signingKey: ColdSigningKey;
}

/** Bytes of the content of an extended key: kL ‖ kR, verification key, chain code. */
const EXTENDED_KEY_SIZE = 128;

/**
 * Reads a cold signing key, ordinary or extended (BIP32), from a file of `cardano-cli` straight into locked memory. 32 bytes
 * have the type `StakePoolSigningKey_ed25519` or `GenesisDelegateSigningKey_ed25519`; 128 bytes, an extended key, the type
 * `StakePoolExtendedSigningKey_ed25519_bip32` or `GenesisDelegateExtendedSigningKey_ed25519_bip32`.
 *
 * @param path - As {@link readKesSigningKey} takes it, with the same errors.
 * @throws `InconsistentVerificationKeyError` (of vrf-praos) `ERR_EVOLOCK_VRF_INCONSISTENT_KEY` when an extended key is
 * damaged.
 */
export function readColdSigningKey(
  path: string | URL,
  options?: AllocationOptions,
): ColdSigningKeyFile {
  const read = ({ type, description, cbor }: Envelope) => {
    const isExtended = isExtendedType(type, 'SigningKey');
    const content = contentOf(cbor, [isExtended ? EXTENDED_KEY_SIZE : ed25519.signingKeySize]);
    const form: DirectDeserialise<ColdSigningKey> = isExtended ? ExtendedSigningKey : ed25519;
    const signingKey = directDeserialiseBufChecked(content, form, options);
    return { signingKey, type, description };
  };
  return withEnvelopeFile(path, 'cold-signing-key', 'secret', read, options);
}

/** Options of writing a cold signing key. */
export interface ColdKeyWriteOptions extends KeyWriteOptions {
  /** Whether the file gets mode 0400, so that its owner cannot write to it by accident. Not with `replace`. */
  readonly readOnly?: boolean | undefined;
}

/**
 * Writes a cold signing key to a file of mode 0600 as `cardano-cli` does. The digits are written in locked memory. With
 * `options.replace` the old content is overwritten. Throws what {@link writeKesSigningKey} throws.
 */
export function writeColdSigningKey(
  path: string | URL,
  signingKey: Ed25519SigningKey,
  options?: ColdKeyWriteOptions,
): void {
  const {
    allocator,
    replace = false,
    readOnly = false,
  } = checkOptions(options, [...keyWriteOptionNames, 'readOnly']);
  if (replace && readOnly)
    throw wrongValue('options.readOnly', 'false with options.replace', 'true');
  const key = checkLocked('signingKey', signingKey, Ed25519SigningKey, 'an Ed25519SigningKey');
  const description = 'Stake Pool Operator Signing Key';
  const label = { type: checkType('cold-signing-key', undefined), description };
  const writing = { replace, readOnly, allocator };
  writeSecretEnvelope(checkPath(path), label, ed25519.signingKeySize, key, writing);
}

/** The content of the file of a signing key of the VRF. */
export interface VrfSigningKeyFile extends EnvelopeLabel {
  /** The key, in locked memory. The caller releases it. */
  readonly signingKey: VrfSigningKey;
}

/**
 * Reads a signing key of the VRF from a file of `cardano-cli` straight into locked memory: 64 bytes, type
 * `VrfSigningKey_PraosVRF`. Checks that its verification key follows from its seed.
 *
 * @param path - As {@link readKesSigningKey} takes it, with the same errors.
 * @throws `InconsistentVerificationKeyError` (of vrf-praos) `ERR_EVOLOCK_VRF_INCONSISTENT_KEY` when the key is damaged.
 */
export function readVrfSigningKey(
  path: string | URL,
  options?: AllocationOptions,
): VrfSigningKeyFile {
  const read = ({ type, description, cbor }: Envelope) => {
    const content = contentOf(cbor, [praosVrf.signingKeySize]);
    return {
      signingKey: directDeserialiseBufChecked(content, praosVrf, options),
      type,
      description,
    };
  };
  return withEnvelopeFile(path, 'vrf-signing-key', 'secret', read, options);
}

/**
 * Writes a signing key of the VRF to a file of mode 0600 as `cardano-cli` does. The digits are written in locked memory. With
 * `options.replace` the old content is overwritten. Throws what {@link writeKesSigningKey} throws.
 */
export function writeVrfSigningKey(
  path: string | URL,
  signingKey: VrfSigningKey,
  options?: KeyWriteOptions,
): void {
  const expected = `a VrfSigningKey of ${praosVrf.name}`;
  const key = checkLocked('signingKey', signingKey, VrfSigningKey, expected);
  // The type of the file states the algorithm.
  if (key.algorithmName !== praosVrf.name) throw wrongType('signingKey', expected, signingKey);
  const { allocator, replace = false } = checkOptions(options, keyWriteOptionNames);
  const label = {
    type: checkType('vrf-signing-key', undefined),
    description: 'VRF Signing Key',
  };
  const writing = { replace, allocator };
  writeSecretEnvelope(checkPath(path), label, praosVrf.signingKeySize, key, writing);
}
