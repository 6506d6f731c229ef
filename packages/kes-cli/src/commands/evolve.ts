import { eraseLeftovers, writeKesSigningKey } from '@evolock/cardano-kes';
import type { Command } from 'commander';
import { carryOut, leaf } from '../command.js';
import { CommandError } from '../command-error.js';
import { withKeyLock } from '../files/key-lock.js';
import { loadKesSigningKey } from '../keys/load-signing-key.js';
import { refuseStdin } from '../keys/signing-key-file.js';
import type { Outcome } from '../outcome.js';
import { printable } from '../printable.js';
import type { Session } from '../session.js';
import { lifeInWords, lifeJson, lifeOf, type Life } from '../tree/life.js';
import { wholeNumber } from '../whole-number.js';

/** `kes evolve`: a key file, moved on to a later period. */
export function evolveCommand(session: Session): Command {
  const command = leaf(session, 'kes evolve', {
    name: 'evolve',
    summary: 'Move a signing key on to a later period',
    description:
      'Moves a KES signing key on to a later period of its own (0 to 63), in its file. What could sign earlier is gone for ever: from memory, and from the file as far as its file system lets it be overwritten; backups keep it, so make none. Killed at any moment it leaves a whole key, the old or the new. Two runs on one file exclude each other.',
    examples: [
      ['kes evolve kes.skey --to 5', 'From now on it signs at period 5, and never before'],
      ['kes inspect kes.skey', 'Where does it stand?'],
    ],
  })
    .argument('<signing-key-file>')
    .requiredOption('--to <period>', "the key's own period, counted from its first", wholeNumber);
  return carryOut(session, command, (path: string, { to }: { readonly to: number }) =>
    evolve(path, to),
  );
}

async function evolve(path: string, to: number): Promise<Outcome> {
  refuseStdin(path);
  const { from, life } = await withKeyLock(path, () => evolveFile(path, to));
  return {
    json: { signingKeyFile: path, from, ...lifeJson(life) },
    lines: (style) => [
      style.verdict(
        true,
        from === life.period
          ? `${printable(path)} stands at period ${from} already: nothing changed`
          : `${printable(path)} moved on from period ${from} to ${life.period}`,
      ),
      ...style.facts([['period', lifeInWords(life)]]),
    ],
  };
}

/** Under the lock: nobody else is at work on the file, so what lies beside it is of a run that was killed. */
function evolveFile(path: string, to: number): { readonly from: number; readonly life: Life } {
  eraseLeftovers(path);
  const { signingKey, type, description, layout, identity } = loadKesSigningKey(path);
  try {
    const from = signingKey.period;
    const { totalPeriods } = signingKey.algorithm;
    checkTarget(path, lifeOf(from, totalPeriods), to);
    if (to !== from) {
      signingKey.updateTo(to);
      // Whatever has taken the name meanwhile stays: a run of another program knows of no lock.
      const replace = identity;
      writeKesSigningKey(path, signingKey, { type, description, layout, replace });
    }
    return { from, life: lifeOf(to, totalPeriods) };
  } finally {
    signingKey.release();
  }
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
      `--to ${to}: ${printable(path)} stands at period ${period}, and a key cannot go back`,
    );
  }
}
