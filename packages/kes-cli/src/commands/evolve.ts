import {
  isEvolvedType,
  withLockFile,
  writeKesSigningKey,
  type KesSigningKeyFile,
} from '@evolock/cardano-kes';
import { identityOfFile } from '@evolock/direct-serialise-io';
import type { Command } from 'commander';
import { carryOut, leaf } from '../command.js';
import { CommandError } from '../command-error.js';
import { loadKesSigningKey } from '../keys/load-signing-key.js';
import { warningsAfterRewriting } from '../keys/node-reading.js';
import { refuseStdin } from '../keys/signing-key-file.js';
import type { Outcome } from '../outcome.js';
import { printable } from '../printable.js';
import type { Session } from '../session.js';
import { lifeInWords, lifeJson, lifeOf, type Life } from '../tree/life.js';
import { wholeNumber } from '../whole-number.js';

interface Options {
  readonly to: number;
  readonly leaveNode?: boolean;
}

/** `kes evolve`: a key file, moved on to a later period. */
export function evolveCommand(session: Session): Command {
  const command = leaf(session, 'kes evolve', {
    name: 'evolve',
    summary: 'Move a signing key that no node uses on to a later period',
    description:
      'Moves a KES signing key on to a later period of its own (0 to 63), in its file. This is for keys that are used by kes sign and by programs that use the evolock packages. It is not for the key of a node: cardano-node reads a key file at period 0 and evolves its own copy in memory. An evolved key is written under the type EvolockKesSigningKey_ed25519_kes_2^6, which a node refuses. What could sign earlier is gone: from memory, and from the file as far as its file system overwrites in place; backups keep it, so make none. If the run is killed at any moment, the file holds a whole key, the old or the new. Two runs on one file exclude each other.',
    examples: [
      [
        'kes evolve app.skey --to 1 --leave-node',
        'A new key: from now on it signs at period 1 or later, and no node takes it any more',
      ],
      ['kes evolve app.skey --to 5', 'From now on it signs at period 5 or later'],
      ['kes inspect app.skey', 'At which period is it?'],
    ],
  })
    .argument('<signing-key-file>')
    .requiredOption('--to <period>', "the key's own period, counted from its first", wholeNumber)
    .option('--leave-node', 'evolve a key that a node could use; no node takes it afterwards');
  return carryOut(session, command, evolve);
}

function evolve(path: string, options: Options): Outcome {
  refuseStdin(path);
  const { from, life, isRewritten, warnings } = withLockFile(path, () => evolveFile(path, options));
  return {
    json: { signingKeyFile: path, from, ...lifeJson(life) },
    warnings,
    lines: (style) => [
      style.verdict(true, resultInWords(printable(path), from, life, isRewritten)),
      ...style.facts([
        ['period', lifeInWords(life)],
        ...(life.period === 0 ? [] : [['for a node', 'unusable: it refuses the type'] as const]),
      ]),
    ],
  };
}

function resultInWords(name: string, from: number, { period }: Life, isRewritten: boolean): string {
  if (from !== period) return `${name} moved on from period ${from} to ${period}`;
  return isRewritten
    ? `${name} is at period ${period} already: it was written under the type of an evolved key`
    : `${name} is at period ${period} already: nothing changed`;
}

interface Evolved {
  readonly from: number;
  readonly life: Life;
  readonly isRewritten: boolean;
  readonly warnings: readonly string[];
}

/** Under the lock: no other run changes the file between reading and writing. */
function evolveFile(path: string, { to, leaveNode = false }: Options): Evolved {
  // Refuses a link also where nothing is to be written.
  identityOfFile(path);
  const file = loadKesSigningKey(path);
  const { signingKey, layout, identity } = file;
  try {
    const from = signingKey.period;
    const { totalPeriods } = signingKey.algorithm;
    checkTarget(path, lifeOf(from, totalPeriods), to);
    const moves = to !== from;
    if (moves && !leaveNode) refuseKeyOfNode(path, file);
    const isRewritten = moves || file.nodeReading === 'misread';
    const warnings = warningsAfterRewriting(path, file, from);
    if (isRewritten) {
      signingKey.updateTo(to);
      // A program that does not take the lock may have replaced the file: then it stays.
      writeKesSigningKey(path, signingKey, { layout, replace: identity });
    }
    return { from, life: lifeOf(to, totalPeriods), isRewritten, warnings };
  } finally {
    signingKey.release();
  }
}

/** Every key at period 0 under a plain type, of any layout and depth: it may be the key of a certificate. */
function refuseKeyOfNode(path: string, { signingKey, type }: KesSigningKeyFile): void {
  if (signingKey.period > 0 || isEvolvedType(type)) return;
  throw new CommandError(
    'usage',
    `${printable(path)}: this key is at period 0, as a node needs it. A node evolves its own copy, and takes no key that was evolved in its file. kes evolve is for keys that kes sign and programs that use the evolock packages use: to evolve this one, and never give it to a node, add --leave-node`,
  );
}

function checkTarget(path: string, { period, totalPeriods }: Life, to: number): void {
  if (to >= totalPeriods) {
    throw new CommandError(
      'usage',
      `--to ${to}: ${printable(path)} has the periods 0 to ${totalPeriods - 1} only`,
    );
  }
  if (to < period) {
    throw new CommandError(
      'usage',
      `--to ${to}: ${printable(path)} is at period ${period}, and a key cannot go back`,
    );
  }
}
