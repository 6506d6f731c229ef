/** `kes header verify`: judges headers in threads, and shows each verdict at once. */
import { availableParallelism } from 'node:os';
import { slotOfDate, type KesParameters } from '@evolock/cardano-headers';
import { nativeHeaders, readPublicStart } from '@evolock/cardano-kes';
import { startHeaderThreads } from '@evolock/cardano-kes/threads';
import {
  ChainNonces,
  chunkOf,
  filesOf,
  judgedGroups,
  numberOfChunk,
  readHeaders,
  Tally,
  type HeaderGroup,
  type JudgeContext,
} from '@evolock/cardano-headers/parts';
import {
  InvalidArgumentError,
  momentInOption,
  positiveNumber,
  wholeNumber64,
} from '@evolock/command-line/option-values';
import type { Definition } from '@evolock/command-line/command';
import { CHECKED, ExitCode, usage } from '@evolock/command-line/errors';
import type { Answer } from '@evolock/command-line/answer';
import type { Session } from '@evolock/command-line/session';
import { STDIN } from '@evolock/command-line/text';
import { Progress } from '@evolock/command-line/progress';
import { clockOf, NOW } from '../network/clock.js';
import { Report } from './report.js';
import { resumptionAt } from './resumption.js';
import { publicReader } from './words.js';
import {
  NETWORK,
  epochsOf,
  namedNetwork,
  networkOf,
  type NetworkOptions,
} from '../network/network.js';

export const headerVerifyCommand: Definition = {
  text: `
    Verifies block headers of any era from Shelley on, as a node does: the certificate by the cold key, the evolution by the slot, the KES signature over the canonical encoding of the body. A file holds headers or blocks in binary, one after the other, also within 24(bytes) or as ChainSync sends them; or headers in hexadecimal, one a line (or a single one, folded). Gzip is unpacked, up to 4 GiB a file. A file NNNNN.chunk is read as the immutable database of a node has it, with its secondary index when there is one and the blocks confirm it. A header has at most 65,536 bytes, a block at most 2,500,000. Of a directory all files are read except hidden ones. Each verdict is printed at once; of the valid headers of chunks only a summary. The headers of chunks are also checked for the order of a chain: slots, the links to the block before, and the certificate numbers of each pool. The chunks of a folder have to follow one another: a hole is printed. Files that are not read are printed and counted. Of headers that fail alike, 20 are printed and all are counted. With --json each verdict is one line, those of the valid headers of chunks too, and the last line is a summary. The VRF proofs need the nonce of the epoch: with --epoch-nonce it is given; with --vrf it is computed from the headers before, so the chunks have to begin with the first block. A header whose slot is more than 300 seconds ahead of the clock, or of --now, is incomplete: first look whether the network is the right one, then at the clock. No header states its network, so one of another network can be valid. What needs the state of the ledger is not checked: the right of a pool to its slot, stake, certificate counters before the first header. Exit code 1: a header is not valid or not in order. 4: no header is invalid, and not everything could be judged: a slot lies ahead, a header is of a later era, something is not a header, a file is damaged, or a folder has a hole. 3: the system refuses to read something, or the nonce of --vrf is unknown, and everything else is valid.

    [path...]            files and directories, or - for standard input
    --since <slot>       only headers from this slot on: a number, or a moment like 2027-01-01
    --until <slot>       only headers up to this slot
    --pool <id>          only headers of this pool
    --vrf                check the VRF proofs too, along the chain of a node from its first block on
    --bodies             check the bodies of blocks from Alonzo to Conway too, by the hash in the header: every byte is read and hashed
    --epoch-nonce <hex>  check the VRF proofs too: all headers are of the epoch with this nonce
    --resume <file>      continue where the previous run ended: a file that this command writes
    --threads <count>    threads that verify: one a processor when absent

    # One header, with all facts about it
    $ kes header verify --network mainnet header.cbor
    # All headers of a directory
    $ kes header verify --network preprod headers/
    # The chain of a node
    $ kes header verify --network mainnet db/immutable
    # The same, with the VRF proofs
    $ kes header verify --network mainnet --vrf db/immutable
    # A folder as a whole: a changed byte of a body is found too
    $ kes header verify --network mainnet --bodies db/immutable
    # From standard input, for a script
    $ cat headers.hex | kes header verify --network mainnet --json -`,
  values: {
    since: placeInOption,
    until: placeInOption,
    pool: poolInOption,
    epochNonce: nonceInOption,
    threads: threadsInOption,
  },
  readsStdin: true,
  options: [NOW, ...NETWORK],
  exitCodes: [...CHECKED, ExitCode.incomplete],
  work: verifyAll,
};

interface VerifyOptions extends NetworkOptions {
  readonly since?: bigint | Date;
  readonly until?: bigint | Date;
  readonly pool?: string;
  readonly vrf?: boolean;
  readonly bodies?: boolean;
  readonly epochNonce?: string;
  readonly resume?: string;
  readonly threads?: number;
  readonly now?: Date;
  readonly json?: boolean;
}

/** Parses a slot, or a moment. Four digits may be either. */
function placeInOption(text: string): bigint | Date {
  if (/^\d{4}$/.test(text))
    throw new InvalidArgumentError(
      `It may be a year or a slot: write ${text}-01-01 for the year, or 0${text} for the slot.`,
    );
  return /^\d+$/.test(text) ? wholeNumber64(text) : momentInOption(text);
}

/** More threads than this need more memory than they save time. */
const MOST_THREADS = 256;

function threadsInOption(text: string): number {
  const count = positiveNumber(text);
  if (count > MOST_THREADS) throw new InvalidArgumentError(`It is more than ${MOST_THREADS}.`);
  return count;
}

function poolInOption(text: string): string {
  if (!/^(?:pool1[02-9ac-hj-np-z]{51}|[0-9a-f]{56})$/.test(text))
    throw new InvalidArgumentError('It is not the identity of a pool, in bech32 or 56 digits.');
  return text;
}

function nonceInOption(text: string): string {
  if (!/^[0-9a-f]{64}$/i.test(text))
    throw new InvalidArgumentError('It is not a nonce: 64 hexadecimal digits.');
  return text.toLowerCase();
}

/** The names are in the order of the states of earlier runs. */
function contextOf(parameters: KesParameters, options: VerifyOptions): JudgeContext {
  const since = slotOf(parameters, options.since);
  const until = slotOf(parameters, options.until);
  if (since !== undefined && until !== undefined && since > until)
    throw usage(`--since is slot ${since}, which comes after --until, ${until}`);
  const { pool, vrf, epochNonce, bodies } = options;
  return { parameters, since, until, pool, vrf, epochNonce, bodies };
}

function slotOf(parameters: KesParameters, place: bigint | Date | undefined): bigint | undefined {
  return place instanceof Date ? slotOfDate(parameters, place) : place;
}

async function* verifyAll(
  session: Session,
  paths: readonly string[],
  options: VerifyOptions,
): AsyncGenerator<Answer, void, void> {
  const parameters = await networkOf(session, options);
  const context = contextOf(parameters, options);
  const { vrf = false, bodies = false, epochNonce, resume } = options;
  if (vrf && epochNonce !== undefined) throw usage('give --vrf or --epoch-nonce, not both');
  const epochs = vrf ? await epochsOf(session, namedNetwork(session, options)) : undefined;
  const resumption =
    resume === undefined ? undefined : await resumptionAt(session, resume, paths, context);
  const from = resumption?.from;
  const size = sizeOf(paths, from?.chunk);
  const progress = new Progress(session.context, 'headers', size);
  const groups = readHeaders(paths, {
    parts: publicReader(session),
    onBytes: (bytes) => progress.read(bytes),
    from: resumption && (from?.chunk ?? 0),
    startOf: readPublicStart,
    bodies,
  });
  const tally = new Tally({ vrf: vrf || epochNonce !== undefined, bodies }, from);
  // Valid headers of a chunk are only counted otherwise.
  const showsAll = options.json === true;
  const clock = () => clockOf('now', options.now, session.context.now());
  const report = new Report(context, tally, { from, clock, showsAll });
  const nonces = epochs && new ChainNonces(epochs, nativeHeaders, from?.nonces);
  const worker = new URL('header-worker.cjs', session.context.modules);
  const usual = size !== undefined && size <= FEW_BYTES ? 1 : availableParallelism();
  await using threads = await startHeaderThreads({ threads: options.threads ?? usual, worker });
  const judging = {
    context,
    judge: threads,
    nonces,
    onlyCounted: (group: HeaderGroup) => chunkOf(group) !== undefined && !showsAll,
    now: () => clock().date,
  };
  try {
    for await (const group of judgedGroups(groups, judging)) {
      const chunk = chunkOf(group.group);
      if (chunk !== undefined)
        await resumption?.reach(chunk, () => ({ ...tally.state, nonces: group.noncesBefore }));
      for (const answer of report.count(group)) {
        progress.clear();
        yield answer;
      }
      progress.advance(group.shown.length);
    }
  } finally {
    progress.clear();
  }
  yield report.summary();
}

/** Bytes that one thread judges sooner than a second thread starts. */
const FEW_BYTES = 262_144;

/** The size of all files in bytes, without chunks before a number; `undefined` when one of them is a pipe. */
function sizeOf(paths: readonly string[], from = 0): number | undefined {
  if (paths.includes(STDIN)) return undefined;
  let total = 0;
  for (const found of filesOf(paths)) {
    if ('result' in found || (numberOfChunk(found.path) ?? from) < from) continue;
    if (found.size === undefined) return undefined;
    total += found.size;
  }
  return total;
}
