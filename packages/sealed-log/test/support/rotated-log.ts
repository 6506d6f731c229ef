import {
  appendFileSync,
  copyFileSync,
  existsSync,
  renameSync,
  truncateSync,
  utimesSync,
} from 'node:fs';
import { expect } from 'vitest';
import {
  filesOf,
  newPlace,
  opened,
  verdictOn,
  type Circumstances,
  type Opened,
} from './engines.js';

/** Milliseconds. */
export const SETTLE = 5000;
/** A sealer that knows the names of old files. */
export const ROTATED = { rotated: 'audit.log.*', depth: 4 };

/** A log that writers and a rotation change, as the test decides. */
export class RotatedLog {
  readonly place = newPlace();
  readonly #circumstances: Circumstances;
  sealer: Opened | undefined;
  /** The time of the last sealer, in seconds. */
  #clock: number | undefined;
  verifierKey = '';
  #elapsed = 0;
  #lines = 0;
  /** Seconds: each change of a file has a time of its own. */
  #time = 1_790_000_000;

  constructor(circumstances: Circumstances = ROTATED) {
    this.#circumstances = circumstances;
  }

  async open(): Promise<Opened> {
    const time = this.#clock;
    const clocks = { elapsed: this.#elapsed, ...(time !== undefined && { time }) };
    const sealer = await opened(this.place, { ...this.#circumstances, ...clocks });
    this.sealer = sealer;
    this.verifierKey = sealer.engine.verifierKey;
    return sealer;
  }

  async stop(): Promise<void> {
    const { sealer } = this;
    this.sealer = undefined;
    this.#clock = sealer?.time;
    await sealer?.engine.close(false);
  }

  /** Time passes, and the sealer looks. */
  async pass(milliseconds = 0): Promise<void> {
    this.#elapsed += milliseconds;
    if (this.sealer === undefined) return;
    this.sealer.elapsed = this.#elapsed;
    await this.sealer.engine.tick();
  }

  old(index: number): string {
    return index === 0 ? this.place.log : `${this.place.log}.${String(index)}`;
  }

  append(count: number, { torn = false, to = 0 } = {}): void {
    const lines = Array.from({ length: count }, () => `line ${String((this.#lines += 1))}`);
    appendFileSync(this.old(to), `${lines.join('\n')}${torn ? '' : '\n'}`);
    this.#touch(this.old(to));
  }

  rename({ makes = true } = {}): void {
    if (!existsSync(this.place.log)) return;
    this.#shift(0);
    if (makes) this.make();
  }

  make(): void {
    appendFileSync(this.place.log, '');
    this.#touch(this.place.log);
  }

  copyAndTruncate(): void {
    if (!existsSync(this.place.log)) return;
    this.#shift(1);
    copyFileSync(this.place.log, this.old(1));
    this.#touch(this.old(1));
    truncateSync(this.place.log);
    this.#touch(this.place.log);
  }

  /** Gives each file the next name, as logrotate does. */
  #shift(first: number): void {
    let last = first;
    while (existsSync(this.old(last))) last += 1;
    for (; last > first; last -= 1) renameSync(this.old(last - 1), this.old(last));
  }

  #touch(path: string): void {
    this.#time += 1;
    utimesSync(path, this.#time, this.#time);
  }

  /** The files, oldest first. */
  files(): Buffer[] {
    return filesOf(this.place);
  }

  /** Ends the log, and expects that a verifier finds every line in it. */
  async expectWhole(files = this.files()): Promise<void> {
    await this.sealer?.engine.close(true);
    const verdict = await verdictOn(this.place.log, this.verifierKey, { files, mustEnd: true });
    const { result, failure, reasons, unsealedEntries } = verdict;
    expect({ result, failure, reasons, unsealedEntries }).toEqual({
      result: 'valid',
      failure: undefined,
      reasons: [],
      unsealedEntries: 0,
    });
    const lines = files.flatMap((file) => file.toString().split('\n').filter(Boolean));
    expect(verdict.sealedEntries).toBe(lines.length);
  }
}
