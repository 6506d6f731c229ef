/** Cosignatures of witnesses: C2SP tlog-cosignature, over the text of a note of C2SP signed-note. */
import { ed25519 } from '@evolock/kes-verify';
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { INTEGER_SIZE, readInteger } from '../format/integers.js';
import { keyId, type NamedKey } from '../format/key.js';
import { textOfNote, type Note, type SignatureLine } from '../format/note.js';

/** Types of keys in C2SP signed-note. */
export const KeyType = {
  /** Ed25519 over the text of a note. */
  ed25519: 0x01,
  /** Ed25519 over a time and the text. */
  cosignature: 0x04,
  /** ML-DSA-44 over a time, the origin, the size and the root. It is not judged here. */
  mlDsa44: 0x06,
} as const;

/** Bytes of the material of a key: its type and the key. */
export const MATERIAL_SIZES: Readonly<Record<number, number>> = {
  [KeyType.ed25519]: 33,
  [KeyType.cosignature]: 33,
  [KeyType.mlDsa44]: 1313,
};

/** The signature lines of a note that name a key. */
export function linesOf(note: Pick<Note, 'signatures'>, key: NamedKey): SignatureLine[] {
  const id = keyId(key);
  return note.signatures.filter((line) => line.name === key.origin && sameBytes(line.id, id));
}

/** Whether a key of Ed25519 signed the text of a note. */
export function isSignedBy(note: Note, key: NamedKey): boolean {
  const message = new TextEncoder().encode(textOfNote(note));
  return linesOf(note, key).some(({ payload }) =>
    ed25519.verify(key.material.subarray(1), message, payload),
  );
}

/** What a witness signs: the text of a note, after a time. */
export function cosignedMessage(time: number, text: string): Uint8Array {
  return new TextEncoder().encode(`cosignature/v1\ntime ${String(time)}\n${text}`);
}

/** The time of a cosignature, POSIX seconds. Returns `undefined` when it does not hold, or has the time 0, which claims nothing. */
export function timeOfCosignature(
  text: string,
  { material }: NamedKey,
  { payload }: SignatureLine,
): number | undefined {
  const time = payload.length > INTEGER_SIZE ? readInteger(payload, 0) : undefined;
  if (time === undefined || time === 0) return undefined;
  const signature = payload.subarray(INTEGER_SIZE);
  const message = cosignedMessage(time, text);
  return ed25519.verify(material.subarray(1), message, signature) ? time : undefined;
}
