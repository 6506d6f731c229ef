import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MLockedSeed } from '@evolock/kes-sum';
import { expect, onTestFinished } from 'vitest';
import { readSealLine, type Seal } from '../../src/format/seal.js';
import { Engine } from '../../src/sealer/engine.js';
import type { EngineOptions, SealerEvent } from '../../src/sealer/world.js';
import { native } from '../../src/native.js';
import { keyMaker } from '../../src/keys/key-file.js';
import {
  verifySealedLog,
  type SealedLogQuestion,
  type SealedLogTimes,
  type SealedLogVerdict,
} from '../../src/verify/index.js';

/** A folder for a log, and one for its key, removed after the test. */
export interface Place {
  readonly folder: string;
  readonly log: string;
  readonly seals: string;
  readonly hashes: string;
  readonly keyFile: string;
  readonly checkpointFile: string;
}

export function newPlace(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'sealed-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return placeIn(folder);
}

export function placeIn(folder: string): Place {
  const log = join(folder, 'audit.log');
  return {
    folder,
    log,
    seals: `${log}.seals`,
    hashes: `${log}.hashes`,
    // The engine does not look where the key file is.
    keyFile: join(folder, 'state.key'),
    checkpointFile: join(folder, 'checkpoint'),
  };
}

export const ORIGIN = 'example.com/tests';

/** What a test decides about a sealer. */
export interface Circumstances extends Partial<EngineOptions> {
  readonly depth?: number;
  readonly first?: number;
  readonly newKey?: ReturnType<typeof keyMaker>;
  /** The clocks at the start, in milliseconds and in seconds. */
  readonly elapsed?: number;
  readonly time?: number;
}

/** A sealer with clocks of the test, and what it told. */
export class Opened {
  engine!: Engine;
  readonly place: Place;
  /** Seconds. */
  time = 1_795_000_000;
  elapsed = 0;
  /** Seconds that the clock runs ahead of the uptime. */
  ahead = 0;
  readonly events: SealerEvent[] = [];
  /** Called with each event. */
  listen: (event: SealerEvent) => void = () => undefined;

  constructor(place: Place) {
    this.place = place;
  }

  async open(circumstances: Circumstances = {}): Promise<this> {
    const {
      depth = 1,
      first = 0,
      newKey,
      elapsed = 0,
      time = this.time,
      ...options
    } = circumstances;
    this.elapsed = elapsed;
    this.time = time;
    const origin = options.origin ?? ORIGIN;
    this.engine = await Engine.open(
      this.place.log,
      {
        origin,
        keyFile: this.place.keyFile,
        interval: 10_000,
        heartbeat: 600_000,
        settle: 5000,
        rotated: undefined,
        hashes: true,
        checkpointFile: this.place.checkpointFile,
        checkpointEvery: 1,
        noteKeyFile: undefined,
        ...options,
      },
      {
        now: () => this.time * 1000,
        elapsed: () => this.elapsed,
        uptime: () => (this.time - this.ahead) * 1000,
        newKey: newKey ?? keyMaker(origin, depth),
        first,
        tell: (event) => {
          this.events.push(event);
          this.listen(event);
        },
      },
    );
    return this;
  }

  /** The reasons of the errors that were told. */
  get errors(): unknown[] {
    return this.events.flatMap((event) =>
      event.event === 'error' ? [(event.error as { reason?: unknown }).reason] : [],
    );
  }

  /** The numbers that were told as sealed. */
  get sealed(): number[] {
    return this.events.flatMap((event) => (event.event === 'sealed' ? [event.seal.number] : []));
  }
}

/** What the work threw; `undefined` when it succeeded. */
export const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

/** Opens a sealer, and closes it after the test. */
export async function opened(place: Place, circumstances?: Circumstances): Promise<Opened> {
  const made = await new Opened(place).open(circumstances);
  onTestFinished(() => made.engine.close(false).catch(() => undefined));
  return made;
}

export function append(place: Place, count = 1): void {
  for (let made = 0; made < count; made += 1)
    appendFileSync(place.log, `${Math.random().toString(36)}\n`);
}

/** A log of six seals of keys of two seals each, closed. */
export async function sealedLog(): Promise<{ place: Place; verifierKey: string }> {
  const place = newPlace();
  const sealer = await opened(place);
  for (let made = 0; made < 6; made += 1) {
    append(place, 2);
    await sealer.engine.seal();
  }
  await sealer.engine.close(false);
  return { place, verifierKey: sealer.engine.verifierKey };
}

export function linesOf(place: Place): string[] {
  return existsSync(place.seals) ? readFileSync(place.seals, 'latin1').split('\n') : [''];
}

/** The bytes of a number of entries of a file. */
export function sizeOf(entries: Uint8Array, count: number): number {
  let at = 0;
  for (let found = 0; found < count; found += 1) at = entries.indexOf(0x0a, at) + 1;
  return at;
}

/** Seeds that were given, in order. */
export function fromSeeds(origin: string, depths: readonly number[], seeds: readonly Uint8Array[]) {
  let made = 0;
  return (first: number) => {
    const at = made;
    made += 1;
    const newSeed = () => MLockedSeed.fromBytes(new Uint8Array(seeds[at]!)) as MLockedSeed<32>;
    return keyMaker(origin, depths[at], newSeed)(first);
  };
}

/** The files of a log, oldest first. Between two renamings a number is missing. */
export function filesOf({ log }: Pick<Place, 'log'>): Buffer[] {
  const old = Array.from({ length: 40 }, (_, index) => `${log}.${String(40 - index)}`);
  return [...old, log].filter((file) => existsSync(file)).map((file) => readFileSync(file));
}

/** The verdict on the files of a log. */
export function verdictOn(
  log: string,
  verifierKey: string,
  more: Partial<SealedLogQuestion> & SealedLogTimes = {},
): Promise<SealedLogVerdict> {
  const hashes = existsSync(`${log}.hashes`) ? readFileSync(`${log}.hashes`) : undefined;
  const seals = readFileSync(`${log}.seals`);
  const given = { verifierKey, files: filesOf({ log }), seals, hashes };
  return verifySealedLog({ ...given, cryptography: native, ...more });
}

/** Expects that no seal is invalid, and that the log is as its verifier wants it. Returns the seals. */
export async function expectSealed(place: Place, verifierKey: string): Promise<Seal[]> {
  const lines = linesOf(place);
  expect(lines.pop()).toBe('');
  const { result, failure, at, seals } = await verdictOn(place.log, verifierKey);
  expect({ result, failure, at, seals }).toEqual({
    result: expect.stringMatching(/^(?:valid|incomplete)$/),
    failure: undefined,
    at: undefined,
    seals: lines.length,
  });
  return lines.map((line) => readSealLine(line)!);
}
