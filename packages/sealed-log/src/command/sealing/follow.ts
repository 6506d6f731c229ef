/** `sealed-log follow`: seals what other programs append, as a service. */
import type { Definition } from '@evolock/command-line/command';
import { CHECKED, CommandError, ExitCode } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { printable } from '@evolock/command-line/text';
import type { Sealer, SealerError } from '@evolock/sealed-log';
import {
  closeSealer,
  deathOf,
  errorInWords,
  Lines,
  startSealer,
  type RunOptions,
  SEALING,
} from './sealing.js';
import { tellReady } from './monitor/readiness.js';
import { Stop } from './stop.js';

interface Options extends RunOptions {
  readonly stay?: boolean;
}

export const followCommand: Definition = {
  text: `
    Seals a log that other programs append to, until SIGTERM or SIGINT. Then it seals the last entries; a second signal ends that. Run it as a user of its own: then a program that is taken over has no key. What happens is told on standard error.

    <log>   the log, a plain file of lines

    --stay  when the log is refused, say so and end at the signal, for Docker, which starts again what ends

    # Seal a log until a signal
    $ sealed-log follow audit.log
    # A sealer whose messages would be entries of that log
    $ sealed-log follow audit.log --quiet 2>> audit.log
    # As a service: begin the log at the first start, and write checkpoints for another machine
    $ sealed-log follow /var/log/app/audit.log --origin "$(hostname)/audit" --checkpoint-file /srv/out/audit.note`,
  options: SEALING,
  exitCodes: CHECKED,
  run: async (session: Session, log: string, { quiet, stay = false, ...options }: Options) => {
    using stop = new Stop(session.context.signals, ['SIGTERM', 'SIGINT']);
    const lines = new Lines(session, quiet);
    let died = new Promise<SealerError>(() => undefined);
    const listen = (sealer: Sealer): void => {
      died = deathOf(sealer);
      lines.ofTroubles(sealer);
      lines.ofSeals(sealer);
      lines.say(`follows ${printable(log)}`);
      lines.ofKeys(sealer);
    };
    try {
      const sealer = await startSealer(session, log, options, stop, listen);
      tellReady(session.context, (words) => {
        lines.warn(words);
      });
      const error = await Promise.race([stop.asked, died]);
      await closeSealer(log, sealer, stop);
      // A start judges what is there then, also when the last seal succeeded.
      if (error !== undefined) throw errorInWords(log, error);
    } catch (error) {
      if (!stay || !isRefusal(error)) throw error;
      new Lines(session).error(error.message);
      await stop.asked;
      session.exitCode = error.exitCode;
    }
  },
};

/** Whether another start would end in the same way, until a person does something. */
function isRefusal(error: unknown): error is CommandError {
  return (
    error instanceof CommandError &&
    (error.exitCode === ExitCode.invalid || error.exitCode === ExitCode.usage)
  );
}
