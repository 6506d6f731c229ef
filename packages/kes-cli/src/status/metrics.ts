/**
 * Metrics in the text format of Prometheus, for the textfile collector of node_exporter. It wants a file that is replaced in
 * one step, with a name that ends in `.prom`, without timestamps, and each series once.
 */
import { poolIdOf } from '@evolock/cardano-kes';
import { type Finding, type Found, isFound } from './finding.js';

/** A metric: one line for each certificate that has a value. */
interface Metric {
  readonly name: string;
  readonly help: string;
  readonly valueOf: (finding: Finding) => Sample | undefined;
}

interface Sample {
  readonly value: number | bigint;
  /** Labels beside the name of the certificate. */
  readonly labels?: Readonly<Record<string, string>>;
}

const METRICS: readonly Metric[] = [
  {
    name: 'kes_certificate_valid',
    help: 'Whether the certificate was read and is valid: 1 or 0.',
    valueOf: (finding) => ({
      value: isFound(finding) && finding.report.result !== 'invalid' ? 1 : 0,
    }),
  },
  {
    name: 'kes_certificate_read',
    help: 'Whether the certificate was read: 1 or 0.',
    valueOf: (finding) => ({ value: isFound(finding) ? 1 : 0 }),
  },
  {
    name: 'kes_certificate_info',
    help: 'Network and pool of the certificate. The value is always 1.',
    valueOf: ofFound(({ report: { parameters, subject } }) => {
      const { coldVerificationKey: key } = subject;
      const pool = key === undefined ? '' : poolIdOf(key).bech32;
      return { value: 1, labels: { network: parameters.name, pool } };
    }),
  },
  {
    name: 'kes_certificate_expiry_timestamp_seconds',
    help: 'End of the certificate, in seconds since 1970.',
    valueOf: ofFound(({ report: { life } }) => secondsOf(life.expiry.date)),
  },
  {
    name: 'kes_certificate_remaining_kes_periods',
    help: 'KES periods after the current one at which the certificate is valid.',
    valueOf: ofFound(({ report: { life } }) => ({ value: life.remainingPeriods })),
  },
  {
    name: 'kes_certificate_evolution',
    help: 'KES periods since the start period of the certificate.',
    valueOf: ofFound(({ report: { life } }) => ({ value: life.evolution.difference })),
  },
  {
    name: 'kes_certificate_sequence_number',
    help: 'Sequence number of the certificate.',
    valueOf: ofFound(({ report: { subject } }) => ({ value: subject.certificate.sequenceNumber })),
  },
];

function ofFound(sampleOf: (found: Found) => Sample | undefined): Metric['valueOf'] {
  return (finding) => (isFound(finding) ? sampleOf(finding) : undefined);
}

function secondsOf(date: Date | undefined): Sample | undefined {
  return date === undefined ? undefined : { value: Math.floor(date.getTime() / 1_000) };
}

/** The metrics of all findings, line by line. */
export function metricsOf(findings: readonly Finding[]): string[] {
  return METRICS.flatMap(({ name, help, valueOf }) => {
    const lines = findings.flatMap((finding) => {
      const sample = valueOf(finding);
      return sample === undefined ? [] : [lineOf(name, finding.name, sample)];
    });
    const head = [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`];
    return lines.length === 0 ? [] : [...head, ...lines];
  });
}

function lineOf(metric: string, certificate: string, { value, labels = {} }: Sample): string {
  const all = Object.entries({ name: certificate, ...labels });
  const text = all.map(([label, content]) => `${label}="${escaped(content)}"`).join(',');
  return `${metric}{${text}} ${value}`;
}

/** The format escapes these three characters in the value of a label. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
