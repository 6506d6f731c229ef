// Reads wrong-verifiers.txt.
import { readFileSync } from 'node:fs';
import { type Edit, editOf } from '@evolock/test-support/edited-sources';

/** A wrong verifier. */
export interface WrongVerifier {
  /** What it verifies. */
  readonly of: string;
  readonly name: string;
  /** Whether it accepts what anybody can forge, or what a thief of a later key signs for the past. */
  readonly isForged: boolean;
  readonly edits: readonly Edit[];
}

const text = readFileSync(new URL('wrong-verifiers.txt', import.meta.url), 'utf8');

/** All of the file. */
export const wrongVerifiers: readonly WrongVerifier[] = text
  .split(/^of /m)
  .slice(1)
  .flatMap((block) => {
    const of = block.slice(0, block.indexOf('\n'));
    return [...block.matchAll(/^(wrong|forged) (.*)\n((?: {2}.*\n)+)/gm)].map(
      ([, kind, name = '', lines = '']): WrongVerifier => ({
        of,
        name,
        isForged: kind === 'forged',
        edits: lines.split(/\n? {2}(?=\S)/).flatMap((line) => editOf(line.trimEnd())),
      }),
    );
  });
