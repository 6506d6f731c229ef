import { isEvolvedType } from '@evolock/cardano-headers/files';
import { writeKesSigningKey, type KesSigningKeyFile } from '@evolock/cardano-kes';
import { withLockFile } from '@evolock/cardano-kes/all';
import { identityOfFile } from '@evolock/direct-serialise-io';
import type { Definition } from '@evolock/command-line/command';
import { usage } from '@evolock/command-line/errors';
import { done, type Answer } from '@evolock/command-line/answer';
import type { Session } from '@evolock/command-line/session';
import { printable } from '@evolock/command-line/text';
import { exchangeWarnings } from '../files/write.js';
import {
  lifeInWords,
  lifeJson,
  lifeOf,
  warningsAfterRewriting,
} from '../certificates/signing-key-file.js';
import { loadKesSigningKey, refuseStdin } from '../files/key-files.js';

interface Options {
  readonly to: number;
  readonly leaveNode?: boolean;
}

export const evolveCommand: Definition = {
  text: `
    Evolves a KES signing key to a later period of its own (0 to 63), in its file. This is for keys that are used by kes sign and by programs that use the evolock packages. It is not for the key of a node: cardano-node reads a key file at period 0 and evolves its own copy in memory. An evolved key is written under the type EvolockKesSigningKey_ed25519_kes_2^6, which a node refuses. The secrets of earlier periods are erased: from memory, and from the file if its file system overwrites in place. Backups keep them, so make none. When the run is killed at any moment, the file holds a whole key, the old or the new. Two runs on one file exclude each other.

    <signing-key-file>
    --to <period>       the period of the key, counted from its first
    --leave-node        evolve a key that a node could use; no node accepts it afterwards

    # A new key: from now on it signs at period 1 or later, and no node accepts it
    $ kes evolve app.skey --to 1 --leave-node
    # From now on it signs at period 5 or later
    $ kes evolve app.skey --to 5
    # At which period is it?
    $ kes inspect app.skey`,
  needed: ['to'],
  work: (_session: Session, path: string, options: Options) => {
    refuseStdin(path);
    return withLockFile(path, () => evolve(path, options));
  },
};

/** Runs under the lock: no other run changes the file between reading and writing. */
function evolve(path: string, { to, leaveNode = false }: Options): Answer {
  // Refuses a symbolic link, also when nothing will be written.
  identityOfFile(path);
  using file = loadKesSigningKey(path);
  const { signingKey, layout, identity } = file;
  const { period: from, algorithm } = signingKey;
  const life = lifeOf(to, algorithm.totalPeriods);
  const name = printable(path);
  if (to >= life.totalPeriods)
    throw usage(`--to ${to}: ${name} has only the periods 0 to ${life.totalPeriods - 1}`);
  if (to < from) throw usage(`--to ${to}: ${name} is at period ${from}, and a key cannot go back`);
  if (to !== from && !leaveNode) refuseKeyOfNode(path, file);
  const isRewritten = file.nodeReading === 'misread';
  if (to !== from || isRewritten) {
    signingKey.updateTo(to);
    // A program that does not use the lock may have replaced the file. Its file is kept.
    writeKesSigningKey(path, signingKey, { layout, replace: identity });
  }
  const already = isRewritten
    ? 'it was written under the type of an evolved key'
    : 'nothing changed';
  return {
    json: { signingKeyFile: path, from, ...lifeJson(life) },
    warnings: [...warningsAfterRewriting(path, file, from), ...exchangeWarnings(path)],
    result: done(
      from === to
        ? `${name} is at period ${to} already; ${already}`
        : `${name} evolved from period ${from} to ${to}`,
    ),
    facts: [
      ['period', lifeInWords(life)],
      ...(to === 0 ? [] : [['for a node', 'unusable: the node refuses the type'] as const]),
    ],
  };
}

/** Refuses every key at period 0 under a plain type, of any layout and depth: a certificate may name it. */
function refuseKeyOfNode(path: string, { signingKey, type }: KesSigningKeyFile): void {
  if (signingKey.period > 0 || isEvolvedType(type)) return;
  throw usage(
    `${printable(path)}: this key is at period 0, and a node can use it. A node evolves its own copy, and accepts no key that was evolved in its file. kes evolve is for keys that are used by kes sign and by programs that use the evolock packages. To evolve this key, and never give it to a node, add --leave-node`,
  );
}
