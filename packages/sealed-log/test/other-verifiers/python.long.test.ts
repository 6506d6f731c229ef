// The verifier in Python, which was written from the page alone, judges as the library does.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sealedLogVectors } from '@evolock/test-vectors';
import { native } from '../../src/native.js';
import {
  verifyEntryProof,
  verifySealedLog,
  type SealedLogVerdict,
} from '../../src/verify/index.js';
import { damagedLogs } from '../support/damaged-log.js';
import { judgedCases } from '../support/made-log.js';

const hasPython = spawnSync('python3', ['--version']).status === 0;
const missing = hasPython ? '' : ' (skipped: there is no command python3)';

const judge = fileURLToPath(new URL('judge.py', import.meta.url));
const verifier = fileURLToPath(
  new URL('../../../../verifiers/python/verify_sealed_log.py', import.meta.url),
);

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
  readonly checkpoints?: readonly {
    readonly note: string | Uint8Array;
    readonly chain?: string;
  }[];
}

function askedOf({ files, seals, hashes, checkpoints = [], ...options }: Given): object {
  return {
    ...options,
    kind: 'log',
    files: files.map(base64),
    seals: base64(seals),
    hashes: hashes && base64(hashes),
    checkpoints: checkpoints.map(({ note, chain }) => ({
      note: base64(note),
      chain: chain === undefined ? null : base64(chain),
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

test.skipIf(!hasPython)(`every verdict and every proof of the vectors${missing}`, async () => {
  const { proofs } = sealedLogVectors();
  const verdicts: unknown[] = [];
  for (const { input } of judgedCases)
    verdicts.push(factsOf(await verifySealedLog({ ...input, cryptography: native })));
  expect(answers(judgedCases.map(({ input }) => askedOf(input)))).toEqual(verdicts);
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
