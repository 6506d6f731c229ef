// The commands that verify, as their users see them.
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { newStage, Transcripts, type Stage } from '@evolock/command-testing/transcript';
import { Sealer } from '@evolock/sealed-log';
import { expect, test } from 'vitest';
import { NotesKey, textOf, witnessOf } from '../support/witnesses.js';
import { START, writeLog } from '../support/written-log.js';
import { sealedLog } from './sealed-log.js';

const transcripts = new Transcripts<Stage>({
  name: 'sealed-log',
  run: sealedLog,
  fixtures: {
    'make-log': (_, name = '', seals = '', flags = '0', user = 'eve', each = '100') =>
      writeLog(name, Number(seals), Number(flags), user.replace('ESC', '\u001b'), Number(each)),
    later: (stage, seconds) => {
      stage.now = new Date(stage.now.getTime() + Number(seconds) * 1000);
    },
    // Two witnesses cosign a checkpoint of a log, 100 and 200 seconds after its first seal.
    cosign: (_, checkpoint = '', out = '') => {
      const note = readFileSync(checkpoint, 'utf8');
      const text = textOf(note);
      const [one, two] = [witnessOf(1), witnessOf(2)];
      const log = new NotesKey(text.split('\n', 1)[0] ?? '', 1, 3).line(text);
      const lines = [log, one.line(text, START + 100), two.line(text, START + 200)];
      writeFileSync(out, note + lines.join(''));
      const keys = [one, two].map(({ verifierKey }, at) => `witness w${at + 1} ${verifierKey}\n`);
      writeFileSync('safe/witnesses', `${keys.join('')}group both all w1 w2\nquorum both\n`);
    },
  },
});

transcripts.testAll(fileURLToPath(new URL('verifying/', import.meta.url)), () =>
  newStage('/tmp/sealed-log-', new Date((START + 300) * 1000)),
);

test('the progress is on a terminal, and is removed', async () => {
  newStage('/tmp/sealed-log-', new Date());
  writeLog('audit.log', 3, 0, 'eve', 20_000);
  let milliseconds = START * 1000;
  const { stderr, stdout } = await sealedLog(
    ['verify', 'audit.log', '--key', 'safe/audit.log.vkey', '--max-age', 'none'],
    { isTTY: true, clock: () => new Date((milliseconds += 1000)) },
  );
  expect(stderr).toMatch(/█+░* \d+ %, \d+ entries, \d+\/s/);
  expect(stderr.endsWith('\r\u001b[2K')).toBe(true);
  expect(stdout).toContain('60000 entries');
});

test('a log is never called changed while it is written and sealed', async () => {
  newStage('/tmp/sealed-log-', new Date());
  const origin = 'example.com/live';
  const options = { origin, keyFile: 'state/audit.key', interval: 0.001, depth: 4 };
  const sealer = await Sealer.open('audit.log', options);
  const { verifierKey } = sealer;
  const writer = setInterval(() => appendFileSync('audit.log', 'an entry\n'.repeat(100)), 1);
  try {
    for (let count = 0; count < 6; count += 1) {
      await sealer.seal();
      const args = [
        'verify',
        'audit.log',
        '--key',
        verifierKey,
        '--threads',
        count === 3 ? '2' : '1',
      ];
      const { code, stdout } = await sealedLog(args);
      expect(code, stdout).toBe(0);
    }
  } finally {
    clearInterval(writer);
    await sealer.close();
  }
});
