/** Keys of witnesses and of notes, made from numbers, which sign by node:crypto. */
import { createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { writeVerifierKey, type NamedKey } from '../../src/format/key.js';
import { writeSignatureLine } from '../../src/format/note.js';
import { cosignedMessage } from '../../src/witness/cosignature.js';

/** An Ed25519 key of notes: of type 1, or of type 4, a witness. */
export class NotesKey {
  readonly named: NamedKey;
  readonly #private: KeyObject;

  constructor(name: string, type: 1 | 4, seed: number) {
    const head = Buffer.from('302e020100300506032b657004220420', 'hex');
    const key = Buffer.concat([head, Buffer.alloc(32, seed)]);
    this.#private = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
    const spki = createPublicKey(this.#private).export({ format: 'der', type: 'spki' });
    this.named = { origin: name, material: Uint8Array.of(type, ...spki.subarray(-32)) };
  }

  get verifierKey(): string {
    return writeVerifierKey(this.named);
  }

  /** Its signature line of a text of a note; of a witness, at a time. */
  line(text: string, time?: number): string {
    if (time === undefined)
      return writeSignatureLine(this.named, sign(null, Buffer.from(text), this.#private));
    const stamp = Buffer.alloc(8);
    stamp.writeBigUInt64BE(BigInt(time));
    const signature = sign(null, cosignedMessage(time, text), this.#private);
    return writeSignatureLine(this.named, Buffer.concat([stamp, signature]));
  }
}

/** A witness with a name of its own. */
export function witnessOf(seed: number): NotesKey {
  return new NotesKey(`witness.example/w${seed}`, 4, seed);
}

/** The line of an ML-DSA-44 key, whose bytes nobody judges, and its verifier key. */
export function mlDsaLine(
  name: string,
  byte = 0,
): { readonly line: string; readonly verifierKey: string } {
  const named = { origin: name, material: Uint8Array.of(6, ...new Uint8Array(1312).fill(byte)) };
  const line = writeSignatureLine(named, new Uint8Array(8 + 2420));
  return { line, verifierKey: writeVerifierKey(named) };
}

/** The text of a note. */
export function textOf(note: string): string {
  return note.slice(0, note.indexOf('\n\n') + 1);
}
