/**
 * A strict reader of the text format of Prometheus, of what the textfile collector of node_exporter accepts: families in one
 * piece with HELP and TYPE before their samples, no timestamps, no series twice, a line break at the end.
 */

/** A sample. */
export interface Sample {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const LABEL = String.raw`([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"`;
const SAMPLE = new RegExp(`^(${NAME})\\{(${LABEL}(?:,${LABEL})*)\\} (-?[0-9]+(?:\\.[0-9]+)?)$`);

/** The samples of a text. Throws for a text that the collector would not accept. */
export function samplesIn(text: string): Sample[] {
  if (!text.endsWith('\n')) throw new Error('no line break at the end');
  const samples: Sample[] = [];
  const series = new Set<string>();
  const families = new Set<string>();
  let helped: string | undefined;
  let typed: string | undefined;
  for (const line of text.slice(0, -1).split('\n')) {
    const [, help] = new RegExp(`^# HELP (${NAME}) \\S.*$`).exec(line) ?? [];
    const [, type] = new RegExp(`^# TYPE (${NAME}) gauge$`).exec(line) ?? [];
    if (help !== undefined) {
      if (families.has(help)) throw new Error(`a second family: ${line}`);
      families.add(help);
      helped = help;
    } else if (type !== undefined) {
      if (type !== helped) throw new Error(`a type without its help: ${line}`);
      typed = type;
    } else {
      const sample = sampleIn(line);
      if (sample.metric !== typed) throw new Error(`a sample outside of its family: ${line}`);
      const key = JSON.stringify([sample.metric, Object.entries(sample.labels).sort()]);
      if (series.has(key)) throw new Error(`a series twice: ${line}`);
      series.add(key);
      samples.push(sample);
    }
  }
  return samples;
}

function sampleIn(line: string): Sample {
  const [, metric = '', labels = ''] = SAMPLE.exec(line) ?? [];
  if (metric === '') throw new Error(`not a sample: ${line}`);
  const pairs = [...labels.matchAll(new RegExp(LABEL, 'g'))].map(
    ([, name = '', value = '']) => [name, unescaped(value)] as const,
  );
  return { metric, labels: Object.fromEntries(pairs), value: Number(line.split(' ').at(-1)) };
}

function unescaped(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, each: string) => (each === 'n' ? '\n' : each));
}
