/**
 * Files of certificate counters.
 */
import { checkOptions } from '@evolock/direct-serialise/arguments';
import {
  checkPath,
  eraseLeftovers,
  isFileError,
  withLockFile,
} from '@evolock/direct-serialise-io/files';
import {
  checkCounter,
  checkSameKey,
  counterIn,
  itemsOfCounter,
  type CertificateCounter,
} from '../certificate/counter.js';
import { parsePublicEnvelope, type Envelope } from '../envelope/envelope.js';
import { CounterError, type Reservation } from '../errors.js';
import { withEnvelopeFile, writePublicEnvelope } from './envelope-file.js';
import { openReservation, removeReservation } from './issuing/reservation.js';
import { checkDescription, publicText, replacedText, type WriteOptions } from './options.js';

/** Options of writing a counter. */
export interface CounterWriteOptions extends WriteOptions {
  /** Whether the new counter may be lower than the existing one. Numbers may be used twice then. */
  readonly backwards?: boolean | undefined;
}

/** The content of the file of a counter. */
export interface CertificateCounterFile extends CertificateCounter {
  /** A note for people. */
  readonly description: string;
}

/**
 * Reads a counter from a file of `cardano-cli`.
 *
 * @param path - Text or a `file:` URL: any readable file, also a pipe or a symbolic link.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`.
 * @throws `LockLimitError` (of kes-sum) `ERR_EVOLOCK_LOCK_LIMIT`.
 */
export function readCounter(path: string | URL): CertificateCounterFile {
  return withEnvelopeFile(path, 'certificate-counter', publicText, fromEnvelope);
}

/**
 * The last number of a counter, when an earlier run reserved it for a certificate, was killed or failed, and left none.
 * `issueToFile` throws {@link ReservedNumberError} then, unless `reuseNumber` is this number.
 *
 * @param counterPath - The file of the counter: text or a `file:` URL.
 * @returns `undefined` when no number is reserved.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`,
 * {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 */
export function readReservation(counterPath: string | URL): Reservation | undefined {
  const path = checkPath(counterPath);
  return openReservation(path, readCounter(path));
}

/**
 * Reads a counter from the text of a file.
 *
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`, {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 */
export function parseCounter(text: string | Uint8Array): CertificateCounterFile {
  return fromEnvelope(parsePublicEnvelope(text, 'certificate-counter'));
}

/** Reads a counter that will be replaced. Refuses a symbolic link, since only the link would be replaced. */
export function readCounterToReplace(path: string): CertificateCounterFile {
  return withEnvelopeFile(path, 'certificate-counter', replacedText, fromEnvelope);
}

function fromEnvelope({ cbor, description }: Envelope): CertificateCounterFile {
  return { ...counterIn(cbor), description };
}

/**
 * Writes a counter to a file as `cardano-cli` does. An existing counter must belong to the same cold key, and must not be
 * higher unless `options.backwards` is set. A number that a failed run reserved is not reserved any more.
 *
 * @param path - Text or a `file:` URL.
 * @throws {@link CounterError} `ERR_EVOLOCK_CARDANO_COUNTER`, reason `backwards` or `other-cold-key`.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`; reason `locked` while another run changes the file, `several-counters`
 * when the existing file has hard links, which would keep the old number.
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE` when the existing file is not a counter.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 */
export function writeCounter(
  path: string | URL,
  counter: CertificateCounter,
  options?: CounterWriteOptions,
): void {
  const file = checkPath(path);
  const checked = checkCounter(counter);
  const { replace = false, backwards = false, description } = checkOptions(options);
  checkDescription(description, '');
  withLockFile(file, () => {
    if (replace) checkOld(file, checked, backwards);
    storeCounter(file, checked, { replace, description });
    removeReservation(file);
  });
}

/** Writes a counter. The caller holds the lock, so unfinished files beside the counter are those of killed runs. */
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
  writePublicEnvelope(file, label, itemsOfCounter(counter), { replace, counter: true });
}

function checkOld(file: string, counter: CertificateCounter, backwards: boolean): void {
  let old: CertificateCounter;
  try {
    old = readCounterToReplace(file);
  } catch (error) {
    if (isFileError(error, 'not-found')) return;
    throw error;
  }
  checkSameKey(old, counter.coldVerificationKey);
  if (!backwards && counter.next < old.next) throw new CounterError('backwards');
}
