/** `sealed-log verify`. */
import type { Answer } from '@evolock/command-line/answer';
import type { Definition } from '@evolock/command-line/command';
import { CHECKED, ExitCode, usage } from '@evolock/command-line/errors';
import { wholeNumber } from '@evolock/command-line/option-values';
import type { Session } from '@evolock/command-line/session';
import { severityCodes } from '../words/severity.js';
import { pathsOf, refuseBeside, ROTATED } from './verifying/given-files.js';
import { judgedLog, type AskedOfLog } from './verifying/judged-log.js';
import { ageInOption, LOG_TERMS, secondsInOption, verifierKeyOf } from './verifying/log-options.js';
import { POLICY } from './verifying/policies.js';
import { writeState } from './verifying/resuming.js';
import { alarmFacts } from './verifying/verdict-words.js';

interface Options extends Omit<AskedOfLog, 'isWhole' | 'isOfMany'> {
  readonly key?: string;
  readonly fleet?: string;
  readonly prometheus?: string;
}

export const verifyCommand: Definition = {
  text: `
    Verifies a sealed log, with its verifier key and nothing secret. Give the files of entries in their order, the live one last, or as a shell lists them (audit.log*): when the live one, which has its seals beside it, is not the last, the others are ordered by the times of their last changes, and files that have no entries are left out. Who took the machine can write everything beside the log, so the verifier key and checkpoints come from elsewhere: keep them on another machine, and verify there. The log is valid when every seal is, and the last one is young enough, or an end. The exit code tells whoever is on call what it is: 1 when something was changed or forged, 5 when entries or seals are missing, or the log is silent, 4 when not everything is proved.

    [log...]               the files of entries, oldest first
    --checkpoint <file>    a checkpoint that was kept elsewhere, with FILE.chain if it is there; may be repeated
    --max-age <time>       the greatest age of the last seal, like 90s, 5m, 2h or 7d: 30m when absent, three heartbeats of a sealer; none for a copy that does not grow, whose end is then not judged
    --ended                the log has to have ended
    --must-go-on           the log must not have ended: else the last act of a thief, an end, is valid for ever
    --erased <erasures>    erasures that are accepted: ranges like 4-6,9 (the entries 4, 5 and 9), or a file with a range and a text on each line, which is not beside the log
    --retention <time>     how long entries are kept, like 400d: those gone from the front that were sealed before are no fault
    --revoked-from <seal>  the number of the key in the oldest copy that was stolen: seals from it on prove nothing
    --resume <file>        go on where the last run ended, by a file that this command writes; what was verified before is not read again
    --fleet <file>         in place of a log and of all of these options: a file in TOML with a table [[log]] for each of many logs; each has one line, the worst last
    --prometheus <file>    with --fleet: write metrics for node_exporter

    # Was it changed, and is it still being sealed?
    $ sealed-log verify audit.log --key /mnt/safe/audit.vkey
    # Files that were rotated, and a checkpoint from another machine
    $ sealed-log verify audit.log --rotated 'audit.log.*' --key /mnt/safe/audit.vkey --checkpoint /mnt/safe/audit.checkpoint
    # Entries that witnesses saw: the checkpoint is what sealed-log cosign writes
    $ sealed-log verify audit.log --key /mnt/safe/audit.vkey --checkpoint /mnt/safe/audit.cosigned --policy /mnt/safe/witnesses
    # A file of a finished job
    $ sealed-log verify job.log --key /mnt/safe/job.vkey --ended
    # All logs of a list
    $ sealed-log verify --fleet /etc/sealed-log/fleet.toml --prometheus /var/lib/node_exporter/sealed-log.prom`,
  values: {
    maxAge: ageInOption,
    checkpoint: oneMore,
    retention: secondsInOption,
    revokedFrom: wholeNumber,
  },
  options: [POLICY, LOG_TERMS, ROTATED],
  exitCodes: [...CHECKED, ExitCode.incomplete, ExitCode.missing],
  work: verify,
};

function oneMore(text: string, before: unknown): string[] {
  return [...((before as string[] | undefined) ?? []), text];
}

async function verify(
  session: Session,
  logs: readonly string[],
  options: Options,
): Promise<Answer> {
  const { key, resume, fleet, prometheus, ...others } = options;
  if (fleet !== undefined) {
    refuseWithFleet(logs, { ...others, key, resume });
    const { verifyFleet } = await import('./verifying/fleet/fleet.js');
    return verifyFleet(session, fleet, { prometheus, threads: options.threads });
  }
  if (prometheus !== undefined) throw usage('--prometheus goes with --fleet');
  if (logs.length === 0) throw usage(`missing required argument 'log'${HELP}`);
  if (key === undefined) throw usage(`required option '--key <text|file>' not specified${HELP}`);
  const given = pathsOf(logs, options);
  const verifierKey = await verifierKeyOf(session, key, given);
  if (resume !== undefined) refuseBeside('--resume', resume, given);
  const judged = await judgedLog(session, given, verifierKey, options);
  const { result, facts, alarm, notes, verdict, json, state } = judged;
  if (resume !== undefined && state !== undefined) writeState(resume, state);
  return {
    result,
    facts: [...facts, ...alarmFacts(alarm, session.args)],
    warnings: notes,
    json,
    exitCode: severityCodes[verdict.severity],
  };
}

const HELP = ' (see sealed-log verify --help)';

/** What is asked of the logs of a fleet stands in its file. */
function refuseWithFleet(logs: readonly string[], options: object): void {
  const { json: _, threads: __, ...asked } = options as Record<string, unknown>;
  const isAsked = Object.values(asked).some((each) => each !== undefined);
  if (logs.length > 0 || isAsked)
    throw usage(
      '--fleet goes with --json, --prometheus and --threads only: what is asked of each log stands in the file',
    );
}
