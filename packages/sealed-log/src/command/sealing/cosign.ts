/** `sealed-log cosign`: the checkpoint of the last seal, with the cosignatures of witnesses. */
import { closeSync, existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Answer, Fact } from '@evolock/command-line/answer';
import type { Definition } from '@evolock/command-line/command';
import { CHECKED, ExitCode, usage } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { printable } from '@evolock/command-line/text';
import { writeDurably } from '@evolock/direct-serialise-io/files';
import { cosign, type Asked, type Cosigned } from '../../cosigning/cosign.js';
import { hashesOf, openOwnIfThere, readFully, sealsOf } from '../../files/log-file.js';
import { SealedHashes } from '../../following/sealed-hashes.js';
import { encodeBase64 } from '../../format/base64.js';
import { readVerifierKey, writeVerifierKey } from '../../format/key.js';
import { writeNote } from '../../format/note.js';
import { NoteKey } from '../../keys/note-key.js';
import { CLOCK_TOLERANCE } from '../../witness/policy.js';
import { anchoredInWords, entriesInWords, namesInWords } from '../../words/phrases.js';
import { verifierKeyOf } from '../verifying/log-options.js';
import { policyAt } from '../verifying/policies.js';
import { knownKey, placeOf } from './places.js';
import { findSeal } from './seals.js';
import { inWordsOf, KEY_FILE } from './sealing.js';

interface Options {
  readonly key?: string;
  readonly keyFile?: string;
  readonly noteKey: string;
  readonly policy: string;
  readonly out: string;
  readonly state?: string;
}

/** Milliseconds of one request, and of all: a run ends within 50 seconds whatever a witness does. */
const LIMITS = { request: 18_000, all: 42_000 };

export const cosignCommand: Definition = {
  text: `
    Asks the witnesses of a policy to cosign the checkpoint of the last seal. A witness remembers the last tree that it saw of a log, and cosigns no other history: what it cosigned is out of reach of whoever comes later. It needs the network and the key of notes, and not the key of seals. A sealer may run, and waits for nothing of this: start it every five minutes. It uses no proxy, and follows no redirect.

    <log>  the log

    --key <text|file>   the verifier key, or a file with it, on a machine that did not begin the log
    --note-key <file>   the key of notes, which is made when it is missing: no sealer may have it open
    --policy <file>     the witnesses and how many of them are enough, of the form C2SP tlog-policy; the URL of a witness is its submission prefix
    --out <file>        replace this file by the cosigned checkpoint when enough witnesses cosigned it, and FILE.chain by its chain
    --state <folder>    what is kept of each witness, instead of the folder of the note key

    # Every five minutes; verify --checkpoint audit.cosigned --policy witnesses then says what is anchored
    $ sealed-log cosign audit.log --note-key keys/note.key --policy witnesses --out audit.cosigned`,
  needed: ['noteKey', 'policy', 'out'],
  options: [KEY_FILE],
  exitCodes: [...CHECKED, ExitCode.incomplete],
  reportsInspector: true,
  work,
};

async function work(session: Session, log: string, options: Options): Promise<Answer> {
  const { key: given, keyFile, noteKey, out, state = dirname(noteKey) } = options;
  const inUse = [log, sealsOf(log), hashesOf(log), noteKey, options.policy].map((path) =>
    resolve(path),
  );
  if ([out, `${out}.chain`].some((path) => inUse.includes(resolve(path))))
    throw usage(`--out ${printable(out)}: this file is in use: choose another name`);
  const place = given === undefined ? placeOf(session, log, keyFile) : undefined;
  const first =
    place === undefined
      ? readVerifierKey(await verifierKeyOf(session, given ?? ''))
      : inWordsOf(log, () => knownKey(place, 'the verifier key with --key, or '));
  if (first === undefined) throw usage('--key: it is no verifier key');
  inWordsOf(log, () => refuseOther(out, first.origin, place?.keyFile));
  const { policy } = await policyAt(session, options.policy);
  const { seal, key, chain } = findSeal(place ?? { log }, first, undefined);
  const isNew = !existsSync(noteKey);
  const signature = await signed(noteKey, first.origin, writeNote(key, seal), (verifierKey) => {
    if (
      policy.logs.length > 0 &&
      !policy.logs.some((each) => writeVerifierKey(each) === verifierKey)
    )
      throw usage(
        `--policy ${printable(options.policy)}: it lists logs and not this one: add the line: log ${verifierKey}`,
      );
  });
  const now = Math.floor(session.context.now().getTime() / 1_000);
  using hashes = SealedHashes.open(hashesOf(log), seal.size, place?.keyFile);
  const { note, noteVerifierKey } = signature;
  const cosigned = await cosign({
    note,
    policy,
    hashes: (from) => hashes?.all(from) ?? [],
    sizeNow: () => findSeal(place ?? { log }, first, undefined).seal.size,
    folder: state,
    latest: now + CLOCK_TOLERANCE,
    limits: LIMITS,
  });
  if (cosigned.isMet) {
    // The chain comes first: a note leads nowhere without it.
    for (const [path, text] of [
      [`${out}.chain`, chain],
      [out, cosigned.note],
    ] as const)
      writeDurably(path, Buffer.from(text), { secret: false, replace: true });
  }
  const { number, size } = seal;
  return answerOf(cosigned, { log, out, number, size, isNew, noteVerifierKey });
}

/** Replaces a checkpoint of this log only. What another file begins with can be secret, and is wiped. */
function refuseOther(out: string, origin: string, keyFile: string | undefined): void {
  const start = Buffer.from(`${origin}\n`);
  const bytes = Buffer.alloc(start.byteLength);
  const opened = openOwnIfThere(out, keyFile);
  if (opened === undefined) return;
  try {
    if (readFully(opened.fd, bytes, 0) < start.byteLength || !bytes.equals(start))
      throw usage(
        `--out ${printable(out)}: this file is no checkpoint of this log, and is not replaced: choose another name`,
      );
  } finally {
    bytes.fill(0);
    closeSync(opened.fd);
  }
}

/** The note with the line of the note key, whose verifier key is looked at first. */
async function signed(
  path: string,
  origin: string,
  note: string,
  look: (verifierKey: string) => void,
): Promise<{ readonly note: string; readonly noteVerifierKey: string }> {
  const key = await NoteKey.open(path, origin);
  try {
    look(key.verifierKey);
    return { note: key.sign(note), noteVerifierKey: key.verifierKey };
  } finally {
    await key.close();
  }
}

interface Described {
  readonly log: string;
  readonly out: string;
  readonly number: number;
  readonly size: number;
  /** Whether the key of notes was made just now: no witness knows it yet. */
  readonly isNew: boolean;
  readonly noteVerifierKey: string;
}

function answerOf(
  cosigned: Cosigned,
  { log, out, number, size, isNew, noteVerifierKey }: Described,
): Answer {
  const { isMet, witnessed, asked, notJudged, dropped } = cosigned;
  const isForked = asked.some(({ outcome }) => outcome === 'another-history');
  const anchored =
    witnessed === undefined
      ? 'the policy asks for no witness'
      : `${entriesInWords(size)} ${size === 1 ? 'is' : 'are'} ${anchoredInWords(witnessed)}`;
  const unmet = `too few witnesses cosigned seal ${number}: ${printable(out)} is as it was`;
  return {
    result: [
      {
        mark: isMet ? 'good' : 'weak',
        words: `${printable(log)}: ${isMet ? anchored : unmet}`,
      },
    ],
    checks: asked.filter(({ message }) => message !== undefined).map(lineOf),
    facts: [
      ...(isNew ? newKey(noteVerifierKey) : []),
      ...(isMet ? [['chain', printable(`${out}.chain`)] as const] : []),
    ],
    warnings: [
      ...(notJudged.length > 0
        ? [`cosignatures by ML-DSA-44 of ${namesInWords(notJudged)} are kept and not judged`]
        : []),
      ...(dropped.length > 0 ? [`there was no room for ${namesInWords(dropped)}`] : []),
    ],
    json: {
      number,
      size,
      noteVerifierKey,
      isMet,
      witnessed: witnessed && { ...witnessed, root: encodeBase64(witnessed.root) },
      witnesses: asked.map((each) => ({ ...each })),
      notJudged: [...notJudged],
      dropped: [...dropped],
    },
    exitCode: isForked ? ExitCode.invalid : isMet ? ExitCode.valid : ExitCode.incomplete,
  };
}

function newKey(verifierKey: string): Fact[] {
  return [
    ['note key', verifierKey],
    ['', 'it is new: the witnesses need it, with the name of the log'],
  ];
}

function lineOf({ name, outcome, message = '', evidence }: Asked) {
  const isAlarm = outcome === 'another-history';
  const where = evidence === undefined ? '' : `: the evidence is in ${evidence}`;
  return {
    mark: isAlarm ? ('bad' as const) : ('weak' as const),
    words: printable(`${name}: ${message}${where}`),
  };
}
