/**
 * The key of a sealer, in its file or in memory alone. The public bytes beside the key are lines of text: the origin, the
 * material of the first key of the log, that of the key in the file, and the last seal, which is absent at first.
 */
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { FileError, KeyFile, type KeyFileContent } from '@evolock/direct-serialise-io';
import { isFileError, withKeyFile } from '@evolock/direct-serialise-io/files';
import { EvolockError, MLockedSeed, type KesAlgorithm, type KesSigningKey } from '@evolock/kes-sum';
import { decodeBase64, encodeBase64 } from '../format/base64.js';
import { MAX_DEPTH, readKey, writeMaterial, type LogKey } from '../format/key.js';
import { sealLineOf, type SealLine } from '../format/seal.js';
import { algorithmOf } from '../native.js';
import { SealerError } from '../errors.js';

function algorithmNamed(name: string): KesAlgorithm | undefined {
  const depth = Number(/\^(\d{1,2})$/.exec(name)?.[1] ?? MAX_DEPTH + 1);
  return depth <= MAX_DEPTH && algorithmOf(depth).name === name ? algorithmOf(depth) : undefined;
}

function keyOfMaterial(origin: string, material: Uint8Array): LogKey {
  const key = readKey(origin, material);
  if (key !== undefined) return key;
  throw new TypeError('the depth and the first number of a new key are of the form');
}

/** A key of a log, with its signing key. */
export interface NewKey {
  readonly key: LogKey;
  readonly signingKey: KesSigningKey;
}

/** Makes a key, by the number of its first seal and the depth of the key before it. */
export type KeyMaker = (first: number, before?: number) => NewKey;

/** Makes keys of a log: of the depth, or of that of the key before it, or of 14. The seed of each is new, and wiped. */
export function keyMaker(
  origin: string,
  given: number | undefined,
  newSeed = (): MLockedSeed<32> => MLockedSeed.newRandom(32),
): KeyMaker {
  return (first, before = 14) => {
    const depth = given ?? before;
    using seed = newSeed();
    const signingKey = algorithmOf(depth).generateKey(seed);
    const material = writeMaterial(depth, first, signingKey.deriveVerificationKey());
    return { key: keyOfMaterial(origin, material), signingKey };
  };
}

/** What is public beside the key. */
export interface PublicPart {
  /** The first key of the log. */
  readonly firstKey: LogKey;
  /** The key in the file. */
  readonly key: LogKey;
  /** The line of the last seal, without its newline. */
  readonly line: string | undefined;
}

/** The public part as bytes. */
export function writePublicPart({ firstKey, key, line }: PublicPart): Uint8Array {
  const lines = [key.origin, encodeBase64(firstKey.material), encodeBase64(key.material)];
  return Buffer.from(
    [...lines, ...(line === undefined ? [] : [line])].map((each) => `${each}\n`).join(''),
  );
}

/** The content of the key file of a new log. */
export function firstContent({ key, signingKey }: NewKey): KeyFileContent<KesSigningKey> {
  const publicBytes = writePublicPart({ firstKey: key, key, line: undefined });
  return { key: signingKey, publicBytes };
}

/** The public part. Returns `undefined` for bytes that are none. */
export function readPublicPart(bytes: Uint8Array): PublicPart | undefined {
  const lines = Buffer.from(bytes).toString('latin1').split('\n');
  const [origin = '', first = '', material = '', line] = lines;
  const keys = [first, material].map((each) => {
    const decoded = decodeBase64(each);
    return decoded === undefined ? undefined : readKey(origin, decoded);
  });
  if (lines.pop() !== '' || lines.length > 4 || keys[0] === undefined || keys[1] === undefined)
    return undefined;
  return {
    firstKey: keys[0],
    key: keys[1],
    line: line === '' ? undefined : line,
  };
}

/** What holds the key. A key file is one. */
export type KeyHolder = Pick<
  KeyFile<KesSigningKey>,
  'key' | 'hasKey' | 'publicBytes' | 'write' | 'retire' | 'close' | 'destroy'
>;

/**
 * Opens the key file, or makes it with a new key.
 *
 * @throws {@link SealerError} `ERR_EVOLOCK_SEALER`, reason `damaged-key`; {@link FileError} `ERR_EVOLOCK_IO_FILE`.
 */
export async function openKeyFile(
  path: string,
  create: (() => KeyFileContent<KesSigningKey>) | undefined,
): Promise<KeyHolder> {
  try {
    return await KeyFile.open(path, algorithmNamed, create === undefined ? {} : { create });
  } catch (cause) {
    throw isOfContent(cause) ? new SealerError('damaged-key', { path, cause }) : cause;
  }
}

/** Whether an error is about what a key file holds, and not about the system. */
function isOfContent(error: unknown): boolean {
  if (error instanceof FileError)
    return ['not-key-file', 'other-key', 'too-large'].includes(error.reason);
  return error instanceof EvolockError && error.code.startsWith('ERR_EVOLOCK_KES_');
}

/** Holds a key that is in no file. */
export function keyInMemory(content: KeyFileContent<KesSigningKey>): KeyHolder {
  let { key, publicBytes = new Uint8Array() } = content;
  const become = (next: { readonly publicBytes?: Uint8Array | undefined } = {}): Promise<void> => {
    publicBytes = next.publicBytes ?? publicBytes;
    return Promise.resolve();
  };
  const wipe = (): Promise<void> => {
    key.release();
    return Promise.resolve();
  };
  return {
    get key() {
      return key;
    },
    get hasKey() {
      return !key.released;
    },
    get publicBytes() {
      return publicBytes;
    },
    write(next) {
      if ('key' in next) {
        key.release();
        ({ key } = next);
      } else if (next.period !== undefined) key.updateTo(next.period);
      return become(next);
    },
    retire(next) {
      key.release();
      return become(next);
    },
    close: wipe,
    destroy: wipe,
  };
}

/** The key file. */
export interface FoundKey {
  /** The key that it names: material and origin. */
  readonly key: LogKey;
  /** The number that the key in it makes next; `undefined` when the key was erased at the end of the log. */
  readonly next: number | undefined;
  /** The last seal that was signed. Its number precedes `next`. */
  readonly last: SealLine | undefined;
}

/** What a key file has, for the decision at the start. Returns `undefined` when its public part is damaged, or of another key. */
export function foundIn(holder: KeyHolder): StatedKey | undefined {
  const stated = statedIn(holder.publicBytes, holder.hasKey);
  if (stated?.next === undefined) return stated;
  const { key, next } = stated;
  const isOfKey = isKeyOf(key, holder.key) && holder.key.period === next - key.first;
  return isOfKey ? stated : undefined;
}

/**
 * What a key file states beside its key, which is not looked at. Takes no lock. Returns `undefined` when there is no file.
 *
 * @throws {@link SealerError} `ERR_EVOLOCK_SEALER`; {@link FileError} `ERR_EVOLOCK_IO_FILE`.
 */
export function statedInFile(path: string): StatedKey | undefined {
  try {
    const stated = withKeyFile(path, {}, ({ header, publicBytes }) =>
      statedIn(publicBytes, header.keySize > 0),
    );
    if (stated === undefined) throw new SealerError('other-log', { path });
    return stated;
  } catch (cause) {
    if (isFileError(cause, 'not-found')) return undefined;
    throw isOfContent(cause) ? new SealerError('damaged-key', { path, cause }) : cause;
  }
}

/** What a key file states. */
export interface StatedKey extends FoundKey {
  /** The first key of the log. */
  readonly firstKey: LogKey;
}

function statedIn(publicBytes: Uint8Array, hasKey: boolean): StatedKey | undefined {
  const part = readPublicPart(publicBytes);
  const last = part?.line === undefined ? undefined : sealLineOf(part.line);
  if (part === undefined || last === 'damaged') return undefined;
  const next = (last?.seal.number ?? part.key.first - 1) + 1;
  return { firstKey: part.firstKey, key: part.key, next: hasKey ? next : undefined, last };
}

/** Whether the public part speaks of the key that is beside it. */
function isKeyOf({ depth, verificationKey }: LogKey, key: KesSigningKey): boolean {
  return (
    key.algorithm.name === algorithmOf(depth).name &&
    sameBytes(key.deriveVerificationKey(), verificationKey)
  );
}
