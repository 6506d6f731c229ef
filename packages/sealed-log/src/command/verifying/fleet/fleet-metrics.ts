/** The metrics of a fleet, for node_exporter. */
import { metricLines, metricsOf, type Metric } from '@evolock/command-line/files/metrics';
import { severityCodes } from '../../../words/severity.js';
import type { FleetVerdict } from './fleet-log.js';

const METRICS: Readonly<Record<string, Metric<FleetVerdict>>> = {
  sealed_log_verified_exit_code: {
    help: 'What the verification found: 0 valid, 1 changed or forged, 5 missing, 4 not all proved, 3 refused, 2 not asked rightly.',
    valueOf: ({ severity }) => severityCodes[severity],
  },
  sealed_log_verified_entries: {
    help: 'Entries that are as they were sealed.',
    valueOf: ({ verdict }) => verdict?.sealedEntries,
  },
  sealed_log_verified_unsealed_entries: {
    help: 'Entries after the last seal, which nothing proves.',
    valueOf: ({ verdict }) => verdict?.unsealedEntries,
  },
  sealed_log_verified_last_seal_timestamp_seconds: {
    help: 'Time of the last seal that is proved, in seconds since 1970.',
    valueOf: ({ verdict }) => verdict?.lastTime,
  },
  sealed_log_verified_witnessed_entries: {
    help: 'Entries that enough witnesses saw.',
    valueOf: ({ verdict }) => verdict?.witnessed?.size,
  },
};

/** The lines of the metrics; the time of the run is in seconds since 1970. */
export function fleetMetrics(verdicts: readonly FleetVerdict[], now: number): string[] {
  return [
    ...metricLines('sealed_log_verified_timestamp_seconds', {
      help: 'Time of the last verification of all logs, in seconds since 1970.',
      samples: [{ value: now }],
    }),
    ...metricsOf(
      METRICS,
      verdicts.map((watched) => ({ name: watched.name, watched })),
    ),
  ];
}
