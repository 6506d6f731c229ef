/**
 * The order of the steps of one seal. A seal that anybody can see has no key any more, and a number is signed a second time
 * only when its first signature never left the process.
 */

/** The step to take next. */
export type Step =
  /** Nothing is to be done. */
  | 'idle'
  /** The entries are flushed. */
  | 'entries'
  /** The hashes of the entries are appended. */
  | 'hashes'
  /** The seal is signed, in memory. */
  | 'sign'
  /** The key file is replaced by the key of the next number and the line of the seal. */
  | 'key'
  /** The line is appended to the seals file. */
  | 'line'
  /** The seal leaves: it is told, and the checkpoint file is written. */
  | 'leave'
  /** The key file of an ended log is removed. */
  | 'erase'
  /** The log has ended. */
  | 'ended';

/** The step after a step. A seal that was signed is never dropped: its step is taken again until it succeeds. */
export function stepAfter(step: Step, outcome: 'done' | 'failed', isEnd: boolean): Step {
  const done = outcome === 'done';
  switch (step) {
    case 'idle':
      return 'entries';
    case 'entries':
      return done ? 'hashes' : 'idle';
    case 'hashes':
      return done ? 'sign' : 'idle';
    case 'sign':
      return done ? 'key' : 'idle';
    case 'key':
      return done ? 'line' : 'key';
    case 'line':
      return done ? 'leave' : 'line';
    case 'leave':
      return isEnd ? 'erase' : 'idle';
    case 'erase':
      return done ? 'ended' : 'erase';
    case 'ended':
      return 'ended';
  }
}
