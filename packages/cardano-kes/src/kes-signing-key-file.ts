/**
 * Files of KES signing keys: the raw key in hexadecimal digits, without its period, which is read from the key itself.
 */
import {
  directDeserialiseBufChecked,
  type DirectDeserialise,
  type DirectSerialise,
} from '@evolock/direct-serialise';
import { checkOptions, wrongType, wrongValue } from '@evolock/direct-serialise/arguments';
import {
  checkPath,
  replacedBy,
  type FileIdentity,
  writeDurably,
} from '@evolock/direct-serialise-io/files';
import {
  RUST_PERIOD_SIZE,
  rustSigningKey,
  rustSigningKeyType,
  sum6Kes,
  sum7Kes,
  type KesReadOptions,
  type KesSigningKey,
  type KesVerificationKey,
} from '@evolock/kes-sum';
import { contentOf } from './byte-string.js';
import { EnvelopeError } from './envelope-error.js';
import { withSecretEnvelope } from './envelope-text.js';
import { isEvolvedType, signingKeyTypes } from './envelope-types.js';
import { withEnvelopeFile, type EnvelopeLabel } from './envelope.js';
import {
  checkDescription,
  secretText,
  type KeyReadOptions,
  type KeyWriteOptions,
} from './read-options.js';
import { checkSigningKeyOf } from './signing-key-check.js';

/** The layout of a key in its file: that of the reference implementation, or the same with the period appended. */
export type KesKeyLayout = 'reference' | 'rust';

/**
 * What cardano-node makes of the file of a KES signing key.
 *
 * - `usable`: 608 bytes at period 0 under the plain type. The node evolves its own copy; the file stays as it is.
 * - `refused`: the node does not start with it: it has the type of an evolved key, or another size.
 * - `misread`: an evolved key under the plain type, written by other software. The node takes it for a key of period 0, and
 *   nothing that it signs verifies at any period.
 */
export type NodeReading = 'usable' | 'refused' | 'misread';

/** What the file of a KES signing key holds. */
export interface KesSigningKeyFile extends EnvelopeLabel {
  /** The key, in locked memory, at the period at which it stands: the caller's to release. */
  readonly signingKey: KesSigningKey;
  /** Its layout in the file. */
  readonly layout: KesKeyLayout;
  /** Bytes of the key in the file: 608, 612 or 704. */
  readonly size: number;
  /** What cardano-node makes of this file. */
  readonly nodeReading: NodeReading;
  /** Which file was read, for `replace` of {@link writeKesSigningKey}: no other file is replaced. */
  readonly identity: FileIdentity;
}

/** Options of reading a KES signing key. */
export interface KesKeyReadOptions extends KeyReadOptions {
  /** The verification key that the key must have. When absent, the key is checked only against itself. */
  readonly verificationKey?: KesVerificationKey | undefined;
}

/** Options of writing a KES signing key. */
export interface KesKeyWriteOptions extends Omit<KeyWriteOptions, 'replace' | 'type'> {
  /**
   * Whether a file of that name is replaced. When it is not and there is one, nothing is written. With the identity of a
   * file that was read, only that very file is replaced, and only if it was not written to since.
   */
  readonly replace?: boolean | FileIdentity | undefined;
  /**
   * The type that the file states. When absent, that of its depth: `KesSigningKey_ed25519_kes_2^6` at period 0, and
   * `EvolockKesSigningKey_ed25519_kes_2^6` later. An evolved key is never written under a plain type.
   */
  readonly type?: string | undefined;
  /** `reference` when absent; `rust` for keys of depth 6 alone. */
  readonly layout?: KesKeyLayout | undefined;
}

const rust6 = rustSigningKeyType(sum6Kes);

interface Form {
  readonly layout: KesKeyLayout;
  readonly type: DirectDeserialise<KesSigningKey, KesReadOptions>;
}

/** The form of a key by its length in bytes: the type in the file does not state it. */
const forms = new Map<number, Form>([
  [sum6Kes.signingKeySize, { layout: 'reference', type: sum6Kes }],
  [rust6.size, { layout: 'rust', type: rust6 }],
  [sum7Kes.signingKeySize, { layout: 'reference', type: sum7Kes }],
]);

/**
 * Reads a KES signing key from a file, straight into locked memory, and checks it: see `directDeserialise` of kes-sum. Its
 * period is read from the key itself, never from the text around it.
 *
 * The file holds 608 bytes (depth 6), 612 (the same in the layout of kes-summed-ed25519, with the period appended) or 704
 * (depth 7), under any type of KES signing keys: those of `cardano-cli`, and `EvolockKesSigningKey_ed25519_kes_2^6` and
 * `…2^7` of evolved keys.
 *
 * @param path - Text or a `file:` URL: a regular file, closed to group and others. A symbolic link is followed to a
 * file of the user or of root.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`.
 * @throws `InconsistentKeyError` (of kes-sum) `ERR_EVOLOCK_KES_INCONSISTENT_KEY` when the key contradicts itself.
 * @throws `KesPeriodError` (of kes-sum) `ERR_EVOLOCK_KES_PERIOD` when it does not stand at the period behind it.
 * @throws `OtherKeyError` (of kes-sum) `ERR_EVOLOCK_KES_OTHER_KEY` when it is not that of `options.verificationKey`.
 * @throws `LockLimitError` (of kes-sum) `ERR_EVOLOCK_LOCK_LIMIT`, {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mkdtempSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { readKesSigningKey, writeKesSigningKey } from '@evolock/cardano-kes';
 * import { MLockedSeed, sum6Kes } from '@evolock/kes-sum';
 *
 * const folder = mkdtempSync(join(tmpdir(), 'example-'));
 * const path = join(folder, 'kes.skey');
 * const seed = MLockedSeed.newRandom(32);
 * const made = sum6Kes.generateKey(seed);
 * made.updateTo(5);
 * writeKesSigningKey(path, made);
 *
 * const { signingKey, size } = readKesSigningKey(path);
 * assert.deepEqual([signingKey.period, size], [5, 608]);
 * for (const each of [seed, made, signingKey]) each.release();
 * rmSync(folder, { recursive: true });
 * ```
 */
export function readKesSigningKey(
  path: string | URL,
  options?: KesKeyReadOptions,
): KesSigningKeyFile {
  const { verificationKey, allocator } = checkOptions(options);
  return withEnvelopeFile(path, 'kes-signing-key', secretText(options), (envelope, identity) => {
    const content = contentOf(envelope.cbor);
    const size = content.byteLength;
    const form = forms.get(size);
    if (form === undefined) {
      throw new EnvelopeError('wrong-length', {
        found: `${String(size)} bytes instead of ${[...forms.keys()].join(', ')}`,
      });
    }
    const { type, description } = envelope;
    const signingKey = directDeserialiseBufChecked(content, form.type, {
      verificationKey,
      allocator,
    });
    const { layout } = form;
    const nodeReading = nodeReadingOf(type, size, signingKey.period);
    return { signingKey, layout, size, nodeReading, type, description, identity };
  });
}

/** The type of Sum6 keys that a node reads. Its decoder takes keys of that size alone. */
const NODE_TYPE = 'KesSigningKey_ed25519_kes_2^6';

function nodeReadingOf(type: string, size: number, period: number): NodeReading {
  if (isEvolvedType(type)) return 'refused';
  if (period > 0) return 'misread';
  return type === NODE_TYPE && size === sum6Kes.signingKeySize ? 'usable' : 'refused';
}

/**
 * Writes a KES signing key to a file of mode 0600. The digits are made in locked memory.
 *
 * At period 0 the file is that of `cardano-cli`, for a node. cardano-node takes every key of that type for one of period
 * 0, so an evolved key gets a type of its own, which a node refuses: `EvolockKesSigningKey_ed25519_kes_2^6`.
 *
 * The file is written under its lock, as `withLockFile` takes it. With `options.replace` the existing file is replaced in
 * one step, its content is overwritten with zeros, and the new file is read again and compared. If the process or the
 * machine stops at any moment, the whole old key or the whole new key has the name. Overwriting has limits: copy-on-write
 * file systems, snapshots and flash memory may keep the old content.
 *
 * @param path - Text or a `file:` URL.
 * @param signingKey - A live key of depth 6 or 7; it is read only.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`; its `reason` says whether the new key is in place.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 * @throws `ReleasedError` (of kes-sum) `ERR_EVOLOCK_RELEASED`, `LockLimitError` `ERR_EVOLOCK_LOCK_LIMIT`.
 *
 * @example
 * ```ts
 * import { mkdtempSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { readKesSigningKey, withLockFile, writeKesSigningKey } from '@evolock/cardano-kes';
 * import { MLockedSeed, sum6Kes } from '@evolock/kes-sum';
 *
 * const folder = mkdtempSync(join(tmpdir(), 'example-'));
 * const path = join(folder, 'kes.skey');
 * const seed = MLockedSeed.newRandom(32);
 * const made = sum6Kes.generateKey(seed);
 * writeKesSigningKey(path, made);
 *
 * // A key that no node uses evolves in its file, and its past is gone.
 * withLockFile(path, () => {
 *   const { signingKey, layout, identity } = readKesSigningKey(path);
 *   signingKey.update();
 *   writeKesSigningKey(path, signingKey, { layout, replace: identity });
 *   signingKey.release();
 * });
 * for (const each of [seed, made]) each.release();
 * rmSync(folder, { recursive: true });
 * ```
 */
export function writeKesSigningKey(
  path: string | URL,
  signingKey: KesSigningKey,
  options?: KesKeyWriteOptions,
): void {
  const file = checkPath(path);
  const { allocator, replace, layout = 'reference', type, description } = checkOptions(options);
  const { algorithm, period } = checkSigningKeyOf([sum6Kes, sum7Kes], signingKey);
  const { depth, signingKeySize } = algorithm;
  const label = {
    type: checkType(type, depth, period),
    description: checkDescription(description, usualDescription(period)),
  };
  const [size, value] = inLayout(layout, depth, signingKeySize, signingKey);
  const durably = { ...replacedBy(replace), secret: true, allocator };
  withSecretEnvelope(label, size, value, { allocator }, (text) =>
    writeDurably(file, text, durably),
  );
}

function usualDescription(period: number): string {
  const usual = 'KES Signing Key';
  return period === 0
    ? usual
    : `${usual} at period ${String(period)} (evolock: not for cardano-node)`;
}

function checkType(type: unknown, depth: number, period: number): string {
  const types = signingKeyTypes(depth, period);
  if (type === undefined) return types[0]!;
  if (typeof type !== 'string') throw wrongType('options.type', 'a string', type);
  if (!types.includes(type)) {
    const expected = `${types.join(' or ')} for a key at period ${String(period)}`;
    throw wrongValue('options.type', expected, 'another');
  }
  return type;
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
