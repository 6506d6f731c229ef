// Two hundred logs, as the person sees them who is on call for all of their machines.
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { newStage, Transcripts, type Stage } from '@evolock/command-testing/transcript';
import { expect, test } from 'vitest';
import { NotesKey, textOf, witnessOf } from '../support/witnesses.js';
import { START, writeLog } from '../support/written-log.js';
import { sealedLog } from './sealed-log.js';

const ENTRIES_A_SEAL = 20;

const hostOf = (number: number) => `host-${String(number).padStart(3, '0')}`;

/** Writes the log of a machine: all entries, or those of the first file and of the live one after a rotation. */
function writeHost(host: string, seals: number, rotatedAfter = 0, user = 'eve'): void {
  const folder = `logs/${host}`;
  mkdirSync(folder, { recursive: true });
  writeLog(host, seals, 0, user, ENTRIES_A_SEAL);
  const lines = readFileSync(host, 'utf8').split(/(?<=\n)/);
  const old = lines.slice(0, rotatedAfter * ENTRIES_A_SEAL);
  if (old.length > 0) writeFileSync(`${folder}/audit.log-20270101`, old.join(''));
  writeFileSync(`${folder}/audit.log`, lines.slice(old.length).join(''));
  rmSync(host);
  for (const each of ['seals', 'hashes'])
    renameSync(`${host}.${each}`, `${folder}/audit.log.${each}`);
}

/** Two witnesses cosign the last seal of a log. */
function cosign(host: string, seal: number): void {
  const note = readFileSync(`safe/${host}.${String(seal)}`, 'utf8');
  const text = textOf(note);
  const witnesses = [witnessOf(1), witnessOf(2)];
  const log = new NotesKey(text.split('\n', 1)[0] ?? '', 1, 3).line(text);
  const lines = [log, ...witnesses.map((each) => each.line(text, START + seal * 60))];
  const cosigned = `logs/${host}/audit.log.cosigned`;
  writeFileSync(cosigned, note + lines.join(''));
  writeFileSync(`${cosigned}.chain`, readFileSync(`safe/${host}.${String(seal)}.chain`));
  const keys = witnesses.map(
    ({ verifierKey }, at) => `witness w${String(at + 1)} ${verifierKey}\n`,
  );
  writeFileSync('safe/witnesses', `${keys.join('')}group both all w1 w2\nquorum both\n`);
}

const transcripts = new Transcripts<Stage>({
  name: 'sealed-log',
  run: sealedLog,
  fixtures: {
    'make-fleet': (_, count) => {
      for (let number = 0; number < Number(count); number += 1) {
        const host = hostOf(number);
        writeHost(host, 6);
        appendFileSync(
          'fleet.toml',
          `[[log]]\nname = "${host}"\nkey = "safe/${host}.vkey"\nfiles = "logs/${host}/audit.log*"\nmax_age = "2m"\n\n`,
        );
      }
    },
    'make-host': (_, host = '', seals, rotatedAfter, user) =>
      writeHost(host, Number(seals), Number(rotatedAfter ?? 0), user),
    // Three minutes pass: all but one log go on, and every second one is rotated meanwhile.
    'go-on': (stage, silent) => {
      for (let number = 0; existsSync(`logs/${hostOf(number)}`); number += 1)
        if (hostOf(number) !== silent) writeHost(hostOf(number), 9, number % 2 === 0 ? 5 : 0);
      stage.now = new Date(stage.now.getTime() + 180_000);
    },
    cosign: (_, host = '', seal) => cosign(host, Number(seal)),
  },
});

transcripts.testAll(fileURLToPath(new URL('fleet/', import.meta.url)), () =>
  newStage('/tmp/sealed-log-', new Date((START + 300) * 1000)),
);

test('a day of rotations of honest logs causes no alarm', async () => {
  newStage('/tmp/sealed-log-', new Date());
  const hosts = Array.from({ length: 4 }, (_, number) => hostOf(number));
  const tables = hosts.map(
    (host) =>
      `[[log]]\nname = "${host}"\nkey = "safe/${host}.vkey"\nfiles = "logs/${host}/audit.log*"\nmax_age = "2m"\n`,
  );
  writeFileSync('fleet.toml', tables.join('\n'));
  for (let hour = 0; hour < 24; hour += 1) {
    for (const [number, host] of hosts.entries()) {
      writeHost(host, hour + 2);
      rotate(`logs/${host}/audit.log`, hour, number);
    }
    const now = new Date((START + (hour + 1) * 60 + 30) * 1000);
    for (const each of ['after a rotation', 'with nothing new']) {
      const { code, stdout } = await sealedLog(['verify', '--fleet', 'fleet.toml'], { now });
      expect(code, `hour ${String(hour)}, ${each}: ${stdout}`).toBe(0);
      expect(stdout).toContain('4 logs: 4 valid');
    }
  }
});

/** Moves the entries of each hour to a file of their own; of every second log, files from the hour before last are compressed. */
function rotate(log: string, hour: number, number: number): void {
  const lines = readFileSync(log, 'utf8').split(/(?<=\n)/);
  for (let each = 0; each < hour; each += 1) {
    const old = lines.splice(0, ENTRIES_A_SEAL).join('');
    const name = `${log}-20270101-${String(each).padStart(2, '0')}`;
    const isPacked = number % 2 === 0 && each < hour - 1;
    writeFileSync(isPacked ? `${name}.gz` : name, isPacked ? gzipSync(old) : old);
    if (isPacked) rmSync(name, { force: true });
  }
  writeFileSync(log, lines.join(''));
}
