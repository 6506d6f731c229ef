/** The metrics of certificates, and the file of metrics. */
import { poolIdOf } from '@evolock/cardano-headers';
import {
  checkMetricsName,
  metricsContent,
  metricsOf,
  type Metric,
} from '@evolock/command-line/files/metrics';
import { refuseExisting, writePublic } from '../files/write.js';
import type { CertificateReport } from './report.js';

/** The report is absent for a certificate that was not read. */
const METRICS: Readonly<Record<string, Metric<CertificateReport | undefined>>> = {
  kes_certificate_valid: {
    help: 'Whether the certificate was read and is valid: 1 or 0.',
    valueOf: (report) => Number(report !== undefined && report.result !== 'invalid'),
  },
  kes_certificate_read: {
    help: 'Whether the certificate was read: 1 or 0.',
    valueOf: (report) => Number(report !== undefined),
  },
  kes_certificate_info: {
    help: 'Network and pool of the certificate. The value is always 1.',
    valueOf: (report) => report && 1,
    labelsOf: (report) => {
      const key = report?.subject.coldVerificationKey;
      const pool = key === undefined ? '' : poolIdOf(key);
      return { network: report?.parameters.name ?? '', pool };
    },
  },
  kes_certificate_expiry_timestamp_seconds: {
    help: 'End of the certificate, in seconds since 1970.',
    valueOf: (report) => {
      const date = report?.life.expiry.date;
      return date && Math.floor(date.getTime() / 1_000);
    },
  },
  kes_certificate_remaining_kes_periods: {
    help: 'KES periods after the current one at which the certificate is valid.',
    valueOf: (report) => report?.life.remainingPeriods,
  },
  kes_certificate_evolution: {
    help: 'KES periods since the start period of the certificate.',
    valueOf: (report) => report?.life.evolution.difference,
  },
  kes_certificate_sequence_number: {
    help: 'Sequence number of the certificate.',
    valueOf: (report) => report?.subject.certificate.sequenceNumber,
  },
};

/** The lines of the metrics of certificates. */
export function certificateMetrics(
  certificates: readonly { readonly name: string; readonly report?: CertificateReport }[],
): string[] {
  return metricsOf(
    METRICS,
    certificates.map(({ name, report }) => ({ name, watched: report })),
  );
}

/** Where metrics are written to, and what they replace there: those of a run before, and no other file. */
const METRICS_FILE = { force: true, kind: 'metrics' } as const;

export function checkMetricsFile(path: string): void {
  checkMetricsName(path);
  refuseExisting(path, METRICS_FILE.force, METRICS_FILE.kind);
}

export function writeMetrics(path: string, lines: readonly string[]): void {
  writePublic(path, metricsContent(lines), METRICS_FILE);
}
