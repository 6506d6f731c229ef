/**
 * The database of a node: its chunks read, its headers judged, and the order of its chain followed. `verifyDatabase` does all
 * of it in one thread. The other functions are its parts, for a program that judges in several threads: `readHeaders` reads,
 * `judgeGroup` judges, `Tally` counts and follows the chain. They do not check their arguments.
 *
 * @module
 */
export type { Chain, ChainState, OrderFailure, OrderFailureCode, PoolBlocks } from './chain.js';
export { headerJson } from '../json/header.js';
export { numberOfChunk } from './chunk.js';
export type { Cut } from './cutter.js';
export { filesOf, notRead, STDIN, type Found, type Passed } from './files.js';
export {
  judgeGroup,
  CHECK_FACTS,
  type Facts,
  type GroupOptions,
  type GroupVerdicts,
  type Judgeable,
} from './judge.js';
export { ChainNonces, type ChainFunctions, type NoncesState } from './nonces.js';
export {
  chunkOf,
  nameOfCut,
  readHeaders,
  type CutGroup,
  type HeaderGroup,
  type ReadOptions,
} from './read.js';
export {
  checkJudged,
  judgedBefore,
  StateError,
  stateIn,
  stateText,
  type Judged,
  type RunState,
  type StateProblem,
} from './state.js';
export {
  resultOfAll,
  Tally,
  type Checks,
  type Counts,
  type DatabaseResult,
  type Finding,
  type TallyState,
} from './tally.js';
export {
  verifyDatabase,
  type DatabasePool,
  type DatabaseVerdict,
  type VerifyDatabaseOptions,
} from './verify.js';
