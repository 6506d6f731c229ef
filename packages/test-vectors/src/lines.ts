import type { Readable } from 'node:stream';

/**
 * Calls for every line of a stream of UTF-8 text, also for a last one without an end.
 *
 * @internal
 */
export function onLines(stream: Readable, use: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) use(line);
  });
  stream.on('end', () => {
    if (rest !== '') use(rest);
    rest = '';
  });
}
