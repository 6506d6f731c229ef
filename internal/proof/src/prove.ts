import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MaskedNeedle, scanProcess, type Encoding } from '@evolock/memory-scan';
import { builtProgram, withStoppedProcess, type Launch } from './child-process.js';
import { writeArguments } from './child-arguments.js';
import type { Expectation } from './expectation.js';
import { needlesFor, seedName, type Needles } from './needles.js';
import { idOf, type Operation } from './operation.js';
import { CANARY, verdictOf, type Verdict } from './verdict.js';

/** How often an operation is done before a warm scan: the optimising compiler has been over all of it by then. */
export const WARM_UP = 200;

/**
 * The same for the scans as an ordinary user: the compiler has been over a part of it. What is left of a secret, and
 * where, is another matter with every function that is compiled.
 */
export const SHORT_WARM_UP = 20;

/** How a proof is run. */
export interface ProofOptions {
  /** How often the operation is done before, with other secrets; never when absent. */
  readonly repetitions?: number;
  /** What is put before `node` on the command line. */
  readonly prefix?: readonly string[];
  /** Another program than the one of this workspace. */
  readonly program?: string;
}

/** A secret of a process that is to be scanned, and what has to be told to it. */
export interface Secret {
  readonly needles: Needles;
  readonly canary: MaskedNeedle;
  /** The secret, masked. */
  readonly masked: string;
}

/** A random root seed, with everything that an operation on it has to leave or not to leave. */
export function randomSecret(expects: Expectation): Secret {
  const root = randomBytes(32);
  const needles = needlesFor(root, expects);
  const masked = MaskedNeedle.fromBytes('secret', root).serialise();
  return { needles, masked, canary: MaskedNeedle.random(CANARY, 32) };
}

/** Encodings in which what is derived is looked for; the seeds that matter most, in all. */
const LIKELY: readonly Encoding[] = ['raw', 'hex-lower', 'swapped-64'];

/** Scans a process that is stopped: for what is or was given to it in every encoding, for the rest in the likely ones. */
export function scanFor(pid: number, { needles, canary }: Secret): Verdict {
  const given = ({ name }: MaskedNeedle): boolean =>
    needles.live.has(name) || name === seedName('');
  const first = scanProcess(pid, [...needles.all.filter(given), canary]);
  const derived = needles.all.filter((needle) => !given(needle));
  if (derived.length === 0) return verdictOf([first], needles);
  return verdictOf([first, scanProcess(pid, derived, { encodings: LIKELY })], needles);
}

/** How the process of an operation is started. */
export function launchOf(
  operation: Operation,
  folder: string,
  secret: Pick<Secret, 'masked' | 'canary'>,
  options: ProofOptions = {},
): Launch {
  const { repetitions = 0, prefix = [], program = builtProgram('child') } = options;
  return {
    program,
    folder,
    prefix,
    flags: operation.flags ?? [],
    arguments: writeArguments({
      id: idOf(operation),
      repetitions,
      secret: secret.masked,
      canary: secret.canary.serialise(),
      folder,
    }),
  };
}

/** Does something with a folder of its own, which is removed afterwards. */
export async function withFolder<Result>(
  work: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'evolock-proof-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const EVERYBODY = 0o777;

/** Lets another user into a folder, if the process is to be another user's. */
export function letIn(folder: string, { prefix = [] }: ProofOptions): void {
  if (prefix.length > 0) chmodSync(folder, EVERYBODY);
}

/** Does an operation in a process of its own and scans that. */
export function prove(operation: Operation, options: ProofOptions = {}): Promise<Verdict> {
  const secret = randomSecret(operation.expects);
  return withFolder((folder) => {
    letIn(folder, options);
    return withStoppedProcess(launchOf(operation, folder, secret, options), (pid) =>
      scanFor(pid, secret),
    );
  });
}
