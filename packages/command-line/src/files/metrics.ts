/**
 * Metrics in the text format of Prometheus, for the textfile collector of node_exporter. It wants a file that is replaced in
 * one step, with a name that ends in `.prom`, without timestamps, and each series once.
 */
import { usage } from '../errors.js';
import { printable } from '../text.js';

/** A value, at most, of each thing that is watched. */
export interface Metric<T> {
  readonly help: string;
  readonly valueOf: (watched: T) => number | bigint | undefined;
  readonly labelsOf?: (watched: T) => Readonly<Record<string, string>>;
}

/** The lines of all metrics of some things, each with its name as a label. */
export function metricsOf<T>(
  metrics: Readonly<Record<string, Metric<T>>>,
  all: readonly { readonly name: string; readonly watched: T }[],
): string[] {
  return Object.entries(metrics).flatMap(([metric, { help, valueOf, labelsOf }]) => {
    const samples = all.map(({ name, watched }) => ({
      value: valueOf(watched),
      labels: { name, ...labelsOf?.(watched) },
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

/** Refuses a name that the collector passes over. */
export function checkMetricsName(path: string): void {
  if (path.endsWith('.prom')) return;
  throw usage(
    `--prometheus ${printable(path)}: node_exporter reads files that end in .prom only: choose such a name`,
  );
}

/** The content of a file of metrics. */
export function metricsContent(lines: readonly string[]): Uint8Array {
  return Buffer.from(`${lines.join('\n')}\n`);
}

/** The format escapes these three characters in the value of a label. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
