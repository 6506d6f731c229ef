/** Cosignatures of the witnesses of a policy for one checkpoint. */
import { encodeBase64 } from '../format/base64.js';
import { KEY_ID_SIZE } from '../format/key.js';
import {
  readNote,
  textOfNote,
  writeSignatureLine,
  type Note,
  type SignatureLine,
} from '../format/note.js';
import { Frontier } from '../format/tree.js';
import { INTEGER_SIZE } from '../format/integers.js';
import { sha256 } from '../native.js';
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { KeyType, linesOf, timeOfCosignature } from '../witness/cosignature.js';
import type { PolicyFile, PolicyWitness } from '../witness/policy-file.js';
import { judgeNote, shownName, type CosignedNote } from '../witness/policy.js';
import { FileError } from '@evolock/direct-serialise-io';
import { ask, type Deadline, type WitnessAnswer } from './answer.js';
import { grow, type GrownTree } from './consistency.js';
import { keepEvidence, keepRecord, readWitnessRecord, recordPath } from './record.js';

/** The most signature lines and bytes of a note. */
const MOST_LINES = 100;
const MOST_NOTE_BYTES = 65_536;

/** Bytes of a signature by ML-DSA-44. */
const ML_DSA_SIZE = 2420;

const OVERTAKEN =
  'it has a later checkpoint of the log, which has grown since this run began: the next run asks it';

/** What is submitted. */
export interface Submission {
  /** The checkpoint, with the line of the log and that of its note key. */
  readonly note: string;
  readonly policy: PolicyFile;
  /** The hashes of the entries from one on, up to the size of the checkpoint, or fewer. */
  readonly hashes: (from: number) => Iterable<Uint8Array>;
  /** The size of the last seal at that moment: the log may have grown, and another run may have submitted that. */
  readonly sizeNow: () => number;
  /** The folder of the records. */
  readonly folder: string;
  /** POSIX seconds from which on times of cosignatures do not count. */
  readonly latest: number;
  /** Milliseconds of one request, and of all. */
  readonly limits: { readonly request: number; readonly all: number };
}

/** What became of one witness. */
export interface Asked {
  /** As the policy names it. */
  readonly name: string;
  readonly outcome: 'cosigned' | 'failed' | 'another-history';
  /** Why there is no cosignature, or what else a person has to know. */
  readonly message?: string | undefined;
  /** The file with the evidence of another history. */
  readonly evidence?: string | undefined;
}

/** The checkpoint with what was gathered. */
export interface Cosigned extends CosignedNote {
  readonly note: string;
  readonly asked: readonly Asked[];
  /** Witnesses whose lines had no room. */
  readonly dropped: readonly string[];
}

/** Asks all witnesses of a policy at once. No witness can make it fail, and no folder that cannot be written. */
export async function cosign(submission: Submission): Promise<Cosigned> {
  const { note: text, policy, latest, limits } = submission;
  const note = readOwn(text);
  const deadline = { end: performance.now() + limits.all, request: limits.request };
  const all = await Promise.all(
    policy.witnesses.map((witness) => new Visit(submission, note, witness).run(deadline)),
  );
  const lines = [text];
  const dropped: string[] = [];
  let size = Buffer.byteLength(text);
  for (const { line, name } of all) {
    if (line === undefined) continue;
    const isFull = note.signatures.length + lines.length > MOST_LINES;
    if (isFull || size + Buffer.byteLength(line) > MOST_NOTE_BYTES) dropped.push(name);
    else {
      lines.push(line);
      size += Buffer.byteLength(line);
    }
  }
  const cosigned = lines.join('');
  const asked = all.map(({ line: _, ...each }) => each);
  return { note: cosigned, asked, dropped, ...judgeNote(policy, readOwn(cosigned), latest) };
}

function readOwn(text: string): Note {
  const note = readNote(text);
  if (note === undefined) throw new TypeError('the checkpoint is no note of three lines');
  return note;
}

/** The visit of one witness. */
class Visit {
  readonly #submission: Submission;
  readonly #note: Note;
  readonly #witness: PolicyWitness;
  readonly #path: string;

  constructor(submission: Submission, note: Note, witness: PolicyWitness) {
    this.#submission = submission;
    this.#note = note;
    this.#witness = witness;
    this.#path = recordPath(submission.folder, note.origin, witness.key);
  }

  /** Asks it. What it cosigned of the same tree before is as good, when it gives nothing now. */
  async run(deadline: Deadline): Promise<Asked & { readonly line: string | undefined }> {
    const name = shownName(this.#witness);
    const record = readWitnessRecord(this.#path);
    const { kept, ...asked } = await this.#ask(deadline, record?.tree);
    if (asked.outcome === 'cosigned') return { name, ...asked, line: kept };
    const text = `${textOfNote(this.#note)}\n${record?.line ?? ''}`;
    const before = readNote(text);
    return { name, ...asked, line: before && this.#cosignatureIn(before) };
  }

  async #ask(
    deadline: Deadline,
    known: Frontier | undefined,
  ): Promise<Omit<Asked, 'name'> & { readonly kept?: string }> {
    const { url } = this.#witness;
    const { size } = this.#note;
    if (url === undefined) return { outcome: 'failed', message: 'the policy has no URL of it' };
    let old = known !== undefined && known.size <= size ? known.size : 0;
    for (let isFirst = true; ; isFirst = false) {
      const grown = this.#grown(old, known);
      if (grown === undefined)
        return {
          outcome: 'failed',
          message:
            'no proof can be made: the file of hashes does not have the tree of the last seal',
        };
      const answer = await ask(url, this.#bodyOf(old, grown), deadline);
      if (answer.kind === 'lines') return this.#take(answer.text, grown.tree);
      if (answer.kind === 'failure') return { outcome: 'failed', message: answer.words };
      if (answer.kind === 'another-history') return this.#alarm(old, answer, known);
      if (answer.size > size)
        return this.#submission.sizeNow() < answer.size
          ? this.#alarm(old, answer, known)
          : { outcome: 'failed', message: OVERTAKEN };
      if (!isFirst || answer.size === old)
        return { outcome: 'failed', message: `it asks for size ${answer.size} again` };
      old = answer.size;
    }
  }

  /** The tree of the checkpoint, and the proof from an old size. Returns `undefined` when the hashes are of another tree. */
  #grown(old: number, known: Frontier | undefined): GrownTree | undefined {
    const { size, root } = this.#note;
    const { hashes } = this.#submission;
    const isTree = ({ tree }: GrownTree) => tree.size === size && sameBytes(tree.root(), root);
    if (known?.size === old) {
      const grown = grow(sha256, known, hashes(old), size);
      if (isTree(grown)) return grown;
    }
    const before = new Frontier(sha256);
    for (const leaf of hashes(0)) {
      if (before.size === old) break;
      before.append(leaf);
    }
    const grown = grow(sha256, before, hashes(before.size), size);
    return isTree(grown) ? grown : undefined;
  }

  #bodyOf(old: number, { proof }: GrownTree): string {
    const lines = proof.map((hash) => `${encodeBase64(hash)}\n`);
    return `old ${old}\n${lines.join('')}\n${this.#submission.note}`;
  }

  /** Keeps the cosignature of an answer, once it holds over our own text. */
  #take(text: string, tree: Frontier): Omit<Asked, 'name'> & { readonly kept?: string } {
    const signatures = text.split('\n').flatMap((line) => signatureOf(line) ?? []);
    const kept = this.#cosignatureIn({ ...this.#note, signatures });
    if (kept === undefined)
      return { outcome: 'failed', message: 'its answer has no cosignature of its key that holds' };
    const fault = faultOf(() => keepRecord(this.#path, { tree, line: kept }));
    const message = fault && `its cosignature counts, and is not kept for the next run: ${fault}`;
    return { outcome: 'cosigned', kept, message };
  }

  /** The first line of the witness that holds, written anew. One by ML-DSA-44 is not judged, but for its length. */
  #cosignatureIn(note: Note): string | undefined {
    const { key } = this.#witness;
    const isMlDsa = key.material[0] === KeyType.mlDsa44;
    const text = textOfNote(this.#note);
    const line = linesOf(note, key).find((each) =>
      isMlDsa
        ? each.payload.length === INTEGER_SIZE + ML_DSA_SIZE
        : (timeOfCosignature(text, key, each) ?? Infinity) <= this.#submission.latest,
    );
    return line && writeSignatureLine(key, line.payload);
  }

  #alarm(
    old: number,
    answer: Exclude<WitnessAnswer, { readonly kind: 'lines' | 'failure' }>,
    known: Frontier | undefined,
  ): Omit<Asked, 'name'> {
    const { size, root } = this.#note;
    const itsSize = answer.kind === 'size' ? answer.size : old;
    const itsRoot = known?.size === itsSize ? encodeBase64(known.root()) : undefined;
    const ours = encodeBase64(root);
    const { note } = this.#submission;
    const { url } = this.#witness;
    let evidence: string | undefined;
    const fault = faultOf(() => {
      evidence = keepEvidence(this.#path, { url, old, answer, itsSize, itsRoot, note });
    });
    const unkept = fault === undefined ? '' : `; the evidence could not be kept: ${fault}`;
    const theirs = `its own has ${itsSize} entries and ${itsRoot === undefined ? 'a root that it does not tell' : `the root ${itsRoot}`}`;
    return {
      outcome: 'another-history',
      message: `the witness saw another history of this name: ${theirs}, the log has ${size} and the root ${ours}${unkept}`,
      evidence,
    };
  }
}

/** Why a file could not be written. No disk takes a witness's answer away. */
function faultOf(write: () => void): string | undefined {
  try {
    write();
    return undefined;
  } catch (error) {
    if (error instanceof FileError) return error.message;
    throw error;
  }
}

/** A signature line of an answer. Base64 that is not canonical is taken: bytes count, and are written anew. */
function signatureOf(line: string): SignatureLine | undefined {
  const [, name, base64] = /^— ([^+\p{White_Space}]+) ([A-Za-z0-9+/]+={0,2})$/u.exec(line) ?? [];
  if (name === undefined || base64 === undefined) return undefined;
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length <= KEY_ID_SIZE) return undefined;
  return { name, id: bytes.subarray(0, KEY_ID_SIZE), payload: bytes.subarray(KEY_ID_SIZE) };
}
