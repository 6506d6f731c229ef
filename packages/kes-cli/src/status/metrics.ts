/**
 * Metrics in the text format of Prometheus, for the textfile collector of node_exporter. It wants a file that is replaced in
 * one step, with a name that ends in `.prom`, without timestamps, and each series once.
 */
import { poolIdOf } from '@evolock/cardano-headers';
import { usage } from '@evolock/command-line/errors';
import { printable } from '@evolock/command-line/text';
import { refuseExisting, writePublic } from '../files/write.js';
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
    const samples = certificates.map(({ name, report }) => ({
      value: valueOf(report),
      labels: { name, ...labelsOf?.(report) },
    }));
    return metricLines(metric, { help, samples });
  });
}

export interface Sample {
  /** `undefined` when it is not known. */
  readonly value: number | bigint | undefined;
  readonly labels?: Readonly<Record<string, string>>;
}

/** The lines of a metric; none when no value of it is known. */
export function metricLines(
  metric: string,
  { help, samples }: { readonly help: string; readonly samples: readonly Sample[] },
): string[] {
  const lines = samples.flatMap(({ value, labels = {} }) => {
    const texts = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
    const all = texts.length === 0 ? '' : `{${texts.join(',')}}`;
    return value === undefined ? [] : [`${metric}${all} ${value}`];
  });
  const type = metric.endsWith('_total') ? 'counter' : 'gauge';
  const head = [`# HELP ${metric} ${help}`, `# TYPE ${metric} ${type}`];
  return lines.length === 0 ? [] : [...head, ...lines];
}

/** Where metrics are written to, and what they replace there: those of a run before, and no other file. */
const METRICS_FILE = { force: true, kind: 'metrics' } as const;

export function checkMetricsFile(path: string): void {
  if (!path.endsWith('.prom')) {
    throw usage(
      `--prometheus ${printable(path)}: node_exporter reads files that end in .prom only: choose such a name`,
    );
  }
  refuseExisting(path, METRICS_FILE.force, METRICS_FILE.kind);
}

export function writeMetrics(path: string, lines: readonly string[]): void {
  writePublic(path, Buffer.from(`${lines.join('\n')}\n`), METRICS_FILE);
}

/** The format escapes these three characters in the value of a label. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
