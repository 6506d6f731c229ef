/** Proofs of single entries: made from a log, and checked with nothing but the verifier key. */
import {
  checkBytes,
  checkInteger,
  checkMethod,
  checkOptions,
  isBytes,
  sameBytes,
  wrongType,
} from '@evolock/direct-serialise/arguments';
import { readEntryProof, writeEntryProof } from '../format/entry-proof.js';
import { readVerifierKey } from '../format/key.js';
import { readNote, writeNote, type Note } from '../format/note.js';
import { secondsOfDate, signedMessage, type Seal } from '../format/seal.js';
import type { LogKey } from '../format/key.js';
import { leafHash, rootOfPath } from '../format/tree.js';
import type { Witnessed, WitnessPolicy } from '../witness/policy.js';
import { followChain, sealOfNote } from './checkpoints.js';
import { cryptographyOf, type SealCryptography } from './cryptography.js';
import { anyErased } from './entries/absent.js';
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
  /** A checkpoint of the log, with the cosignatures of witnesses, which the proof then carries. Its seal proves the entry. */
  readonly checkpoint?: string | Uint8Array | undefined;
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
      /** Why there is none: the log is invalid before the seal, no seal covers the entry, or none is that of the checkpoint. */
      readonly failure: SealFailure | 'key' | 'not-sealed' | 'checkpoint';
      /** The number of the seal that was expected where the log failed; `undefined` for `key`. */
      readonly at: number | undefined;
    };

/**
 * Makes the proof that an entry is in a log, of the form C2SP tlog-proof, with the seals of all successions before it. The
 * log is verified up to the seal that proves the entry, and not read further. Other entries appear in the proof as hashes; with
 * `hashes` they may be erased.
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
    'checkpoint',
    'cryptography',
  ]);
  const index = checkInteger('entry', given.entry, 0, Number.MAX_SAFE_INTEGER);
  const wanted = checkInteger('seal', given.seal ?? 0, 0, Number.MAX_SAFE_INTEGER);
  const { checkpoint } = given;
  if (checkpoint !== undefined && typeof checkpoint !== 'string' && !isBytes(checkpoint))
    throw wrongType('checkpoint', 'a text or its bytes', checkpoint);
  const cryptography = cryptographyOf(given.cryptography);
  const noteOf = noteOfSeal(cryptography, checkpoint);
  const key = keyOf(verifierKey);
  if (key === undefined) {
    await closeFiles(given);
    return { proof: undefined, failure: 'key', at: undefined };
  }
  const walk = new LogWalk(cryptography, given, {
    firstNumber: key.first,
    start: firstProgress(key),
    lawful: anyErased,
    watched: index,
  });
  try {
    let chain = '';
    for await (const { seal, key: signer, line } of walk.seals()) {
      const { tree } = walk.entries;
      const isCovered = seal.size > index && seal.number >= wanted;
      const note = isCovered ? noteOf(signer, seal) : undefined;
      if (note !== undefined && tree !== undefined) {
        const proof = { chain, index, path: tree.path(), note };
        return { proof: writeEntryProof(proof), failure: undefined, at: undefined };
      }
      if (seal.successor !== undefined) chain += `${line}\n`;
    }
    const { failure, proved } = walk;
    const isCheckpoint = checkpoint !== undefined && proved.size > index;
    const none = isCheckpoint ? 'checkpoint' : 'not-sealed';
    return { proof: undefined, failure: failure ?? none, at: proved.number };
  } finally {
    await walk.close();
  }
}

/** The note of a seal; with a checkpoint, that one for its own seal, and `undefined` for each other. */
function noteOfSeal(
  cryptography: SealCryptography,
  checkpoint: string | Uint8Array | undefined,
): (key: LogKey, seal: Seal) => string | undefined {
  if (checkpoint === undefined) return writeNote;
  const note = readNote(checkpoint);
  return (key, seal) => (isNoteOf(cryptography, note, key, seal) ? note?.text : undefined);
}

function isNoteOf(
  cryptography: SealCryptography,
  note: Note | undefined,
  key: LogKey,
  seal: Seal,
): boolean {
  if (note?.size !== seal.size || !sameBytes(note.root, seal.root)) return false;
  const ofNote = sealOfNote(cryptography, note, [key]);
  const message = ofNote && signedMessage(key.origin, ofNote);
  return message !== undefined && sameBytes(message, signedMessage(key.origin, seal));
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
  /** Which witnesses count, whose cosignatures are in the proof: by `readWitnessPolicy`. */
  readonly policy?: WitnessPolicy | undefined;
  /** The present time: cosignatures of times more than 300 seconds after it do not count. */
  readonly now?: Date | undefined;
  /** Functions for more speed. */
  readonly cryptography?: Partial<SealCryptography> | undefined;
}

const entryProofOptionNames = [
  'verifierKey',
  'entry',
  'proof',
  'revokedFrom',
  'policy',
  'now',
  'cryptography',
] as const;

/** Why a proof is invalid. The first of these, in this order, is the failure. */
export type EntryProofFailure =
  'key' | 'form' | 'chain' | 'signature' | 'revoked' | 'time' | 'size' | 'entry';

/** A proof that holds. */
interface HeldProof {
  /** The number of the entry. */
  readonly index: number;
  /** The number of the seal that covers it. Who stole the key of this number proves any entry: no older claim is proved. */
  readonly seal: number;
  /** The time of this seal, POSIX seconds: a claim of the machine that sealed. */
  readonly time: number;
  /** The tree that enough witnesses saw, which has the entry; `undefined` without a policy too. */
  readonly witnessed: Witnessed | undefined;
}

/** The verdict on a proof that holds, and has the cosignatures that a given policy asks for. */
export interface ValidProof extends HeldProof {
  readonly result: 'valid';
  readonly failure: undefined;
}

/** The verdict on a proof that holds, without the cosignatures that the given policy asks for. */
export interface IncompleteProof extends HeldProof {
  readonly result: 'incomplete';
  readonly failure: 'not-witnessed';
}

/** The verdict on a proof that does not hold. */
export interface InvalidProof {
  readonly result: 'invalid';
  readonly failure: EntryProofFailure;
  readonly index: undefined;
  readonly seal: undefined;
  readonly time: undefined;
  readonly witnessed: undefined;
}

/** The verdict on a proof: `result` says which. */
export type EntryProofVerdict = ValidProof | IncompleteProof | InvalidProof;

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
    policy,
    now,
    ...given
  } = checkOptions(options, entryProofOptionNames);
  const entry = checkBytes('entry', given.entry);
  if (typeof text !== 'string') throw wrongType('proof', 'a text', text);
  const revokedFrom = checkRevokedFrom(given.revokedFrom);
  if (policy !== undefined) checkMethod('policy', policy, 'judge');
  if (now !== undefined) secondsOfDate('now', now);
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
  const cosigned = policy?.judge(proof.note, now);
  const held = { index: proof.index, seal: number, time, witnessed: cosigned?.witnessed };
  return cosigned?.isMet === false
    ? { result: 'incomplete', failure: 'not-witnessed', ...held }
    : { result: 'valid', failure: undefined, ...held };
}

function invalid(failure: EntryProofFailure): InvalidProof {
  const none = { index: undefined, seal: undefined, time: undefined, witnessed: undefined };
  return { result: 'invalid', failure, ...none };
}

function keyOf(verifierKey: unknown) {
  if (typeof verifierKey !== 'string') throw wrongType('verifierKey', 'a text', verifierKey);
  return readVerifierKey(verifierKey);
}
