/** Sealed logs: what has to hold for a verifier, a checker of proofs, and a sealer. */
import { checkObject, type Awaitable } from '../implementation.js';
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

/** What makes a log. */
export type SealedLogPlan = Pick<
  SealedLogVector,
  'origin' | 'verifierKey' | 'depths' | 'seeds' | 'cuts' | 'entries'
>;

/** What a sealer makes of a plan. */
export type MadeSealedLog = Pick<SealedLogVector, 'seals' | 'hashes' | 'notes'>;

/** A verdict, of which the members of an expectation are compared. */
export type SealedLogFacts = Readonly<Partial<Record<keyof SealedLogExpectation, unknown>>>;

/** An implementation of sealed logs. A part that is absent has no cases. */
export interface SealedLogImplementation {
  /** The verdict on a log. It may throw for an age or a retention without the present time. */
  verify?(input: SealedLogInput): Awaitable<SealedLogFacts>;
  /** Whether a proof of one entry holds. */
  checkProof?(proof: Omit<SealedLogProof, 'of' | 'valid'>): Awaitable<boolean>;
  /** Makes the seals, hashes and checkpoints of a log, whose first number is that of its verifier key. */
  makeLog?(plan: SealedLogPlan): Awaitable<MadeSealedLog>;
}

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
    if (mayRefuse) return undefined;
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
    expectSame(location, 'the checkpoints', made.notes, log.notes);
  });
}

/**
 * The cases of sealed logs for an implementation, for any test framework: verdicts, proofs of single entries, and logs that
 * come out byte for byte.
 */
export function sealedLogCases(implementation: SealedLogImplementation): ConformanceCase[] {
  checkObject('implementation', implementation);
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
