/** Sealed logs: what has to hold for a verifier, a checker of proofs, and a sealer. */
import { StdioError } from '../errors.js';
import type { SealedLogFacts, SealedLogImplementation } from '../implementation.js';
import {
  sealedLogVectors,
  type SealedLogCase,
  type SealedLogExpectation,
  type SealedLogInput,
  type SealedLogProof,
  type SealedLogVector,
} from '../sealed-logs.js';
import {
  conformanceCase,
  type ConformanceCase,
  expectBytes,
  expectSame,
  expectVerdict,
} from './case.js';

const file = 'sealed-logs.json';

/** What is expected of a verdict where an expectation does not say it. */
function defaultsOf({ result }: SealedLogExpectation): Partial<SealedLogExpectation> {
  const always = { changed: [], erased: [], expired: [], pruned: [] };
  if (result === 'invalid') return always;
  return {
    ...always,
    hashesWrong: false,
    tornEntry: false,
    unverifiedCheckpoints: 0,
  };
}

/** The verdict; `undefined` when a log is refused because an age or a retention is given without the present time. */
async function verdictOf(
  verify: NonNullable<SealedLogImplementation['verify']>,
  input: SealedLogInput,
): Promise<SealedLogFacts | undefined> {
  const { now, maxAge, retention }: { now?: unknown; maxAge?: unknown; retention?: unknown } =
    input;
  const mayRefuse = now === undefined && (maxAge !== undefined || retention !== undefined);
  try {
    return await verify(input);
  } catch (error) {
    const isLost = error instanceof StdioError && error.code !== 'ERR_EVOLOCK_STDIO_REFUSED';
    if (mayRefuse && !isLost) return undefined;
    throw error;
  }
}

function verdictCase(
  verify: NonNullable<SealedLogImplementation['verify']>,
  { name, input, expected }: SealedLogCase,
): ConformanceCase {
  const location = { file, entry: name };
  return conformanceCase('sealed log verdict', name, location, async () => {
    const verdict = await verdictOf(verify, input);
    if (verdict === undefined) return;
    const all = { ...defaultsOf(expected), ...expected };
    for (const member of Object.keys(all) as (keyof SealedLogExpectation)[])
      expectSame(location, member, verdict[member], all[member]);
  });
}

function proofCase(
  checkProof: NonNullable<SealedLogImplementation['checkProof']>,
  { of, valid, ...proof }: SealedLogProof,
  at: number,
): ConformanceCase {
  const location = { file, entry: of };
  return conformanceCase('sealed log proof', `${String(at)}: ${of}`, location, () =>
    expectVerdict(location, 'the proof', checkProof(proof), valid),
  );
}

function makingCase(
  makeLog: NonNullable<SealedLogImplementation['makeLog']>,
  log: SealedLogVector,
): ConformanceCase {
  const location = { file, entry: log.name };
  return conformanceCase('sealed log making', log.name, location, async () => {
    const { origin, verifierKey, depths, seeds, cuts, entries } = log;
    const made = await makeLog({ origin, verifierKey, depths, seeds, cuts, entries });
    await expectBytes(location, 'file', made.seals, log.seals, 'the file of seals');
    await expectBytes(location, 'file', made.hashes, log.hashes, 'the file of hashes');
    const asBytes = (notes: readonly string[]) => new TextEncoder().encode(notes.join('\n'));
    const notes = asBytes(made.notes);
    await expectBytes(location, 'file', notes, asBytes(log.notes), 'the file of checkpoints');
  });
}

/** Verdicts and proofs of single entries are right, and logs come out byte for byte. */
export function sealedLogCases(implementation: SealedLogImplementation): ConformanceCase[] {
  const { logs, cases, proofs } = sealedLogVectors();
  const verify = implementation.verify?.bind(implementation);
  const checkProof = implementation.checkProof?.bind(implementation);
  const makeLog = implementation.makeLog?.bind(implementation);
  return [
    ...(verify === undefined ? [] : cases.map((one) => verdictCase(verify, one))),
    ...(checkProof === undefined
      ? []
      : proofs.map((proof, at) => proofCase(checkProof, proof, at))),
    ...(makeLog === undefined ? [] : logs.map((log) => makingCase(makeLog, log))),
  ];
}
