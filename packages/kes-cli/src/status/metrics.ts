/**
 * Metrics in the text format of Prometheus, for the textfile collector of node_exporter. It wants a file that is replaced in
 * one step, with a name that ends in `.prom`, without timestamps, and each series once.
 */
import { poolIdOf } from '@evolock/cardano-headers';
import type { CertificateReport } from './report.js';

interface Metric {
  readonly help: string;
  /** The report is absent for a certificate that was not read. */
  readonly valueOf: (report: CertificateReport | undefined) => number | bigint | undefined;
  readonly labelsOf?: (report: CertificateReport | undefined) => Readonly<Record<string, string>>;
}

const METRICS: Readonly<Record<string, Metric>> = {
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

export function metricsOf(
  certificates: readonly { readonly name: string; readonly report?: CertificateReport }[],
): string[] {
  return Object.entries(METRICS).flatMap(([metric, { help, valueOf, labelsOf }]) => {
    const lines = certificates.flatMap(({ name, report }) => {
      const value = valueOf(report);
      const labels = Object.entries({ name, ...labelsOf?.(report) });
      const text = labels.map(([label, content]) => `${label}="${escaped(content)}"`).join(',');
      return value === undefined ? [] : [`${metric}{${text}} ${value}`];
    });
    const head = [`# HELP ${metric} ${help}`, `# TYPE ${metric} gauge`];
    return lines.length === 0 ? [] : [...head, ...lines];
  });
}

/** The format escapes these three characters in the value of a label. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
