/** `sealed-log prove` and `sealed-log check-proof`. */
import type { Answer, Json } from '@evolock/command-line/answer';
import type { Definition } from '@evolock/command-line/command';
import { CHECKED, ExitCode, usage } from '@evolock/command-line/errors';
import { wholeNumber } from '@evolock/command-line/option-values';
import { stdinTwice, type Session } from '@evolock/command-line/session';
import { printable, sourceName, STDIN } from '@evolock/command-line/text';
import { readVerifierKey } from '../../format/key.js';
import { native } from '../../native.js';
import { readWitnessPolicy, verifyEntryProof } from '../../verify/index.js';
import { notesOf, pathsOf, ROTATED } from './given-files.js';
import { verifierKeyOf, askLog, LOG_TERMS, type LogOptions } from './log-options.js';
import { policyAt, POLICY } from './policies.js';
import { wholeOf } from './read.js';
import { failureInWords } from '../../words/log.js';
import { fewNames } from '../../words/phrases.js';
import { proofJson } from '../../words/json.js';
import { describeProof } from '../../words/proof.js';
import { alarmOf, severityCodes } from '../../words/severity.js';

export const proveCommand: Definition = {
  text: `
    Writes the proof that one entry is in a sealed log, of the form C2SP tlog-proof. With it and the verifier key, sealed-log check-proof proves the entry without the log. Of other entries it has hashes only. The hash of an entry that can be guessed reveals it. The log is verified up to the seal that proves the entry, and not read further; other entries may be erased.

    <log...>        the files of entries, oldest first, and behind them the number of the entry, from 0
    --seal <seal>   the number of the seal that proves it: the first that covers it when absent
    --checkpoint <file>  a checkpoint whose seal proves it, as sealed-log cosign writes it: the proof has its cosignatures

    # The proof of the first entry
    $ sealed-log prove audit.log 0 --key /mnt/safe/audit.vkey > entry.proof`,
  values: { seal: wholeNumber },
  options: [{ ...LOG_TERMS, needed: ['key'] }, ROTATED],
  exitCodes: [...CHECKED, ExitCode.incomplete, ExitCode.missing],
  work: prove,
};

async function prove(
  session: Session,
  args: readonly string[],
  options: LogOptions & { readonly seal?: number; readonly checkpoint?: string },
): Promise<Answer> {
  const last = args.at(-1) ?? '';
  const logs = args.slice(0, -1);
  const entry = Number(last);
  if (logs.length === 0 || !/^\d+$/.test(last) || !Number.isSafeInteger(entry))
    throw usage('the last argument is the number of an entry, after the files of the log');
  const given = pathsOf(logs, options);
  const verifierKey = await verifierKeyOf(session, options.key, given);
  const { seal, checkpoint: file } = options;
  const checkpoint = file === undefined ? undefined : await wholeOf(session, file, MOST_NOTE_BYTES);
  const { answer, paths } = await askLog(session, verifierKey, given, options, {
    prove: { entry, seal, checkpoint },
  });
  const { proof, failure, at } = answer;
  const warnings = notesOf(paths);
  if (proof !== undefined)
    return { raw: proof.trimEnd().split('\n'), json: { entry, proof }, warnings };
  const held = at === readVerifierKey(verifierKey)?.first ? 0 : undefined;
  const isOfCheckpoint = failure === 'checkpoint';
  const isNotSealed = failure === 'not-sealed' || isOfCheckpoint || failure === undefined;
  const words = isNotSealed
    ? isOfCheckpoint
      ? `the log has no seal of --checkpoint ${sourceName(file ?? '')} over entry ${entry}`
      : `no seal covers entry ${entry}${seal === undefined ? '' : ` from seal ${seal} on`}`
    : failureInWords(failure, { at, seals: held }, { seals: sourceName(paths.seals) });
  return {
    result: [
      { mark: isNotSealed ? 'weak' : 'bad', words: `${fewNames(logs.map(sourceName))}: ${words}` },
    ],
    warnings,
    json: { entry, failure, at },
    exitCode: isNotSealed ? ExitCode.incomplete : severityCodes[alarmOf([failure]).severity],
  };
}

export const checkProofCommand: Definition = {
  text: `
    Checks the proof that an entry is in a sealed log, with its verifier key and nothing else. The entry is one line, with or without its newline.

    <proof>                the proof, - for standard input
    --key <text|file>      the verifier key, or a file with it
    --entry <file>         the entry, - for standard input
    --revoked-from <seal>  the number of the key in the oldest copy that was stolen: a proof by it or a later one is refused

    # Is this line in the log?
    $ head -1 audit.log | sealed-log check-proof entry.proof --key /mnt/safe/audit.vkey --entry -`,
  values: { revokedFrom: wholeNumber },
  needed: ['key', 'entry'],
  options: [POLICY],
  exitCodes: [...CHECKED, ExitCode.incomplete, ExitCode.missing],
  work: checkProof,
};

const MOST_NOTE_BYTES = 1 << 16;

/** A proof has a seal for each succession. */
const MOST_PROOF_BYTES = 2 ** 28;
const MOST_ENTRY_BYTES = 2 ** 30;

/** Bytes of the entry that are shown. */
const SHOWN_BYTES = 300;

async function checkProof(
  session: Session,
  file: string,
  options: {
    readonly key: string;
    readonly entry: string;
    readonly revokedFrom?: number;
    readonly policy?: string;
  },
): Promise<Answer> {
  if (file === STDIN && options.entry === STDIN) throw stdinTwice();
  const verifierKey = await verifierKeyOf(session, options.key);
  const proof = (await wholeOf(session, file, MOST_PROOF_BYTES)).toString();
  const bytes = await wholeOf(session, options.entry, MOST_ENTRY_BYTES);
  const entry = bytes.at(-1) === 0x0a ? bytes.subarray(0, -1) : bytes;
  const { revokedFrom, policy } = options;
  const given = policy === undefined ? undefined : await policyAt(session, policy);
  const verdict = verifyEntryProof({
    verifierKey,
    entry,
    proof,
    revokedFrom,
    policy: given && readWitnessPolicy(given.bytes),
    now: session.context.now(),
    cryptography: native,
  });
  const origin = readVerifierKey(verifierKey)?.origin;
  const { tone, words } = describeProof(verdict);
  const isHeld = tone !== 'bad';
  return {
    json: { ...(proofJson(verdict) as unknown as Record<string, Json>), origin },
    result: [
      { mark: tone === 'note' ? 'weak' : tone, words: `${sourceName(options.entry)}: ${words}` },
    ],
    ...(!isHeld && { exitCode: ExitCode.invalid }),
    ...(tone === 'note' && { exitCode: ExitCode.incomplete }),
    facts: isHeld
      ? [
          ['log', origin ?? ''],
          ['entry', printable(entry.subarray(0, SHOWN_BYTES).toString())],
        ]
      : [],
  };
}
