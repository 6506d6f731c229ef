/** Logs that are sealed for a test, by the signer of the demonstration. */
import { hashOfEntry, sealLine, verifierKeyOf } from '../../src/demonstration/sealing.js';
import { SigningKey } from '../../src/demonstration/signer.js';
import { encoded } from './judged.js';

/** Seals lines: one seal over each part, a minute apart, at most 16. */
export function sealed(parts: readonly (readonly string[])[]) {
  const key = new SigningKey(new Uint8Array(32).fill(7));
  const verifierKey = verifierKeyOf(key);
  const hashes: Uint8Array[] = [];
  let seals = '';
  for (const [at, lines] of parts.entries()) {
    hashes.push(...lines.map(hashOfEntry));
    seals += sealLine(key, hashes, 1_796_000_000 + 60 * at);
    key.evolve();
  }
  return {
    verifierKey,
    lines: parts.flat(),
    seals: encoded(seals),
    hashes: Uint8Array.from(hashes.flatMap((hash) => [...hash])),
  };
}

/** The file of lines. */
export function fileOf(lines: readonly string[]): Uint8Array {
  return encoded(lines.map((line) => `${line}\n`).join(''));
}
