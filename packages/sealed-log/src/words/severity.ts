/**
 * How serious a verdict on a log is, for whoever is on call. This is the one table of results, reasons and exit codes: commands and
 * pages use it, and a test holds the verifier in Python to it.
 */
import type { SealedLogFailure, SealedLogReason } from '../verify/index.js';

/** The worst first, each with its exit code. */
const SEVERITIES = [
  ['changed', 1],
  ['missing', 5],
  ['unproved', 4],
  ['refused', 3],
  ['usage', 2],
  ['none', 0],
] as const;

/**
 * How serious a verdict is. `changed`: what is here is not what was sealed. `missing`: seals, entries or files are not here.
 * `unproved`: not everything could be judged. `refused`: the system refused, and nothing was judged. `usage`: nothing was judged,
 * since what was asked is of no form. `none`: the log is valid.
 */
export type Severity = (typeof SEVERITIES)[number][0];

/** The exit code of each severity. */
export const severityCodes = Object.fromEntries(SEVERITIES) as Readonly<Record<Severity, number>>;

/** The most serious of several; `none` of none. */
export function worstOf(severities: readonly Severity[]): Severity {
  return SEVERITIES.map(([each]) => each).find((each) => severities.includes(each)) ?? 'none';
}

/** The severity of an exit code. A code of no severity is that of a program that broke. */
export function severityOfCode(exitCode: number): Severity {
  return SEVERITIES.find(([, each]) => each === exitCode)?.[0] ?? 'refused';
}

const OF_FAILURE: Readonly<Record<SealedLogFailure, Severity>> = {
  key: 'usage',
  form: 'changed',
  number: 'changed',
  successor: 'changed',
  signature: 'changed',
  time: 'changed',
  size: 'changed',
  entries: 'changed',
  fork: 'changed',
  'missing-entries': 'missing',
  'no-seal': 'missing',
};

const MISSING: ReadonlySet<string> = new Set<SealedLogReason>([
  'behind-checkpoint',
  'ended',
  'not-ended',
  'pruned',
  'too-old',
]);

/** The severity of a failure or of a reason. */
function severityOfCause(cause: string): Severity {
  const ofFailure: Readonly<Record<string, Severity>> = OF_FAILURE;
  return ofFailure[cause] ?? (MISSING.has(cause) ? 'missing' : 'unproved');
}

/** What a verdict means to whoever is on call: plain data. All words are phrases, without a capital letter and a full stop. */
export interface Alarm {
  /** What it can be, and what is to be done. */
  readonly says: string;
  readonly lookAt: string;
  /** A command that shows more. `LOG` and `KEY` stand for names that are not known. */
  readonly command: string;
}

const SAYS: Readonly<Record<Exclude<Severity, 'none' | 'refused'>, string>> = {
  changed:
    'what is here is not what was sealed: somebody changed or forged it, unless files are missing or of another log; keep all files as they are',
  missing:
    'something is not here, and no change is known: no sealer runs, files were not given or fetched, or somebody cut them off',
  unproved: 'nothing is known to be changed or missing, and not everything is proved',
  usage: 'nothing was judged',
};

type Shown = readonly [lookAt: string, command: (files: readonly string[]) => string];

/** The files have other names on the machine that seals. */
const status = () => 'sealed-log status LOG';
const verify = (files: readonly string[]) =>
  `sealed-log verify ${files.join(' ') || 'LOG'} --key KEY --json`;

/** Entries that do not fit, of which nothing shows that they were changed. */
const OPEN: Alarm['says'] =
  'the entries do not fit the seals, and nothing shows that one was changed: files are missing, or of another log, or somebody removed them; keep all files as they are';

/** What is looked at for a severity, and for some causes instead of it: the first of these. */
const LOOK_AT: ReadonlyMap<string, Shown> = new Map(
  Object.entries<Shown>({
    changed: ['what differs, and who was on the machine', verify],
    missing: [
      'on the machine that seals: whether its sealer runs, and whether all files are there',
      status,
    ],
    unproved: ['on the machine that seals: whether its sealer runs', status],
    usage: ['the verifier key', verify],
    fork: ['the two contents of the seal, and where the checkpoint comes from', verify],
    'behind-checkpoint': [
      'whether the files are an old copy: on the machine that seals, what its last seal is',
      status,
    ],
    ended: ['on the machine that seals: who ended the log, and whether that was meant', status],
    pruned: ['who removed files, and by which rule', verify],
    revoked: ['the log that takes the place of this one', verify],
    'erased-beyond': ['the list of accepted erasures', verify],
    'unverified-checkpoint': [
      'whether the checkpoint is of this log, with its chain beside it',
      verify,
    ],
    'not-witnessed': ['what the witnesses answer', verify],
    'end-unproved': ['the age of the last seal: --max-age judges it', verify],
  }),
);

/** The files of a log, and what they show. */
interface FoundFiles {
  readonly files?: readonly string[] | undefined;
  /** Whether nothing shows that an entry was changed, though entries do not fit. */
  readonly isOpen?: boolean;
}

/** The severity of a verdict by its failures and reasons, and what it means; without an alarm when there are none. */
export function alarmOf(
  causes: readonly string[],
  { files = [], isOpen = false }: FoundFiles = {},
): { readonly severity: Severity; readonly alarm: Alarm | undefined } {
  const severity = worstOf(causes.map(severityOfCause));
  if (severity === 'none' || severity === 'refused') return { severity, alarm: undefined };
  const worst = causes.filter((cause) => severityOfCause(cause) === severity);
  const cause = [...LOOK_AT.keys()].find((each) => worst.includes(each)) ?? severity;
  const [lookAt, command] = LOOK_AT.get(cause) ?? ['', verify];
  // A shell would split other names.
  const names = files.every((file) => /^[\w@%+=:,./-]+$/.test(file)) ? files : [];
  const says = isOpen ? OPEN : SAYS[severity];
  return { severity, alarm: { says, lookAt, command: command(names) } };
}
