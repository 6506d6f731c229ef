/** The commands about the staged and the installed key. */
import { hexOf } from '@evolock/cardano-headers';
import { writeVerificationKey } from '@evolock/cardano-kes';
import { sum6Kes } from '@evolock/kes-sum';
import { type Answer, done } from '@evolock/command-line/answer';
import type { Definition, Terms } from '@evolock/command-line/command';
import { CommandError, invalid, usage } from '@evolock/command-line/errors';
import { complaintOf } from '../../errors.js';
import type { Session } from '@evolock/command-line/session';
import { printable, shellWord } from '@evolock/command-line/text';
import { refuseDash } from '../../files/read.js';
import { refuseExisting } from '../../files/write.js';
import { verificationKeyType } from '../../files/key-files.js';
import { AgentControl, CONTROL, type ControlFlags } from './agent-control.js';

const KEY_FILE: Terms = {
  text: `
    --out <file>  the file for the verification key
    --force       replace an existing KES verification key`,
  aliases: { '--kes-verification-key-file <file>': 'out' },
};

export const generateCommand: Definition = {
  text: `
    Lets the agent generate a key in its locked memory. The key is staged: it waits for its certificate (kes agent install-key), and the agent continues to use the installed one. The verification key is written to a file for the machine with the cold key. A staged key is not replaced without --replace-staged, and no file without --force.

    --replace-staged  replace a staged key: a certificate for it is useless then

    # Stage a key and write its verification key
    $ kes agent gen-staged-key --control /run/kes-agent/control.socket --out kes.vkey`,
  options: [CONTROL, KEY_FILE],
  work: generateStagedKey,
};

export const exportCommand: Definition = {
  text: `
    # The file for the machine with the cold key
    $ kes agent export-staged-vkey --control /run/kes-agent/control.socket --out kes.vkey`,
  options: [CONTROL, KEY_FILE],
  work: exportStagedKey,
};

export const dropStagedCommand: Definition = {
  text: `
    Lets the agent wipe the staged key. A certificate for it is useless then. The installed key stays.

    # Drop it
    $ kes agent drop-staged-key --control /run/kes-agent/control.socket`,
  options: [CONTROL],
  work: (session: Session, flags: ControlFlags) => drop(session, flags, 'staged'),
};

export const dropCommand: Definition = {
  text: `
    Lets the agent wipe the installed key, and tell all connected nodes and agents to drop it. A node without a key makes no blocks.

    # Drop it
    $ kes agent drop-key --control /run/kes-agent/control.socket`,
  options: [CONTROL],
  work: (session: Session, flags: ControlFlags) => drop(session, flags, 'installed'),
};

interface KeyFileFlags extends ControlFlags {
  readonly out?: string;
  readonly force?: boolean;
  readonly replaceStaged?: boolean;
}

/** The staged key comes first: an error about the file advises --force. */
async function generateStagedKey(session: Session, flags: KeyFileFlags): Promise<Answer> {
  const { force = false, replaceStaged = false } = flags;
  const out = outOf(flags);
  const agent = AgentControl.of(session, flags);
  const { staged } = await agent.ask((client) => client.info());
  const exporting = `kes agent export-staged-vkey --control ${shellWord(agent.path)} --out ${shellWord(out)}`;
  if (staged !== undefined && !replaceStaged) {
    throw usage(
      `a key is staged already (${hexOf(staged)}): write it with ${exporting}, or replace it with --replace-staged, after which a certificate for it is useless`,
    );
  }
  refuseExisting(out, force, 'kes-verification-key');
  const key = await agent.ask((client) => client.generate());
  const replaced = staged === undefined ? '' : `; it replaces ${hexOf(staged)}`;
  try {
    return keyFile(out, key, force, `the agent staged a new key${replaced}`);
  } catch (cause) {
    const { code, message } = complaintOf(cause);
    const words = `${message}. The key is staged: write it with ${exporting}`;
    throw new CommandError('environment', words, { code, cause });
  }
}

async function exportStagedKey(session: Session, flags: KeyFileFlags): Promise<Answer> {
  const { force = false } = flags;
  const out = outOf(flags);
  const agent = AgentControl.of(session, flags);
  const key = await agent.ask((client) => client.exportStaged());
  if (key === undefined) {
    const making = `kes agent gen-staged-key --control ${shellWord(agent.path)} --out ${shellWord(out)}`;
    throw nothingStaged(`make one: ${making}`);
  }
  refuseExisting(out, force, 'kes-verification-key');
  return keyFile(out, key, force, 'this key is staged');
}

async function drop(
  session: Session,
  flags: ControlFlags,
  which: 'staged' | 'installed',
): Promise<Answer> {
  const agent = AgentControl.of(session, flags);
  const { staged, installed } = await agent.ask((client) => client.info());
  const key = which === 'staged' ? staged : installed?.verificationKey;
  if (which === 'staged' && key === undefined) throw nothingStaged('nothing was dropped');
  await agent.ask((client) => (which === 'staged' ? client.dropStaged() : client.drop()));
  const hex = key === undefined ? null : hexOf(key);
  return {
    json: { dropped: which, kesVerificationKey: hex },
    result: done(`the agent dropped the ${which} key, and wiped it`),
    facts: hex === null ? [] : [['', hex]],
  };
}

function outOf({ out }: KeyFileFlags): string {
  if (out === undefined) {
    throw usage('name the file for the verification key: --out <file>');
  }
  refuseDash('--out', out, 'the key is written to a file: give a name');
  return out;
}

function nothingStaged(more: string): CommandError {
  return invalid(`the agent has no staged key: ${more}`);
}

/** Writes the file of a staged key. After an error the key stays staged, and can be exported again. */
function keyFile(out: string, key: Uint8Array, replace: boolean, words: string): Answer {
  writeVerificationKey('kes', out, key, { replace, type: verificationKeyType(sum6Kes) });
  const hex = hexOf(key);
  return {
    json: { kesVerificationKey: hex, verificationKeyFile: out },
    result: done(words),
    facts: [
      ['verification key', printable(out)],
      ['', hex],
    ],
  };
}
