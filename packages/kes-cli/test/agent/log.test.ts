/** The log of an agent whose target stops taking lines. */
import { readFileSync, writeFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { AgentEvent } from '@evolock/kes-agent';
import { onPlatform } from '@evolock/test-support/on-platform';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Log, MOST_WAITING } from '../../src/agent/run/log.js';
import type { Context } from '@evolock/command-line/session';
import { inFolder } from '@evolock/command-testing/folder';

/** An output that takes a text only when `take` is called. */
class StoppedOutput {
  text = '';
  readonly #waiting: (readonly [part: string, done: () => void])[] = [];

  readonly write = (part: string | Uint8Array, done: () => void): void => {
    this.#waiting.push([part.toString(), done]);
  };

  /** Bytes that it was given and has not taken. */
  get waiting(): number {
    return this.#waiting.reduce((sum, [part]) => sum + Buffer.byteLength(part), 0);
  }

  take(): boolean {
    const [part, done] = this.#waiting.shift() ?? [];
    this.text += part ?? '';
    done?.();
    return part !== undefined;
  }
}

interface Line {
  readonly event: string;
  readonly words: string;
  readonly facts: Readonly<Record<string, number>>;
}

function openLog(stdout: StoppedOutput): Promise<Log> {
  const context: Partial<Context> = { stdout, now: () => new Date(0) };
  return Log.open(context as Context, { logFormat: 'json' });
}

function eventOf(name: string, size: number): AgentEvent {
  return { level: 'info', event: name, words: 'é'.repeat(size / 2), facts: {} };
}

function linesOf({ text }: StoppedOutput): Line[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}

test('every line is written or counted by its event, in order, and what waits is bounded', async () => {
  const step = fc.oneof(
    fc.record({
      name: fc.constantFrom('signed', 'client-left', 'key-evolved'),
      size: fc.constantFrom(2, 100_000, MOST_WAITING / 2, MOST_WAITING),
    }),
    fc.constant('take' as const),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const output = new StoppedOutput();
      const log = await openLog(output);
      const written: string[] = [];
      for (const each of steps) {
        if (each === 'take') output.take();
        else {
          log.write(eventOf(each.name, each.size));
          written.push(each.name);
        }
        expect(output.waiting).toBeLessThanOrEqual(MOST_WAITING);
      }
      while (output.take());
      const found = output.text === '' ? [] : linesOf(output);
      let next = 0;
      for (const { event, facts } of found) {
        if (event !== 'lines-lost') {
          expect(event).toBe(written[next]);
          next += 1;
          continue;
        }
        const lost = Object.values(facts).reduce((sum, count) => sum + count, 0);
        const names = written.slice(next, next + lost);
        for (const [name, count] of Object.entries(facts))
          expect(names.filter((each) => each === name)).toHaveLength(count);
        next += lost;
      }
      expect(next).toBe(written.length);
    }),
  );
});

test('closing writes what waits', async () => {
  const output = new StoppedOutput();
  const log = await openLog(output);
  log.write(eventOf('one', 2));
  log.write(eventOf('two', 2));
  const closed = log.close();
  while (output.take());
  await closed;
  expect(linesOf(output).map(({ event }) => event)).toEqual(['one', 'two']);
});

/** Makes the program of the system log. */
function makeLogger(script: string): void {
  writeFileSync(inFolder('logger'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  vi.stubEnv('PATH', `${inFolder()}:${process.env['PATH'] ?? ''}`);
  onTestFinished(() => void vi.unstubAllEnvs());
}

test('a line that the program of the system log did not take goes to standard error', async () => {
  makeLogger('head -c 1 > /dev/null');
  let text = '';
  const write = (part: string | Uint8Array, done?: () => void): void => {
    text += part.toString();
    done?.();
  };
  const context: Partial<Context> = { stderr: { write }, now: () => new Date(0) };
  const log = await Log.open(context as Context, { logTarget: 'syslog', logFormat: 'json' });
  // More than a pipe holds: the program ends while it is written.
  log.write(eventOf('signed', MOST_WAITING / 2));
  while (!text.includes('"later"')) {
    log.write(eventOf('later', 2));
    await setImmediate();
  }
  await log.close();
  expect(text).toContain('"signed"');
});

test.each([
  ['linux', '-t kes-agent --prio-prefix\n', '<29>notice: a line\n'],
  ['darwin', '-t kes-agent\n', 'notice: a line\n'],
] as const)('a line of the system log on %s, which is injected', async (platform, args, line) => {
  makeLogger(`echo "$@" > ${inFolder('arguments')}\nexec cat > ${inFolder('log')}`);
  onPlatform(platform);
  const context: Partial<Context> = {
    stderr: { write: () => true },
    now: () => new Date(0),
  };
  const log = await Log.open(context as Context, { logTarget: 'syslog' });
  log.write({ level: 'notice', event: 'a-name', words: 'a line', facts: {} });
  await log.close();
  expect(readFileSync(inFolder('arguments'), 'utf8')).toBe(args);
  expect(readFileSync(inFolder('log'), 'utf8')).toBe(line);
});

describe('clients that say nothing right', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const HOUR = 3_600_000;

  function wrong(words: string, facts: AgentEvent['facts'] = { protocol: 'sign', code: 'A' }) {
    return { level: 'warn', event: 'client-closed', words, facts } as const;
  }

  /** The events and the counts of the lines so far. */
  function counted(output: StoppedOutput): (readonly [words: string, count: number | undefined])[] {
    while (output.take());
    return linesOf(output).map(({ words, facts }) => [words, facts['count']] as const);
  }

  const SILENT = 'others like it in the hour to come are only counted';

  test('are one line for a thousand, and the next line of the kind, after an hour, has their count', async () => {
    const output = new StoppedOutput();
    const log = await openLog(output);
    for (let client = 0; client < 1_000; client += 1) log.write(wrong(`client ${client}`));
    const first = [`client 0; ${SILENT}`, undefined];
    expect(counted(output)).toEqual([first]);
    vi.advanceTimersByTime(HOUR);
    expect(counted(output)).toEqual([first]);
    log.write(wrong('the next'));
    const next = [`the next; ${SILENT}; 999 like it had no line since the last one`, 999];
    expect(counted(output)).toEqual([first, next]);
    vi.advanceTimersByTime(HOUR);
    log.write(wrong('a later one'));
    expect(counted(output)).toEqual([first, next, [`a later one; ${SILENT}`, undefined]]);
  });

  test('are counted in the last line when the log is closed', async () => {
    const output = new StoppedOutput();
    const log = await openLog(output);
    for (let client = 0; client < 3; client += 1) log.write(wrong(`client ${client}`));
    const closed = log.close();
    const last = ['client 2; 2 like it had no line since the last one', 2];
    expect(counted(output).at(-1)).toEqual(last);
    await closed;
    expect(vi.getTimerCount()).toBe(0);
  });

  test('are told apart by socket and code, whose values are few, and by nothing that they say', async () => {
    const output = new StoppedOutput();
    const log = await openLog(output);
    const kinds = ['control', 'service', 'sign'].flatMap((protocol) =>
      [null, 'A', 'B'].map((code) => ({ protocol, code })),
    );
    for (let client = 0; client < 500; client += 1)
      for (const facts of kinds) log.write(wrong(`said ${client}`, { ...facts, period: client }));
    expect(counted(output)).toHaveLength(kinds.length);
    // What is no fault of a client is a line each time.
    for (let signed = 0; signed < 5; signed += 1) log.write(eventOf('signed', 2));
    expect(counted(output)).toHaveLength(kinds.length + 5);
    const closed = log.close();
    const counts = counted(output).map(([, count = 0]) => count);
    await closed;
    expect(counts.filter((count) => count > 0)).toEqual(kinds.map(() => 499));
  });
});
