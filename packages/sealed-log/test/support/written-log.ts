/** Files of a log that was sealed at regular times. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { seedOf } from '@evolock/test-support';
import { fileOf, makeLog, sealsOf } from './made-log.js';

/** The time of the first seal of a log. */
export const START = Date.UTC(2027, 0, 1) / 1000;

/**
 * Writes a log of some seals, each after 60 seconds and over more entries, with its key and checkpoints in the folder `safe`.
 * Logs of two users have the same first key, and other successors.
 */
export function writeLog(name: string, seals: number, flags = 0, user = 'eve', each = 100) {
  const entries = Array.from({ length: seals * each }, (_, index) =>
    Buffer.from(`{"user":"${user}","action":"paid","number":${index}}`),
  );
  const cuts = Array.from({ length: seals }, (_, index) => ({
    size: (index + 1) * each,
    time: START + index * 60,
    flags: (index === 0 ? 4 : 0) | (index === seals - 1 ? flags : 0),
  }));
  const origin = `example.com/${name}`;
  const plan = {
    origin,
    first: 0,
    depths: [1],
    seeds: [seedOf(1), seedOf(user === 'eve' ? 2 : 3)],
    entries,
    cuts,
  };
  const { verifierKey, sealed, hashes } = makeLog(plan);
  mkdirSync('safe', { recursive: true });
  writeFileSync(`safe/${name}.vkey`, `${verifierKey}\n`);
  sealed.forEach(({ note, chain }, index) => {
    writeFileSync(`safe/${name}.${index}`, note);
    if (chain !== '') writeFileSync(`safe/${name}.${index}.chain`, chain);
  });
  writeFileSync(name, fileOf(entries));
  writeFileSync(`${name}.seals`, sealsOf(sealed.map(({ line }) => line)));
  writeFileSync(`${name}.hashes`, Buffer.concat(hashes));
}
