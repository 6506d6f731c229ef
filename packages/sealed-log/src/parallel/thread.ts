/** The module of a thread that hashes lines and verifies seals, ahead of the walk. */
import { bytesIn, type BytesBatch } from '@evolock/kes-verify-pool/bytes';
import { hashLines, type HashedLines } from './lines.js';
import { native } from './native.js';
import { provedSeals } from './seals.js';

/** What a batch contains: messages with lines of a log, or with seals of an origin. */
export type ThreadContext = { readonly sealsOf?: string } | undefined;

/** Answers the messages of a batch. */
export default function answer(
  batch: BytesBatch<ThreadContext>,
): HashedLines[] | (readonly string[])[] {
  const { sealsOf } = batch.context ?? {};
  const messages = [...bytesIn(batch)];
  return sealsOf === undefined
    ? messages.map(hashLines)
    : messages.map((message) => provedSeals(native, sealsOf, message));
}
