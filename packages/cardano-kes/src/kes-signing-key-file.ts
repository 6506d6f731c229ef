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
import { kindOfType, typesOf } from './envelope-types.js';
import { withEnvelopeFile, type EnvelopeLabel } from './envelope.js';
import {
  checkDescription,
  secretText,
  type KeyReadOptions,
  type KeyWriteOptions,
} from './read-options.js';
import { checkSigningKeyOf } from './signing-key-check.js';

/** How a key lies in its file: as the reference implementation has it, or with its period behind it. */
export type KesKeyLayout = 'reference' | 'rust';

/** What the file of a KES signing key holds. */
export interface KesSigningKeyFile extends EnvelopeLabel {
  /** The key, in locked memory, at the period at which it stands: the caller's to release. */
  readonly signingKey: KesSigningKey;
  /** How it lay in the file. */
  readonly layout: KesKeyLayout;
  /** Bytes of the key in the file: 608, 612 or 704. */
  readonly size: number;
  /** Which file it was, so that no other one is replaced: for `replace` of {@link writeKesSigningKey}. */
  readonly identity: FileIdentity;
}

/** Options of reading a KES signing key. */
export interface KesKeyReadOptions extends KeyReadOptions {
  /** The verification key that the key has to have; not checked against anything outside the file when absent. */
  readonly verificationKey?: KesVerificationKey | undefined;
}

/** Options of writing a KES signing key. */
export interface KesKeyWriteOptions extends Omit<KeyWriteOptions, 'replace'> {
  /**
   * Whether a file of that name may be replaced; when it may not and there is one, nothing is written. With the identity
   * of a file that was read, that very one is replaced, as it was: any other that has taken its name stays.
   */
  readonly replace?: boolean | FileIdentity | undefined;
  /** `reference` when absent; `rust` for keys of depth 6 alone. */
  readonly layout?: KesKeyLayout | undefined;
}

const rust6 = rustSigningKeyType(sum6Kes);

interface Form {
  readonly layout: KesKeyLayout;
  readonly type: DirectDeserialise<KesSigningKey, KesReadOptions>;
}

/** What files hold, by its length in bytes: their types do not tell. */
const forms = new Map<number, Form>([
  [sum6Kes.signingKeySize, { layout: 'reference', type: sum6Kes }],
  [rust6.size, { layout: 'rust', type: rust6 }],
  [sum7Kes.signingKeySize, { layout: 'reference', type: sum7Kes }],
]);

/**
 * Reads a KES signing key from a file of `cardano-cli`, straight into locked memory, and checks it: see
 * `directDeserialise` of kes-sum. Its period is inferred.
 *
 * The file holds 608 bytes (depth 6), 612 (the same in the layout of kes-summed-ed25519, its period behind it) or 704
 * (depth 7), whichever of the types of KES signing keys it states.
 *
 * @param path - Text or a `file:` URL: a regular file, no link, closed to group and others.
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
    return { signingKey, layout: form.layout, size, type, description, identity };
  });
}

/**
 * Writes a KES signing key to a file as `cardano-cli` does, of mode 0600. The digits are made in locked memory.
 *
 * With `options.replace` a file that is there is replaced in one step, and then its content overwritten with zeros:
 * whenever the process or the machine stops, there is the whole old key or the whole new one. What the overwriting
 * cannot promise: on file systems that copy on write, in snapshots and on flash memory the old content may last.
 *
 * @param path - Text or a `file:` URL.
 * @param signingKey - A live key of depth 6 or 7; it is read only.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`; after `not-durable`, `second-name` and `old-not-erased` the new
 * key is in place. `second-name`: a new file's temporary name, which leads to the key too, could not be removed.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 * @throws `ReleasedError` (of kes-sum) `ERR_EVOLOCK_RELEASED`, `LockLimitError` `ERR_EVOLOCK_LOCK_LIMIT`.
 *
 * @example
 * ```ts
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
 * writeKesSigningKey(path, made);
 *
 * // Evolving a file: what was there is replaced, and the past is gone.
 * const { signingKey, type, description, layout } = readKesSigningKey(path);
 * signingKey.update();
 * writeKesSigningKey(path, signingKey, { type, description, layout, replace: true });
 * for (const each of [seed, made, signingKey]) each.release();
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
  const { depth, signingKeySize } = checkSigningKeyOf([sum6Kes, sum7Kes], signingKey).algorithm;
  const label = {
    type: checkType(type, depth),
    description: checkDescription(description, 'KES Signing Key'),
  };
  const [size, value] = inLayout(layout, depth, signingKeySize, signingKey);
  const durably = { ...replacedBy(replace), secret: true, allocator };
  withSecretEnvelope(label, size, value, { allocator }, (text) =>
    writeDurably(file, text, durably),
  );
}

function checkType(type: unknown, depth: number): string {
  if (type === undefined) return `KesSigningKey_ed25519_kes_2^${String(depth)}`;
  if (typeof type !== 'string') throw wrongType('options.type', 'a string', type);
  if (kindOfType(type) !== 'kes-signing-key') {
    throw wrongValue('options.type', typesOf('kes-signing-key').join(' or '), 'another');
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
