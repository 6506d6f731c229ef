/** Proofs of single entries: made from a log, and checked with nothing but the verifier key. */
import {
  checkBytes,
  checkInteger,
  checkOptions,
  sameBytes,
  wrongType,
} from '@evolock/direct-serialise/arguments';
import { readEntryProof, writeEntryProof } from '../format/entry-proof.js';
import { readVerifierKey } from '../format/key.js';
import { readNote, writeNote } from '../format/note.js';
import { leafHash, rootOfPath } from '../format/tree.js';
import { followChain, sealOfNote } from './checkpoints.js';
import { cryptographyOf, type SealCryptography } from './cryptography.js';
import { firstProgress } from './state.js';
import {
  checkRevokedFrom,
  closeFiles,
  LogWalk,
  sealedLogFilesNames,
  type SealedLogFiles,
  type SealFailure,
} from './walk.js';

/** A log, and the entry to prove. */
export interface ProveEntryOptions extends SealedLogFiles {
  /** The verifier key. */
  readonly verifierKey: string;
  /** The number of the entry, from 0. */
  readonly entry: number;
  /** The number of the seal that proves it; when absent, of the first that covers it. */
  readonly seal?: number | undefined;
  /** Functions for more speed. */
  readonly cryptography?: Partial<SealCryptography> | undefined;
}

/** A proof, or why there is none. */
export type ProvedEntry =
  | {
      /** The text of the proof. */
      readonly proof: string;
      readonly failure: undefined;
      readonly at: undefined;
    }
  | {
      readonly proof: undefined;
      /** Why there is none: the log is invalid before the seal, or no seal covers the entry. */
      readonly failure: SealFailure | 'key' | 'not-sealed';
      /** The number of the seal that was expected where the log failed; `undefined` for `key`. */
      readonly at: number | undefined;
    };

/**
 * Makes the proof that an entry is in a log, of the form C2SP tlog-proof, with the seals of all successions before it. The
 * log is verified up to the seal that proves the entry, and not read further. Other entries appear in the proof as hashes.
 *
 * @throws `ArgumentError` `ERR_EVOLOCK_ARGUMENT_TYPE` or `ERR_EVOLOCK_ARGUMENT_VALUE` for a wrong argument; what a source,
 * `onProgress` or `signal` throws.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { proveEntry } from '@evolock/sealed-log/verify';
 *
 * const verifierKey =
 *   'example.com/one-key+d1081633+/2V2b2xvY2stc2VhbC92MQMAAAAAAAAAAMasqnh2E6pynvHBGA9OYm3/XBGxr7AhOCJaCZe9y5Ef';
 * const { failure } = await proveEntry({ verifierKey, files: [], seals: [], entry: 0 });
 * assert.equal(failure, 'not-sealed');
 * ```
 */
export async function proveEntry(options: ProveEntryOptions): Promise<ProvedEntry> {
  const { verifierKey, ...given } = checkOptions(options, [
    ...sealedLogFilesNames,
    'verifierKey',
    'entry',
    'seal',
    'cryptography',
  ]);
  const index = checkInteger('entry', given.entry, 0, Number.MAX_SAFE_INTEGER);
  const wanted = checkInteger('seal', given.seal ?? 0, 0, Number.MAX_SAFE_INTEGER);
  const cryptography = cryptographyOf(given.cryptography);
  const key = keyOf(verifierKey);
  if (key === undefined) {
    await closeFiles(given);
    return { proof: undefined, failure: 'key', at: undefined };
  }
  const walk = new LogWalk(cryptography, given, {
    firstNumber: key.first,
    start: firstProgress(key),
    watched: index,
  });
  try {
    let chain = '';
    for await (const { seal, key: signer, line } of walk.seals()) {
      const { tree } = walk.entries;
      if (seal.size > index && seal.number >= wanted && tree !== undefined) {
        const proof = { chain, index, path: tree.path(), note: writeNote(signer, seal) };
        return { proof: writeEntryProof(proof), failure: undefined, at: undefined };
      }
      if (seal.successor !== undefined) chain += `${line}\n`;
    }
    const { failure = 'not-sealed', proved } = walk;
    return { proof: undefined, failure, at: proved.number };
  } finally {
    await walk.close();
  }
}

/** A proof to check. */
export interface EntryProofOptions {
  /** The verifier key. */
  readonly verifierKey: string;
  /** The bytes of the entry, without a newline. */
  readonly entry: Uint8Array;
  /** The text of the proof. */
  readonly proof: string;
  /** Seals from this number on prove nothing, since their key was stolen. */
  readonly revokedFrom?: number | undefined;
  /** Functions for more speed. */
  readonly cryptography?: Partial<SealCryptography> | undefined;
}

/** Why a proof is invalid. The first of these, in this order, is the failure. */
export type EntryProofFailure =
  'key' | 'form' | 'chain' | 'signature' | 'revoked' | 'time' | 'size' | 'entry';

/** The verdict on a proof that holds. */
export interface ValidProof {
  readonly result: 'valid';
  readonly failure: undefined;
  /** The number of the entry. */
  readonly index: number;
  /** The number of the seal that covers it. Who stole the key of this number proves any entry: no older claim is proved. */
  readonly seal: number;
  /** The time of this seal, POSIX seconds: a claim of the machine that sealed. */
  readonly time: number;
}

/** The verdict on a proof that does not hold. */
export interface InvalidProof {
  readonly result: 'invalid';
  readonly failure: EntryProofFailure;
  readonly index: undefined;
  readonly seal: undefined;
  readonly time: undefined;
}

/** The verdict on a proof: `result` says which. */
export type EntryProofVerdict = ValidProof | InvalidProof;

/**
 * Checks that an entry is in a log, with its verifier key and a proof, and nothing else.
 *
 * @returns The verdict, for any bytes and any text.
 * @throws `ArgumentError` `ERR_EVOLOCK_ARGUMENT_TYPE` for a wrong argument.
 *
 * Source: C2SP tlog-proof; docs/SEALED_LOG_SPECIFICATION.md.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { verifyEntryProof } from '@evolock/sealed-log/verify';
 *
 * const verifierKey =
 *   'example.com/one-key+d1081633+/2V2b2xvY2stc2VhbC92MQMAAAAAAAAAAMasqnh2E6pynvHBGA9OYm3/XBGxr7AhOCJaCZe9y5Ef';
 * const entry = new TextEncoder().encode('a line');
 * const { result, failure } = verifyEntryProof({ verifierKey, entry, proof: 'no proof' });
 * assert.deepEqual([result, failure], ['invalid', 'form']);
 * ```
 */
export function verifyEntryProof(options: EntryProofOptions): EntryProofVerdict {
  const {
    verifierKey,
    proof: text,
    ...given
  } = checkOptions(options, ['verifierKey', 'entry', 'proof', 'revokedFrom', 'cryptography']);
  const entry = checkBytes('entry', given.entry);
  if (typeof text !== 'string') throw wrongType('proof', 'a text', text);
  const revokedFrom = checkRevokedFrom(given.revokedFrom);
  const cryptography = cryptographyOf(given.cryptography);
  const key = keyOf(verifierKey);
  if (key === undefined) return invalid('key');
  const proof = readEntryProof(text);
  const note = proof && readNote(proof.note);
  if (proof === undefined || note === undefined) return invalid('form');
  const chain = followChain(cryptography, key, proof.chain);
  if (chain === undefined) return invalid('chain');
  const seal = sealOfNote(cryptography, note, chain.keys.slice(-1));
  if (seal === undefined) return invalid('signature');
  const { number, time, size, root } = seal;
  if (number >= revokedFrom) return invalid('revoked');
  const last = chain.lines.at(-1)?.seal;
  if (last !== undefined && time < last.time) return invalid('time');
  if (last !== undefined && size < last.size) return invalid('size');
  const { sha256 } = cryptography;
  const computed = rootOfPath(
    sha256,
    { index: proof.index, size },
    leafHash(sha256, entry),
    proof.path,
  );
  if (computed === undefined || !sameBytes(computed, root)) return invalid('entry');
  return { result: 'valid', failure: undefined, index: proof.index, seal: number, time };
}

function invalid(failure: EntryProofFailure): InvalidProof {
  return { result: 'invalid', failure, index: undefined, seal: undefined, time: undefined };
}

function keyOf(verifierKey: unknown) {
  if (typeof verifierKey !== 'string') throw wrongType('verifierKey', 'a text', verifierKey);
  return readVerifierKey(verifierKey);
}
