/** Verifies the chain of a node. */
import {
  checkDate,
  checkFunction,
  checkMethod,
  checkOptions,
  wrongType,
} from '@evolock/direct-serialise/arguments';
import type { PoolId } from '../certificate/certificate.js';
import type { HeaderFunctions } from '../header/header-functions.js';
import { functions, poolIdHexOf, poolIdOf } from '../headers.js';
import { checkEpochParameters, type EpochParameters } from '../nonce/epochs.js';
import { checkParameters, type KesParameters } from '../period/parameters.js';
import type { Chain } from './chain.js';
import { groupJudge, judgedGroups, type HeaderThreads } from './groups.js';
import { ChainNonces } from './nonces.js';
import { readHeaders, type ReadOptions } from './read.js';
import { Tally, type Counts, type DatabaseResult, type Finding } from './tally.js';

/** Options of {@link verifyDatabase}. */
export interface VerifyDatabaseOptions {
  /** Gets each header that is not valid or not in order, and each file that is not read, at once. */
  readonly onFinding?: ((finding: Finding) => void) | undefined;
  /** The epochs of the network: the proofs of the VRF are checked too, along the chain from its first block on. */
  readonly epochs?: EpochParameters | undefined;
  /**
   * The moment of the verdicts, as in the options of `verifyHeader`: a header whose slot lies ahead is `incomplete`, and a
   * finding. When absent, it is not checked whether the slots have come.
   */
  readonly now?: Date | undefined;
  /** The functions that read and judge headers; those in JavaScript when absent. `nativeHeaders` of cardano-kes is faster. */
  readonly headers?: HeaderFunctions | undefined;
  /**
   * Threads that judge, in place of this one: `await startHeaderThreads()` of `@evolock/cardano-kes/threads`. The caller
   * closes them. With the option `headers` the nonces are computed here.
   */
  readonly threads?: HeaderThreads | undefined;
  /**
   * Whether the bodies of the blocks are compared with the hashes in their headers, from Alonzo to Conway. It reads and hashes
   * every byte of the chunks.
   */
  readonly bodies?: boolean | undefined;
  /** As in the options of {@link readHeaders}. */
  readonly startOf?: ReadOptions['startOf'];
}

/** The verdict on a database. */
export interface DatabaseVerdict {
  readonly result: DatabaseResult;
  /** Whether all of the input is valid headers in the order of one chain, besides blocks of the Byron era. */
  readonly all: boolean;
  readonly counts: Counts;
  /** The first and the last slot of the headers of chunks without a failure; `undefined` when there are none. */
  readonly firstSlot: bigint | undefined;
  readonly lastSlot: bigint | undefined;
  /** The pools of these headers, those with the most blocks first. */
  readonly pools: readonly DatabasePool[];
}

/** What a database has of a pool. */
export interface DatabasePool {
  readonly poolId: PoolId;
  readonly poolIdHex: string;
  readonly blocks: number;
  /** The numbers of its first and of its last certificate. */
  readonly firstNumber: bigint;
  readonly lastNumber: bigint;
}

const OPTIONS = ['onFinding', 'epochs', 'now', 'headers', 'startOf', 'bodies', 'threads'] as const;

/**
 * Verifies the headers of the immutable database of a node, and their order. It checks certificates, KES signatures, slots,
 * links to the block before, and certificate numbers of each pool. Memory does not grow with the number of headers. Other
 * files of the folder are judged as headers too.
 *
 * Not checked: of which network the headers are, without `bodies` the bodies of the blocks, what needs the state of the
 * ledger, and the blocks of the Byron era, with the link of the first header to them. Nor is any header before the first chunk of the folder.
 *
 * @param path - The folder, `db/immutable` of a node; or a file of headers.
 * @param parameters - The parameters of the network.
 * @throws `ArgumentError` `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`; what `threads` throw. A file that
 * cannot be read is a finding.
 */
export async function verifyDatabase(
  path: string,
  parameters: KesParameters,
  options?: VerifyDatabaseOptions,
): Promise<DatabaseVerdict> {
  if (typeof path !== 'string') throw wrongType('path', 'a string', path);
  const {
    onFinding,
    epochs,
    now,
    headers: judging = functions,
    startOf,
    bodies = false,
    threads,
  } = checkOptions(options, OPTIONS);
  if (onFinding !== undefined) checkFunction('options.onFinding', onFinding);
  if (now !== undefined) checkDate('options.now', now);
  if (typeof bodies !== 'boolean') throw wrongType('options.bodies', 'a boolean', bodies);
  checkMethod('options.headers', judging, 'headerVerifier');
  if (threads !== undefined) checkMethod('options.threads', threads, 'judgeMany');
  const context = { parameters: checkParameters(parameters), bodies };
  const nonces = epochs && new ChainNonces(checkEpochParameters(epochs), judging);
  const tally = new Tally({ vrf: nonces !== undefined, bodies });
  const groups = judgedGroups(readHeaders([path], { startOf, bodies }), {
    context,
    judge: threads ?? groupJudge(judging),
    nonces,
    onlyCounted: () => true,
    now: () => now,
  });
  for await (const judged of groups)
    for (const finding of tally.count(judged.group, judged)) onFinding?.(finding);
  const { result, all, counts, chain } = tally;
  const { firstSlot, lastSlot } = chain;
  return { result, all, counts, firstSlot, lastSlot, pools: poolsOf(chain) };
}

function poolsOf({ pools }: Chain): DatabasePool[] {
  return [...pools]
    .map(([key, { blocks, firstNumber, number }]) => {
      const coldVerificationKey = Buffer.from(key, 'latin1');
      return {
        poolId: poolIdOf(coldVerificationKey),
        poolIdHex: poolIdHexOf(coldVerificationKey),
        blocks,
        firstNumber,
        lastNumber: number,
      };
    })
    .sort((one, other) => other.blocks - one.blocks);
}
