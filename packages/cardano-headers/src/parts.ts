/**
 * The parts of `verifyDatabase`, for a program that reads other sources, shows every header or continues an earlier run, as
 * `kes header verify` does. They do not check their arguments.
 *
 * @module
 */
export type { Chain, ChainState, PoolBlocks } from './database/chain.js';
export { numberOfChunk } from './database/chunk.js';
export type { Cut } from './database/cutter.js';
export { filesOf, notRead, STDIN, type Found, type Passed } from './database/files.js';
export {
  groupIn,
  groupJudge,
  judgedGroups,
  type GroupJudge,
  type HeaderThreads,
  type JudgeableGroup,
  type JudgeContext,
  type JudgedGroup,
  type GroupJudging,
} from './database/groups.js';
export { CHECK_FACTS, type Facts, type GroupVerdicts, type Judgeable } from './database/judge.js';
export { ChainNonces, type ChainFunctions, type NoncesState } from './database/nonces.js';
export {
  chunkOf,
  nameOfCut,
  readHeaders,
  type CutGroup,
  type HeaderGroup,
  type ReadOptions,
} from './database/read.js';
export {
  checkJudged,
  judgedBefore,
  StateError,
  stateIn,
  stateText,
  type Judged,
  type RunState,
  type StateProblem,
} from './database/state.js';
export {
  resultOfAll,
  Tally,
  type Checks,
  type DatabaseResult,
  type Finding,
  type TallyState,
} from './database/tally.js';
export { headerJson } from './json/header.js';
