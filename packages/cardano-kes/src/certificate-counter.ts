/**
 * The counter of a pool's certificates: which number the next one gets. A number that is used twice, for two keys, makes
 * nodes refuse the pool's blocks.
 */
import { checkBytes, checkOptions, wrongType } from '@evolock/direct-serialise/arguments';
import {
  checkPath,
  eraseLeftovers,
  FileError,
  withLockFile,
  writeDurably,
} from '@evolock/direct-serialise-io/files';
import { ed25519, EvolockError } from '@evolock/kes-sum';
import { publicEnvelopeText } from './envelope-text.js';
import { parsePublicEnvelope, withEnvelopeFile, type Envelope } from './envelope.js';
import { checkUnsigned64 } from './numbers.js';
import { bytesOfSize, encodeCbor, unsignedOf } from './public-cbor.js';
import { checkDescription, publicText, replacedText, type WriteOptions } from './read-options.js';
import { strictlyDecoded } from './strict-cbor.js';

const explanations = {
  'other-cold-key': 'the counter belongs to another cold key',
  exhausted: 'the counter has reached its last number: 64 bits',
  'not-its-last':
    'the counter does not stand right behind the number: only the last number that it gave can be used again',
  backwards: 'the counter would go back, and numbers would be used twice',
} as const;

/** Why a counter does not do. */
export type CounterErrorReason = keyof typeof explanations;

/**
 * A counter does not do for what is asked of it. Nothing was issued and nothing written.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { CounterError } from '@evolock/cardano-kes';
 *
 * assert.equal(new CounterError('exhausted').code, 'ERR_EVOLOCK_CARDANO_COUNTER');
 * ```
 */
export class CounterError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_CARDANO_COUNTER';
  /** Why. */
  readonly reason: CounterErrorReason;

  constructor(reason: CounterErrorReason) {
    super(explanations[reason]);
    this.reason = reason;
  }
}

/** The counter of a pool. */
export interface CertificateCounter {
  /** The number of the next certificate, unsigned, 64 bits. */
  readonly next: bigint;
  /** 32 bytes. */
  readonly coldVerificationKey: Uint8Array;
}

/** What the file of a counter holds. */
export interface CertificateCounterFile extends CertificateCounter {
  /** A note for people. */
  readonly description: string;
}

/**
 * Reads a counter from a file of `cardano-cli`.
 *
 * @param path - Text or a `file:` URL: anything that can be read, a pipe or a symbolic link included.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`.
 * @throws `LockLimitError` (of kes-sum) `ERR_EVOLOCK_LOCK_LIMIT`, {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { readCounter } from '@evolock/cardano-kes';
 *
 * assert.throws(() => readCounter('no-such.counter'), { reason: 'not-found' });
 * ```
 */
export function readCounter(path: string | URL): CertificateCounterFile {
  return withEnvelopeFile(path, 'certificate-counter', publicText, fromEnvelope);
}

/**
 * Reads a counter from the text of such a file.
 *
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`, {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { parseCounter } from '@evolock/cardano-kes';
 *
 * assert.throws(() => parseCounter('{}'), { code: 'ERR_EVOLOCK_CARDANO_ENVELOPE' });
 * ```
 */
export function parseCounter(text: string | Uint8Array): CertificateCounterFile {
  return fromEnvelope(parsePublicEnvelope(text, 'certificate-counter'));
}

/**
 * Reads a counter that will be replaced: no link is followed, since only the link would be replaced.
 *
 * @throws As {@link readCounter}.
 *
 * @internal
 */
export function readCounterToReplace(path: string): CertificateCounterFile {
  return withEnvelopeFile(path, 'certificate-counter', replacedText, fromEnvelope);
}

function fromEnvelope({ cbor, description }: Envelope): CertificateCounterFile {
  return { ...strictlyDecoded(cbor, fromCbor, encode), description };
}

/**
 * Writes a counter to a file as `cardano-cli` does. One that is replaced must be of the same cold key, and not be ahead.
 *
 * @param path - Text or a `file:` URL.
 * @throws {@link CounterError} `ERR_EVOLOCK_CARDANO_COUNTER`, reason `backwards` or `other-cold-key`.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`; reason `locked` while another run is at work on it,
 * `several-counters` when what it would replace has another name (hard link), under which the old number would stay.
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE` when what it would replace is no counter.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mkdtempSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { readCounter, writeCounter } from '@evolock/cardano-kes';
 *
 * const folder = mkdtempSync(join(tmpdir(), 'example-'));
 * const path = join(folder, 'cold.counter');
 * const coldVerificationKey = new Uint8Array(32);
 * writeCounter(path, { next: 7n, coldVerificationKey });
 * assert.equal(readCounter(path).next, 7n);
 * assert.throws(() => writeCounter(path, { next: 6n, coldVerificationKey }, { replace: true }), {
 *   reason: 'backwards',
 * });
 * rmSync(folder, { recursive: true });
 * ```
 */
export function writeCounter(
  path: string | URL,
  counter: CertificateCounter,
  options?: WriteOptions,
): void {
  const file = checkPath(path);
  const checked = checkCounter(counter);
  const { replace = false, description } = checkOptions(options);
  checkDescription(description, '');
  withLockFile(file, () => {
    if (replace) checkForwards(file, checked);
    storeCounter(file, checked, { replace, description });
  });
}

/**
 * Writes a counter by whoever holds the lock: nobody else is at work on the file, so what lies beside it is of a run that
 * was killed.
 *
 * @internal
 */
export function storeCounter(
  file: string,
  counter: CertificateCounter,
  { replace, description }: { replace: boolean; description?: string | undefined },
): void {
  const label = {
    type: 'NodeOperationalCertificateIssueCounter',
    description: description ?? `Next certificate issue number: ${String(counter.next)}`,
  };
  eraseLeftovers(file);
  const durably = { replace, secret: false, counter: true };
  writeDurably(file, publicEnvelopeText(label, encode(counter)), durably);
}

/**
 * Checks that a counter belongs to a cold key.
 *
 * @throws {@link CounterError} `ERR_EVOLOCK_CARDANO_COUNTER`, reason `other-cold-key`.
 *
 * @internal
 */
export function checkSameKey(counter: CertificateCounter, coldVerificationKey: Uint8Array): void {
  if (!Buffer.from(counter.coldVerificationKey).equals(coldVerificationKey))
    throw new CounterError('other-cold-key');
}

function checkForwards(file: string, counter: CertificateCounter): void {
  let old: CertificateCounter;
  try {
    old = readCounterToReplace(file);
  } catch (error) {
    if (error instanceof FileError && error.reason === 'not-found') return;
    throw error;
  }
  checkSameKey(old, counter.coldVerificationKey);
  if (counter.next < old.next) throw new CounterError('backwards');
}

function checkCounter(value: unknown): CertificateCounter {
  if (typeof value !== 'object' || value === null)
    throw wrongType('counter', 'an object with next and coldVerificationKey', value);
  const { next, coldVerificationKey } = value as Partial<CertificateCounter>;
  return {
    next: checkUnsigned64('next', next),
    coldVerificationKey: checkBytes(
      'coldVerificationKey',
      coldVerificationKey,
      ed25519.verificationKeySize,
    ),
  };
}

function encode({ next, coldVerificationKey }: CertificateCounter): Uint8Array {
  return encodeCbor([next, coldVerificationKey]);
}

function fromCbor(value: unknown): CertificateCounter | undefined {
  if (!Array.isArray(value) || value.length !== 2) return undefined;
  const [number, cold] = value as unknown[];
  const next = unsignedOf(number);
  const coldVerificationKey = bytesOfSize(cold, ed25519.verificationKeySize);
  return next === undefined || coldVerificationKey === undefined
    ? undefined
    : { next, coldVerificationKey };
}
