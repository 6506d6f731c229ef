/** A number that was taken or reserved and has no certificate: the error names the command that issues with it. */
import { ReservedNumberError, SpentNumberError } from '@evolock/cardano-kes';
import { CommandError } from '../cli/errors.js';
import { printable, shellWord } from '../cli/text.js';
import { timeInWords } from '../network/clock.js';
import type { IssuingCommand } from './number.js';

/** The same error, with the complete command that issues with the number. Other errors are returned as they are. */
export function withReuse(error: unknown, { counter, line }: IssuingCommand): unknown {
  if (error instanceof ReservedNumberError) {
    const { number, time, certificatePath } = error.reservation;
    return new CommandError(
      'usage',
      `${printable(counter)}: number ${number} was reserved on ${timeInWords(time)} for ${printable(certificatePath)}, where no certificate has it: a run was killed or failed. Issue with this number: ${line} --reuse-number ${number}`,
      { cause: error, code: error.code },
    );
  }
  if (!(error instanceof SpentNumberError)) return error;
  const { number, isCertain, cause } = error;
  const why = cause instanceof Error ? cause.message : 'the certificate was not issued';
  const reuse = `${line} --reuse-number ${number}`;
  const wayOut = isCertain
    ? `the number ${number} is used up, and this run left no certificate of it. Issue with this number: ${reuse}`
    : `the counter could not be read again, so it is unknown whether the number ${number} is used up. Read it: kes inspect ${shellWord(counter)}. If it holds ${number}, issue again: ${line}; if it holds ${number + 1n}: ${reuse}`;
  return new CommandError('environment', `${why}; ${wayOut}`, { cause: error, code: error.code });
}
