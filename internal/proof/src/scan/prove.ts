import { randomBytes } from 'node:crypto';
import { chownSync, mkdtempSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  MaskedNeedle,
  scanFile,
  scanProcess,
  type Encoding,
  type ScanOptions,
} from '@evolock/memory-scan';
import { NOBODY } from '@evolock/test-support/ordinary-user';
import type { ChildArguments } from '../child.js';
import { idOf, type Operation } from '../operations/operation.js';
import type { Expectation } from '../secrets/expectation.js';
import { needlesFor, seedName, type Needles } from '../secrets/needles.js';
import { withStoppedProcess, type Launch } from './child-process.js';
import { CANARY, judgeFiles, verdictOf, type Found, type Verdict } from './verdict.js';

/** How often an operation runs before a warm scan. The optimising compiler has compiled all of it by then. */
export const WARM_UP = 200;

/**
 * The same for the scans as an ordinary user: the compiler has compiled a part of it. Every compiled function may leave
 * other traces of a secret.
 */
export const SHORT_WARM_UP = 20;

/** The built program of the scanned process. */
const childProgram = fileURLToPath(import.meta.resolve('@evolock/proof/dist/child.js'));

/** How a proof is run. */
export interface ProofOptions {
  /** How often the operation runs before, with other secrets. Never when absent. */
  readonly repetitions?: number;
  /** The words before `node` on the command line. */
  readonly prefix?: readonly string[];
  /** The program, when it is not the one of this workspace. */
  readonly program?: string;
}

/** What a scan looks for. */
export interface Wanted {
  readonly needles: Needles;
  readonly canary: MaskedNeedle;
}

/** A secret of a process to scan, and what the process gets. */
export interface Secret extends Wanted {
  /** The secret, masked. */
  readonly masked: string;
  /** What the files of the process are scanned for. */
  readonly inFiles: Needles | undefined;
}

/** A random root seed, with the needles of everything derived from it. */
export function randomSecret(expects: Expectation, files?: Expectation): Secret {
  const root = randomBytes(32);
  const needles = needlesFor(root, expects);
  const inFiles = files && needlesFor(root, files);
  const masked = MaskedNeedle.fromBytes('secret', root).serialise();
  return { needles, inFiles, masked, canary: MaskedNeedle.random(CANARY, 32) };
}

/** Encodings in which a scan looks for derived secrets. */
const LIKELY: readonly Encoding[] = ['raw', 'hex-lower', 'swapped-64'];

/** Scans a stopped process: for the root seed and live seeds in every encoding, for other secrets in the likely ones. */
export function scanFor(pid: number, wanted: Wanted): Verdict {
  return scanWith((needles, options) => scanProcess(pid, needles, options), wanted);
}

/** The same for any memory. */
export function scanWith(
  scan: (needles: readonly MaskedNeedle[], options?: ScanOptions) => Found,
  { needles, canary }: Wanted,
): Verdict {
  const given = ({ name }: MaskedNeedle): boolean =>
    needles.live.has(name) || name === seedName('');
  const first = scan([...needles.all.filter(given), canary]);
  const derived = needles.all.filter((needle) => !given(needle));
  if (derived.length === 0) return verdictOf([first], needles);
  return verdictOf([first, scan(derived, { encodings: LIKELY })], needles);
}

/** How the process of an operation is started. */
export function launchOf(
  operation: Operation,
  folder: string,
  secret: Pick<Secret, 'masked' | 'canary'>,
  { repetitions = 0, prefix = [], program = childProgram }: ProofOptions = {},
): Launch {
  const given: ChildArguments = {
    id: idOf(operation),
    repetitions,
    secret: secret.masked,
    canary: secret.canary.serialise(),
    folder,
  };
  const flags = operation.flags ?? [];
  return { program, folder, prefix, flags, arguments: [JSON.stringify(given)] };
}

/**
 * Runs `work` with a new folder, which is removed afterwards. It belongs to the user of the process. The folder of another
 * user is below /run, since a client of an agent trusts no socket of that user below a folder in which strangers write.
 */
export async function withFolder<Result>(
  work: (folder: string) => Promise<Result>,
  { prefix = [] }: ProofOptions = {},
): Promise<Result> {
  const isOthers = prefix.length > 0 && process.getuid?.() === 0;
  const folder = mkdtempSync(join(isOthers ? '/run' : tmpdir(), 'evolock-proof-'));
  try {
    if (isOthers) chownSync(folder, NOBODY, NOBODY);
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs an operation in a process of its own and scans the process, and the files that it left. */
export function prove(operation: Operation, options: ProofOptions = {}): Promise<Verdict> {
  const { expects, files } = operation;
  const secret = randomSecret(expects, files);
  return withFolder(
    (folder) =>
      withStoppedProcess(launchOf(operation, folder, secret, options), (pid) => {
        const verdict = scanFor(pid, secret);
        const { inFiles } = secret;
        if (inFiles === undefined) return verdict;
        const found = filesOf(pid, folder).flatMap((file) => scanFile(file, inFiles.all).findings);
        return judgeFiles(verdict, found, inFiles);
      }),
    options,
  );
}

/** The files below a folder, and those that a process has open there, which may have no name any more. */
function filesOf(pid: number, folder: string): string[] {
  const named = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const descriptors = `/proc/${pid}/fd`;
  const opened = readdirSync(descriptors)
    .map((fd) => join(descriptors, fd))
    .filter((fd) => readlinkSync(fd).startsWith(`${folder}/`) && statSync(fd).isFile());
  return [...named, ...opened];
}
