/** `sealed-log follow`: seals what other programs append, as a service. */
import type { Definition } from '@evolock/command-line/command';
import { CHECKED } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { printable } from '@evolock/command-line/text';
import { deathOf, inWords, Lines, openSealer, type RunOptions, SEALING } from './sealing.js';
import { Stop } from './stop.js';

export const followCommand: Definition = {
  text: `
    Seals a log that other programs append to, until SIGTERM or SIGINT. Then it seals the last entries. Run it as a user of its own: then a program that is taken over has no key. What happens is told on standard error.

    <log>  the log, a plain file of lines

    # Seal a log until a signal
    $ sealed-log follow audit.log
    # A sealer whose messages would be entries of that log
    $ sealed-log follow audit.log --quiet 2>> audit.log
    # As a service: begin the log at the first start, and write checkpoints for another machine
    $ sealed-log follow /var/log/app/audit.log --origin "$(hostname)/audit" --checkpoint-file /srv/out/audit.note`,
  options: SEALING,
  exitCodes: CHECKED,
  run: async (session: Session, log: string, { quiet, ...options }: RunOptions) => {
    using stop = new Stop(session.context.signals, ['SIGTERM', 'SIGINT']);
    const sealer = await openSealer(session, log, options);
    const lines = new Lines(session, quiet);
    lines.ofTroubles(sealer);
    lines.ofSeals(sealer);
    lines.say(`follows ${printable(log)}`);
    lines.ofKeys(sealer);
    await inWords(log, Promise.race([stop.asked, deathOf(sealer)]));
    await inWords(log, sealer.close());
  },
};
