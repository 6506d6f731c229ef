// The verifier in Python, which was written from the page alone, judges as the library does.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import type { Ended } from '@evolock/command-testing/run';
import { newStage } from '@evolock/command-testing/transcript';
import { ed25519Vectors, sealedLogVectors, type SealedLogProof } from '@evolock/test-vectors';
import { expect, onTestFinished, test } from 'vitest';
import { native } from '../../src/native.js';
import {
  verifyEntryProof,
  verifySealedLog,
  type SealedLogVerdict,
} from '../../src/verify/index.js';
import { sealedLog } from '../command/sealed-log.js';
import { damagedLogs } from '../support/damaged-log.js';
import { judgedCases } from '../support/made-log.js';
import { START, writeLog } from '../support/written-log.js';

const hasPython = spawnSync('python3', ['--version']).status === 0;
const missing = hasPython ? '' : ' (skipped: there is no command python3)';

const judge = fileURLToPath(new URL('judge.py', import.meta.url));
const verifier = fileURLToPath(
  new URL('../../../../verifiers/python/verify_sealed_log.py', import.meta.url),
);

test.skipIf(!hasPython)(`it has no syntax later than that of Python 3.9${missing}`, () => {
  const parse = 'import ast, sys; ast.parse(open(sys.argv[1]).read(), feature_version=(3, 9))';
  const parsed = (path: string) => spawnSync('python3', ['-c', parse, path], { encoding: 'utf8' });
  const { status, stderr } = parsed(verifier);
  expect(stderr).toBe('');
  expect(status).toBe(0);
  const { folder } = newStage('/tmp/sealed-log-', new Date());
  writeFileSync(`${folder}/later.py`, 'match 1:\n    case 1: pass\n');
  expect(parsed(`${folder}/later.py`).status).toBe(1);
});

/** What verifiers in Python answer to lines of JSON. */
function answers(asked: readonly object[], path = verifier): unknown[] {
  const input = asked.map((one) => `${JSON.stringify(one)}\n`).join('');
  const { stdout, stderr } = spawnSync('python3', [judge, path], {
    input,
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (stderr !== '') throw new Error(stderr);
  const lines = stdout.trim().split('\n');
  return lines.map((line) => JSON.parse(line) as unknown);
}

const base64 = (bytes: Uint8Array | string) => Buffer.from(bytes as string).toString('base64');

interface Given {
  readonly files: readonly Uint8Array[];
  readonly seals: Uint8Array;
  readonly hashes?: Uint8Array;
  readonly now?: Date | undefined;
  readonly checkpoints?: readonly {
    readonly note: string | Uint8Array;
    readonly chain?: string;
  }[];
}

function askedOf({ files, seals, hashes, checkpoints = [], now, ...options }: Given): object {
  return {
    ...options,
    now: now && now.getTime() / 1000,
    kind: 'log',
    files: files.map(base64),
    seals: base64(seals),
    hashes: hashes && base64(hashes),
    checkpoints: checkpoints.map(({ note, chain }) => ({
      note: base64(note),
      chain: base64(chain ?? ''),
    })),
  };
}

/** What the verifier in Python says of a log. */
const FACTS = [
  'result',
  'reasons',
  'failure',
  'at',
  'seals',
  'sealedEntries',
  'unsealedEntries',
  'lastTime',
  'ended',
  'tornEntry',
  'hashesWrong',
  'unverifiedCheckpoints',
  'changed',
  'changedEntries',
  'erased',
  'erasedEntries',
  'expired',
  'expiredEntries',
  'pruned',
  'prunedEntries',
] as const;

function factsOf(verdict: SealedLogVerdict): unknown {
  const facts = FACTS.map((name) => [name, verdict[name]]);
  return JSON.parse(JSON.stringify(Object.fromEntries(facts)));
}

/** A log with a checkpoint that does not count, behind the others. */
function withMore({ input }: (typeof judgedCases)[number]): (typeof judgedCases)[number]['input'] {
  return { ...input, checkpoints: [...input.checkpoints!, { note: 'none' }] };
}

/** A proof with a number of hashes. */
function ofHashes(one: SealedLogProof, count: number): SealedLogProof {
  const hash = `${base64(new Uint8Array(32))}\n`;
  const proof = one.proof.replace(/(?<=\nindex .*\n)(?:.+\n)*/, hash.repeat(count));
  return { ...one, proof };
}

test.skipIf(!hasPython)(`every verdict and every proof of the vectors${missing}`, async () => {
  const { proofs: shipped } = sealedLogVectors();
  // No tree has a path of more than 53 hashes.
  const proofs = [...shipped, ...[53, 54].map((count) => ofHashes(shipped[0]!, count))];
  const forks = judgedCases.filter(({ expected }) => expected.failure === 'fork');
  const inputs = [...judgedCases.map(({ input }) => input), ...forks.map(withMore)];
  const verdicts: unknown[] = [];
  for (const input of inputs)
    verdicts.push(factsOf(await verifySealedLog({ ...input, cryptography: native })));
  expect(answers(inputs.map(askedOf))).toEqual(verdicts);
  const asked = proofs.map((one) => ({
    ...one,
    kind: 'proof',
    entry: base64(one.entry),
    proof: base64(one.proof),
  }));
  expect(answers(asked)).toEqual(
    proofs.map(({ verifierKey, entry, proof, revokedFrom }) => {
      const verdict = verifyEntryProof({ verifierKey, entry, proof, revokedFrom });
      const { failure, index, seal, time } = verdict;
      return failure === undefined ? { index, seal, time } : { failure };
    }),
  );
});

test.skipIf(!hasPython)(`every signature of Ed25519${missing}`, () => {
  const { positives, negatives } = ed25519Vectors();
  const whole = negatives.filter(
    ({ verificationKey, signature }) => verificationKey.length === 32 && signature.length === 64,
  );
  const asked = [...positives, ...whole].map(({ verificationKey, message, signature }) => ({
    kind: 'ed25519',
    parts: [verificationKey, message, signature].map(base64),
  }));
  expect(answers(asked)).toEqual([...positives.map(() => true), ...whole.map(() => false)]);
});

/** Mistakes of one line, and a case that shows each. */
const mistakes: readonly (readonly [right: string, wrong: string, name: string])[] = [
  ['root == key.root', 'True', "a stranger's key, same origin"],
  ['    check_ed25519(leaf,', '    0 and check_ed25519(leaf,', 'a changed time'],
  ['not has_small_order(a)', 'True', 'a leaf key of small order'],
  [' and not has_small_order(r), "signature")', ', "signature")', 'an R of small order'],
  ['len(ours) == 1 and', 'ours and', 'two lines of ours in a note'],
  ['len(data) <= 65_536', 'len(data) <= 65_537', 'a note of 65537 bytes'],
  ['now + 300', 'now + 301', '301 seconds after now'],
  ['.last.time < now - max_age', '.last.time <= now - max_age', 'exactly at now - maxAge'],
  ['before.size <= seal.size', 'True', 'signed: size falls'],
  ['before.time <= seal.time', 'True', 'signed: time falls'],
  ['and not has_ended, "number"', ', "number"', 'a seal after the end'],
  ['entry.strip(b" ")', 'entry.strip()', 'a tab among the spaces, accepted'],
  ['self.number >= self.revoked_from', 'self.number > self.revoked_from', 'revoked from within'],
  [
    '[*self.keys, last_key]',
    'self.keys',
    'cut before a succession, checkpoint with its successions',
  ],
];

test.skipIf(!hasPython)(`a case shows each of some mistakes${missing}`, () => {
  const { folder } = newStage('/tmp/sealed-log-', new Date());
  const source = readFileSync(verifier, 'utf8');
  for (const [right, wrong, name] of mistakes) {
    expect(source.split(right)).toHaveLength(2);
    const path = `${folder}/mistaken.py`;
    writeFileSync(path, source.replace(right, wrong));
    const { input } = judgedCases.find((one) => one.name === name)!;
    expect(answers([askedOf(input)], path), name).not.toEqual(answers([askedOf(input)]));
  }
});

/** Logs of the test; more by hand. */
const COUNT = Number(process.env['EVOLOCK_PYTHON_LOGS'] ?? 300);

test.skipIf(!hasPython)(`damaged logs get the verdicts of the library${missing}`, async () => {
  let left = COUNT;
  while (left > 0) {
    const logs = fc.sample(damagedLogs, Math.min(left, 500));
    left -= logs.length;
    const verdicts: unknown[] = [];
    for (const log of logs)
      verdicts.push(factsOf(await verifySealedLog({ ...log, cryptography: native })));
    answers(logs.map(askedOf)).forEach((answer, index) => {
      expect(answer, JSON.stringify(logs[index])).toEqual(verdicts[index]);
    });
  }
});

const key = '--key safe/audit.log.vkey';

/** What is done to a log of six seals, the arguments of both programs, and the exit code. */
const table: readonly (readonly [change: string, args: string, code: number])[] = [
  ['', `audit.log ${key}`, 0],
  ['', `audit.log ${key} --seals audit.log.seals --must-go-on`, 0],
  ['echo new >> audit.log', `audit.log ${key}`, 0],
  ['printf torn >> audit.log', `audit.log ${key} --max-age none`, 4],
  ['printf torn >> audit.log.seals', `audit.log ${key} --max-age none`, 4],
  ['echo new >> audit.log', `audit.log ${key} --max-age none`, 4],
  ['', `audit.log ${key} --ended`, 5],
  ['', `job.log --key safe/job.log.vkey --ended`, 0],
  ['', `job.log --key safe/job.log.vkey --must-go-on`, 5],
  // Changes. With hashes the command tells the lines.
  ["rm *.hashes && sed -i '134s/eve/bob/' audit.log", `audit.log ${key}`, 1],
  ['rm *.hashes && sed -i 134d audit.log', `audit.log ${key}`, 1],
  ["rm *.hashes && sed -i '1i new' audit.log", `audit.log ${key}`, 1],
  ['rm *.hashes && : > audit.log', `audit.log ${key}`, 5],
  [
    'rm *.hashes && head -n 590 audit.log > audit.log.1',
    `audit.log.1 ${key} --seals audit.log.seals`,
    5,
  ],
  // Seals.
  [': > audit.log.seals', `audit.log ${key}`, 5],
  ['rm audit.log.seals', `audit.log ${key}`, 5],
  ["sed -i '4s/^3 /4 /' audit.log.seals", `audit.log ${key}`, 1],
  ["sed -i '4s/^3 /4 /' audit.log.seals", `audit.log ${key} --revoked-from 3`, 4],
  ['sed -i 4d audit.log.seals', `audit.log ${key}`, 1],
  ["sed -i '3s/ 1798761720 / 1798761721 /' audit.log.seals", `audit.log ${key}`, 1],
  ["sed -i '3s/.*/no seal/' audit.log.seals", `audit.log ${key}`, 1],
  ["sed -i '2s/ [^ ]*$//' audit.log.seals", `audit.log ${key}`, 1],
  [
    'sed -i 4q audit.log.seals && head -n 400 audit.log > cut && mv cut audit.log',
    `audit.log ${key}`,
    0,
  ],
  ['sed -i 4q audit.log.seals', `audit.log ${key} --max-age 90s`, 5],
  // Keys.
  ['', 'audit.log --key safe/job.log.vkey', 1],
  ['', 'audit.log --key safe/missing', 2],
  ['', 'audit.log --key safe/audit.log.0', 2],
  ['cp safe/audit.log.vkey vkey', 'audit.log --key vkey', 2],
  ['', 'audit.log', 2],
  // Entries that are gone.
  ["sed -i '150,160s/./ /g' audit.log", `audit.log ${key} --erased 149-160`, 0],
  ['', `audit.log ${key} --erased 149-160`, 0],
  ['', `audit.log ${key} --erased 149-700`, 4],
  [
    "sed -i '150s/./ /g;450s/eve/bob/' audit.log && rm *.hashes",
    `audit.log ${key} --erased 149-150`,
    1,
  ],
  ['sed -i 1,300d audit.log', `audit.log ${key} --first-entry 300 --retention 1m`, 0],
  ['sed -i 1,300d audit.log', `audit.log ${key} --first-entry 300`, 5],
  ['sed -i 1,599d audit.log', `audit.log ${key} --first-entry 599 --erased 0-599`, 0],
  // Checkpoints.
  ['', `audit.log ${key} --checkpoint safe/audit.log.5`, 0],
  ['sed -i 4q audit.log.seals', `audit.log ${key} --checkpoint safe/audit.log.5`, 5],
  ['', `audit.log ${key} --checkpoint safe/job.log.1 --checkpoint safe/audit.log.1`, 4],
  ['cp other/safe/audit.log.3* safe', `audit.log ${key} --checkpoint safe/audit.log.3`, 1],
  ['cp other/safe/audit.log.1 safe', `audit.log ${key} --checkpoint safe/audit.log.1`, 1],
  ['', `audit.log ${key} --revoked-from 4`, 4],
  ['', `audit.log ${key} --revoked-from 0`, 5],
  // Files.
  [
    'head -n 250 audit.log > audit.log.1 && sed -i 1,250d audit.log && gzip audit.log.1',
    `audit.log.1.gz audit.log ${key}`,
    0,
  ],
  [
    'split -l 20 -d audit.log part. && : > audit.log',
    `${Array.from({ length: 30 }, (_, at) => `part.${String(at).padStart(2, '0')}`).join(' ')} audit.log ${key}`,
    0,
  ],
  [
    'gzip audit.log && truncate -s -9 audit.log.gz',
    `audit.log.gz ${key} --seals audit.log.seals`,
    3,
  ],
  ['', `missing.log ${key} --seals audit.log.seals`, 5],
  ["mv audit.log '\u202eaudit'", `\u202eaudit ${key} --seals audit.log.seals`, 0],
  ['rm audit.log.seals && mkfifo audit.log.seals', `audit.log ${key}`, 3],
  ['rm audit.log && mkfifo audit.log', `audit.log ${key}`, 3],
  ['xz -k audit.log', `audit.log.xz ${key} --seals audit.log.seals`, 2],
];

const acceptedRange = (range: string) => `--erased ${range.replace('-', ' ')}`;

/** The verifier in Python takes seconds, and the two ends of a range of entries. */
function inPython(args: string): string {
  return args
    .replace('--max-age none', '--no-max-age')
    .replace(/--erased (\S+)/, (_, ranges: string) =>
      ranges.split(',').map(acceptedRange).join(' '),
    )
    .replace(/ (\d+)s$/, ' $1')
    .replace(/ (\d+)m$/, (_, minutes: string) => ` ${60 * Number(minutes)}`);
}

test.skipIf(!hasPython)(`the first line and the exit code of the command${missing}`, async () => {
  const { folder, now } = newStage('/tmp/sealed-log-', new Date((START + 310) * 1000));
  for (const [user, at] of [
    ['eve', folder],
    ['bob', `${folder}/other`],
  ] as const) {
    mkdirSync(at, { recursive: true });
    process.chdir(at);
    writeLog('audit.log', 6, 0, user);
    writeLog('job.log', 3, 2, user);
  }
  process.chdir(folder);
  const expected = [];
  const asked = [];
  for (const [index, [change, args, code]] of table.entries()) {
    const cwd = `${folder}-${index}`;
    onTestFinished(() => rmSync(cwd, { recursive: true }));
    cpSync(folder, cwd, { recursive: true });
    expect(spawnSync('sh', ['-c', change], { cwd }).status, change).toBe(0);
    const words = args.split(' ');
    const ended = await sealedLog(['verify', ...words], { cwd, now });
    expect(ended.code, `${change}: ${args}\n${ended.stderr}`).toBe(code);
    const [line] = ended.stdout.split('\n', 1);
    expected.push({ change, args, code, line });
    const given = inPython(args).split(' ');
    asked.push({ kind: 'run', folder: cwd, now: now.getTime() / 1000, arguments: given });
  }
  const found = (answers(asked) as Ended[]).map(({ code, stdout: text }, index) => {
    const [change, args] = table[index]!;
    return { change, args, code, line: text.split('\n', 1)[0] };
  });
  expect(found).toEqual(expected);
});

type DamagedLog = (typeof damagedLogs extends fc.Arbitrary<infer Log> ? Log : never) & {
  readonly retention?: number;
};

/** Writes a damaged log, and returns the arguments of the command for it. */
function filed(log: DamagedLog, folder: string): string {
  mkdirSync(`${folder}/safe`, { recursive: true });
  const names = log.files.map((_, at) => (at + 1 < log.files.length ? `log.${at}` : 'log'));
  names.forEach((name, at) => writeFileSync(`${folder}/${name}`, log.files[at]!));
  writeFileSync(`${folder}/log.seals`, log.seals);
  if (log.hashes !== undefined) writeFileSync(`${folder}/log.hashes`, log.hashes);
  const [checkpoint] = log.checkpoints;
  writeFileSync(`${folder}/safe/note`, checkpoint!.note);
  writeFileSync(`${folder}/safe/note.chain`, checkpoint!.chain);
  writeFileSync(`${folder}/safe/key`, log.verifierKey);
  return [
    ...[...names, '--key safe/key --checkpoint safe/note'],
    // Of an option that stands twice, the command takes the last one.
    ...(log.erased.length === 0
      ? []
      : [`--erased ${log.erased.map((range) => range.join('-')).join(',')}`]),
    ...(log.firstEntry === 0 ? [] : [`--first-entry ${log.firstEntry}`]),
    ...(log.revokedFrom === undefined ? [] : [`--revoked-from ${log.revokedFrom}`]),
    ...(log.mustEnd ? ['--ended'] : []),
    ...(log.retention === undefined ? [] : [`--retention ${log.retention + 1}s`]),
  ].join(' ');
}

test.skipIf(!hasPython)(
  `of 200 damaged logs too, but where lines or fewer files are named${missing}`,
  async () => {
    const { folder } = newStage('/tmp/sealed-log-', new Date());
    const logs = fc.sample(damagedLogs, 200) as DamagedLog[];
    const expected: Ended[] = [];
    const asked = [];
    for (const [index, log] of logs.entries()) {
      const cwd = `${folder}/${index}`;
      const args = filed(log, cwd);
      const now = log.now ?? new Date(1_795_000_020_000);
      expected.push(await sealedLog(['verify', ...args.split(' ')], { cwd, now }));
      const given = inPython(args).split(' ');
      asked.push({ kind: 'run', folder: cwd, now: now.getTime() / 1000, arguments: given });
    }
    let compared = 0;
    (answers(asked) as Ended[]).forEach(({ code, stdout }, index) => {
      const ours = expected[index]!;
      const { hashes, files } = logs[index]!;
      // The command leaves out copies and files from before the log, and with hashes it names the lines.
      const isLess = code !== 2 && ours.stdout.split(':')[0]!.split(' ').length < files.length + 1;
      if (isLess) return;
      expect(code, `${ours.stderr}${ours.stdout}`).toBe(ours.code);
      const [line] = stdout.split('\n', 1);
      if (hashes !== undefined && /do not fit|covers more/.test(line!)) return;
      expect(line).toBe(ours.stdout.split('\n', 1)[0]);
      compared += 1;
    });
    expect(compared).toBeGreaterThan(100);
  },
);

test.skipIf(!hasPython)(`with hashes it numbers the entries that were changed${missing}`, () => {
  const { folder, now } = newStage('/tmp/sealed-log-', new Date((START + 310) * 1000));
  writeLog('audit.log', 6);
  const changed = spawnSync('sed', ['-i', '134s/eve/bob/;200,201s/eve/bob/', 'audit.log']);
  expect(changed.status).toBe(0);
  const given = { kind: 'run', folder, now: now.getTime() / 1000 };
  const [ended] = answers([{ ...given, arguments: `audit.log ${key}`.split(' ') }]) as Ended[];
  const [first, ...others] = ended!.stdout.trim().split('\n');
  expect(first).toContain('entries from entry 100 on do not fit seal 1');
  expect(others).toEqual(['! changed: 133 to 133', '! changed: 199 to 200']);
  expect(ended!.code).toBe(1);
});

test.skipIf(!hasPython)(`what it lacks is refused by its name${missing}`, () => {
  const options = ['--policy', '--resume', '--rotated', '--hashes', '--threads', '--json'];
  const asked = options.map((option) => ({
    kind: 'run',
    folder: '.',
    now: 0,
    arguments: ['audit.log', '--key', 'any', option, 'x'],
  }));
  (answers(asked) as Ended[]).forEach(({ code, stderr }, index) => {
    expect(code).toBe(2);
    expect(stderr).toContain(options[index]);
  });
});
