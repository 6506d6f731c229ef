/**
 * The module of the threads of `startHeaderThreads`: it judges groups of headers with libsodium, and locks no memory.
 *
 * @module
 */
import {
  groupIn,
  groupJudge,
  type GroupVerdicts,
  type JudgeContext,
} from '@evolock/cardano-headers/parts';
import { bytesIn, type BytesBatch } from '@evolock/verify-threads/bytes';
import { nativeHeaders } from './native-headers.js';

const judge = groupJudge(nativeHeaders);

/** The verdicts on the groups of a batch. The first batch is empty, and has no context. */
export default function judgeGroups(batch: BytesBatch<JudgeContext | undefined>): GroupVerdicts[] {
  const { context } = batch;
  if (context === undefined) return [];
  return Array.from(bytesIn(batch), (bytes) => judge(groupIn(bytes), context));
}
