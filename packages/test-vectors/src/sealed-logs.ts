/** The vectors of sealed logs, decoded. */
import { readFileSync } from 'node:fs';

/** A sealed log, and all that makes it again. */
export interface SealedLogVector {
  /** A unique name. */
  readonly name: string;
  readonly origin: string;
  readonly verifierKey: string;
  /** The depth of each key, in order. */
  readonly depths: readonly number[];
  /** The seed of each key, in order: 32 bytes each. */
  readonly seeds: readonly Uint8Array[];
  /** Size, time and flags of each seal, without the flag for a successor. */
  readonly cuts: readonly {
    readonly size: number;
    readonly time: number;
    readonly flags: number;
  }[];
  /** The file of entries. */
  readonly entries: Uint8Array;
  /** The file of seals. */
  readonly seals: Uint8Array;
  /** The hash of each entry, 32 bytes each, without separators. */
  readonly hashes: Uint8Array;
  /** The checkpoint of each seal. */
  readonly notes: readonly string[];
}

/** The present time, and a greatest age and a retention in seconds, which need it. */
type Times<Moment = Date> =
  | { readonly now: Moment; readonly maxAge?: number; readonly retention?: number }
  | { readonly now?: Moment; readonly maxAge?: undefined; readonly retention?: undefined };

/** What a verifier gets. */
export type SealedLogInput = SealedLogToVerify & Times;

/** A log, and what is asked of it beside its times. */
export interface SealedLogToVerify {
  readonly verifierKey: string;
  readonly files: readonly Uint8Array[];
  readonly seals: Uint8Array;
  readonly hashes?: Uint8Array;
  readonly checkpoints?: readonly { readonly note: string; readonly chain?: string }[];
  readonly mustEnd?: boolean;
  readonly mustGoOn?: boolean;
  readonly firstEntry?: number;
  /** Accepted erasures, in any order. */
  readonly erased?: readonly (readonly [number, number])[];
  readonly revokedFrom?: number;
}

/**
 * The verdict on a log. Ranges that are absent are empty. In a verdict that is not `invalid`, flags and counts
 * that are absent are false and 0.
 */
export interface SealedLogExpectation {
  readonly result: 'valid' | 'incomplete' | 'invalid';
  readonly reasons?: readonly string[];
  readonly failure?: string;
  readonly at?: number;
  readonly seals: number;
  readonly sealedEntries: number;
  readonly unsealedEntries?: number;
  readonly lastTime?: number;
  readonly ended?: boolean;
  readonly hashesWrong?: boolean;
  readonly tornEntry?: boolean;
  readonly unverifiedCheckpoints?: number;
  readonly changed?: readonly (readonly [number, number])[];
  readonly erased?: readonly (readonly [number, number])[];
  readonly expired?: readonly (readonly [number, number])[];
  readonly pruned?: readonly (readonly [number, number])[];
}

/** A log to verify, and the verdict on it. */
export interface SealedLogCase {
  /** A unique name. */
  readonly name: string;
  readonly input: SealedLogInput;
  readonly expected: SealedLogExpectation;
}

/** A proof of one entry, and whether it holds. */
export interface SealedLogProof {
  /** The log that it is of, and what is wrong with it. */
  readonly of: string;
  readonly verifierKey: string;
  readonly entry: Uint8Array;
  readonly proof: string;
  readonly revokedFrom?: number;
  readonly valid: boolean;
}

/** The content of `sealed-logs.json`. */
export interface SealedLogVectors {
  readonly logs: readonly SealedLogVector[];
  readonly cases: readonly SealedLogCase[];
  readonly proofs: readonly SealedLogProof[];
}

const FIRST_TIME = 1_795_000_000;
const SECONDS_BETWEEN = 7;

/** A value as JSON has it: its bytes are text. */
type Encoded<T> = {
  readonly [Name in keyof T]: T[Name] extends Uint8Array | undefined
    ? string
    : T[Name] extends readonly Uint8Array[]
      ? readonly string[]
      : T[Name];
};

interface LogJson extends Omit<Encoded<SealedLogVector>, 'cuts'> {
  readonly cuts: readonly (number | readonly [number, number])[];
}

interface CaseJson extends Omit<SealedLogCase, 'input'> {
  readonly input: Encoded<SealedLogToVerify> & Times<number>;
}

const fromBase64 = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));

function logOf({ seeds, cuts, entries, seals, hashes, ...log }: LogJson): SealedLogVector {
  return {
    ...log,
    seeds: seeds.map((seed) => new Uint8Array(Buffer.from(seed, 'hex'))),
    cuts: cuts.map((cut, at) => {
      const [size, flags] = typeof cut === 'number' ? [cut, 0] : cut;
      return { size, time: FIRST_TIME + at * SECONDS_BETWEEN, flags };
    }),
    entries: fromBase64(entries),
    seals: new TextEncoder().encode(seals),
    hashes: fromBase64(hashes),
  };
}

function caseOf({ name, input, expected }: CaseJson): SealedLogCase {
  const { files, seals, hashes, now, ...rest } = input;
  // The compiler does not see that there is still a present time where there was one.
  const times: object = { ...rest, ...(now === undefined ? {} : { now: new Date(now * 1000) }) };
  return {
    name,
    input: {
      ...(times as typeof rest & Times),
      files: files.map(fromBase64),
      seals: fromBase64(seals),
      ...(hashes === undefined ? {} : { hashes: fromBase64(hashes) }),
    },
    expected,
  };
}

/**
 * `sealed-logs.json`: logs in the format `evolock-seal/v1` with all that makes them again, logs with the verdict that a
 * verifier gives, and proofs of single entries.
 */
export function sealedLogVectors(): SealedLogVectors {
  const file = new URL('../vectors/sealed-logs.json', import.meta.url);
  const { logs, cases, proofs } = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly logs: readonly LogJson[];
    readonly cases: readonly CaseJson[];
    readonly proofs: readonly Encoded<SealedLogProof>[];
  };
  return {
    logs: logs.map(logOf),
    cases: cases.map(caseOf),
    proofs: proofs.map((proof) => ({ ...proof, entry: fromBase64(proof.entry) })),
  };
}
