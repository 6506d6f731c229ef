/** The verdict on a proof of one entry, in words. */
import { wrongType } from '@evolock/direct-serialise/arguments';
import type { EntryProofFailure, EntryProofVerdict } from '../verify/index.js';
import type { Tone } from './log.js';
import { anchoredInWords, moment } from './phrases.js';

/** The verdict on a proof in words: plain data. All words are phrases, without a capital letter and a full stop. */
export interface ProofDescription {
  readonly tone: Tone;
  /** The place of the entry and of its seal, or why the proof does not hold. */
  readonly words: string;
}

/**
 * The verdict on a proof, in words.
 *
 * @param verdict - A verdict of `verifyEntryProof`.
 * @throws `ArgumentError` `ERR_EVOLOCK_ARGUMENT_TYPE`.
 */
export function describeProof(verdict: EntryProofVerdict): ProofDescription {
  if (typeof verdict !== 'object' || (verdict as unknown) === null || !('failure' in verdict))
    throw wrongType('verdict', 'a verdict of verifyEntryProof', verdict);
  if (verdict.result === 'invalid')
    return { tone: 'bad', words: `NOT proved: ${FAILURES[verdict.failure]}` };
  const { failure, index, seal, time, witnessed } = verdict;
  const sealed = `it is entry ${index}, sealed by number ${seal} at ${moment(time)}`;
  if (failure !== undefined)
    return { tone: 'note', words: `${sealed}, and the policy asks for other cosignatures` };
  return {
    tone: 'good',
    words:
      witnessed === undefined
        ? `${sealed}, no older claim is proved`
        : `${sealed}, and ${anchoredInWords(witnessed)}`,
  };
}

const FAILURES: Readonly<Record<EntryProofFailure, string>> = {
  key: 'the verifier key is not of the form',
  form: 'the proof is not of the form',
  chain: 'the keys of the log do not lead to that of the proof',
  signature: 'the key of the log did not sign the checkpoint',
  revoked: 'its seal is revoked, since the key was stolen',
  time: 'the checkpoint is of an earlier time than its key',
  size: 'the checkpoint covers fewer entries than the seal of its key',
  entry: 'it is another entry than the one of the proof',
};
