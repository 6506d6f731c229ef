/** The metrics of the log of one machine, for node_exporter. */
import { metricsOf, type Metric } from '@evolock/command-line/files/metrics';
import type { LastCosigned } from './cosigned.js';

/** What is known of a log on the machine that seals it. */
export interface Watched {
  /** Seconds since 1970. */
  readonly now: number;
  readonly exitCode: number;
  /** Absent when the log could not be looked at. */
  readonly log?:
    | {
        readonly runs: boolean;
        readonly ended: boolean;
        /** The time of the last seal, seconds since 1970. */
        readonly time: number;
        readonly sealedEntries: number;
        readonly unsealedEntries: number | undefined;
        /** Entries that wait for the end of an old file. */
        readonly waitingEntries: number;
        readonly cosigned: LastCosigned | undefined;
      }
    | undefined;
}

const METRICS: Readonly<Record<string, Metric<Watched>>> = {
  sealed_log_status_exit_code: {
    help: 'What status found: 0 nothing to do, 1 files are not those of the sealer, 5 too old or ended, 3 not sealed now, 2 not asked rightly.',
    valueOf: ({ exitCode }) => exitCode,
  },
  sealed_log_status_timestamp_seconds: {
    help: 'Time at which status looked, in seconds since 1970.',
    valueOf: ({ now }) => now,
  },
  sealed_log_sealer_running: {
    help: 'Whether a sealer runs.',
    valueOf: ({ log }) => log && Number(log.runs),
  },
  sealed_log_ended: {
    help: 'Whether the log has ended.',
    valueOf: ({ log }) => log && Number(log.ended),
  },
  sealed_log_last_seal_timestamp_seconds: {
    help: 'Time of the last seal, in seconds since 1970.',
    valueOf: ({ log }) => log?.time,
  },
  sealed_log_clock_ahead_seconds: {
    help: 'Seconds by which the last seal is later than the clock.',
    valueOf: ({ log, now }) => log && Math.max(0, log.time - now),
  },
  sealed_log_sealed_entries: {
    help: 'Entries that the last seal covers.',
    valueOf: ({ log }) => log?.sealedEntries,
  },
  sealed_log_unsealed_entries: {
    help: 'Entries after the last seal.',
    valueOf: ({ log }) => log?.unsealedEntries,
  },
  sealed_log_waiting_entries: {
    help: 'Entries that wait since an old file grows still.',
    valueOf: ({ log }) => log?.waitingEntries,
  },
  sealed_log_cosigned_entries: {
    help: 'Entries of the last checkpoint that witnesses cosigned.',
    valueOf: ({ log }) => log?.cosigned?.size,
  },
  sealed_log_cosigned_timestamp_seconds: {
    help: 'Latest time of its cosignatures, in seconds since 1970.',
    valueOf: ({ log }) => log?.cosigned?.time,
  },
};

/** The lines of the metrics of a log. */
export function statusMetrics(name: string, watched: Watched): string[] {
  return metricsOf(METRICS, [{ name, watched }]);
}
