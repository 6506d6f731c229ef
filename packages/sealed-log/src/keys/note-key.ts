/**
 * The ordinary Ed25519 key of checkpoints, for programs that know no other type: Go's `note.Open`, witnesses. It does not evolve
 * and proves nothing about the past. Its file is that of a KES key of one period, whose signatures are those of Ed25519.
 */
import { KeyFile } from '@evolock/direct-serialise-io';
import { ed25519, MLockedSeed, type KesSigningKey } from '@evolock/kes-sum';
import { singleKes } from '@evolock/kes-sum/all';
import { writeVerifierKey, type NamedKey } from '../format/key.js';
import { writeSignatureLine } from '../format/note.js';

/** Ed25519 as a scheme of one period, so that a file of it is a {@link KeyFile}. */
const ALGORITHM = singleKes(ed25519);

/** The type of Ed25519 in C2SP signed-note. */
const ED25519 = 0x01;

function create(): { readonly key: KesSigningKey } {
  using seed = MLockedSeed.newRandom(32);
  return { key: ALGORITHM.generateKey(seed) };
}

/** The key, in locked memory and in its file. */
export class NoteKey {
  readonly #file: KeyFile<KesSigningKey>;
  readonly #named: NamedKey;

  private constructor(file: KeyFile<KesSigningKey>, origin: string) {
    this.#file = file;
    const material = Uint8Array.of(ED25519, ...file.key.deriveVerificationKey());
    this.#named = { origin, material };
  }

  /** Opens its file, or makes it with a new key. The name of the key is the origin of the log. */
  static async open(path: string, origin: string): Promise<NoteKey> {
    return new NoteKey(await KeyFile.open<KesSigningKey>(path, ALGORITHM, { create }), origin);
  }

  /** The line of text by which `note.Open` verifies. */
  get verifierKey(): string {
    return writeVerifierKey(this.#named);
  }

  /** The note with a signature line of this key. */
  sign(note: string): string {
    const text = note.slice(0, note.indexOf('\n\n') + 1);
    return note + writeSignatureLine(this.#named, this.#file.key.sign(Buffer.from(text)));
  }

  /** Wipes the key, and returns the lock. */
  close(): Promise<void> {
    return this.#file.close();
  }
}
