/**
 * A service logs, and a sealer seals the log. Then an attacker takes everything: the log, the seals and the key. The owner
 * has two public texts that were kept elsewhere, the verifier key and the last checkpoint, and finds each change of what
 * was sealed before. What is added afterwards is not found: from the theft on, the machine says what the attacker wants.
 */
import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyFile } from '@evolock/direct-serialise-io';
import { compactSumKesOfDepth } from '@evolock/kes-sum';
import { Sealer } from '@evolock/sealed-log';
import { verifySealedLog } from '@evolock/sealed-log/verify';

const depth = 4;
const origin = 'example.com/payments';

/** The files of a log in a folder, as lines. */
class Files {
  constructor(readonly folder: string) {}

  path = (name: string) => join(this.folder, name);
  bytes = (name: string) => readFileSync(this.path(name));
  lines = (name: string) => readFileSync(this.path(name), 'utf8').trimEnd().split('\n');
  write = (name: string, lines: readonly string[]) =>
    writeFileSync(this.path(name), lines.map((line) => `${line}\n`).join(''));

  openSealer(keyFile = 'state/audit.key') {
    return Sealer.open(this.path('audit.log'), { origin, depth, keyFile: this.path(keyFile) });
  }

  /** Repeats the last seal under another number, signed with the key that the attacker found. */
  async forge(number: number) {
    await using file = await KeyFile.open(
      this.path('state/audit.key'),
      compactSumKesOfDepth(depth),
    );
    const seals = this.lines('audit.log.seals');
    const [, time, flags, size, tree] = (seals.at(-1) ?? '').split(' ');
    const message = `evolock-seal/v1\nnumber ${number}\ntime ${time}\nflags ${flags}\n${origin}\n${size}\n${tree}\n`;
    const signature = Buffer.from(file.key.sign(Buffer.from(message))).toString('base64');
    const forged = [number, time, flags, size, tree, signature].join(' ');
    this.write('audit.log.seals', [...seals, forged]);
  }
}

const root = mkdtempSync(join(tmpdir(), 'evolock-'));
try {
  const service = new Files(root);
  const sealer = await service.openSealer();
  for (const entry of ['ann pays 10', 'bob pays 20', 'cat pays 30', 'dan pays 40']) {
    appendFileSync(service.path('audit.log'), `${entry}\n`);
    await sealer.seal();
  }
  const { verifierKey } = sealer;
  const checkpoint = await sealer.checkpoint();
  await sealer.close();

  /** The attacker changes a copy of everything. The owner verifies it. */
  const attack = async (name: string, change: (files: Files) => unknown) => {
    const files = new Files(mkdtempSync(join(tmpdir(), 'evolock-')));
    try {
      cpSync(root, files.folder, { recursive: true });
      await change(files);
      const { result, failure, at, reasons, changed } = await verifySealedLog({
        verifierKey,
        files: [files.bytes('audit.log')],
        seals: files.bytes('audit.log.seals'),
        hashes: files.bytes('audit.log.hashes'),
        checkpoints: checkpoint === undefined ? [] : [checkpoint],
        now: new Date(),
        maxAge: 60,
      });
      const why = failure === undefined ? reasons : [`${failure} at seal ${String(at)}`];
      const which = changed.map(([entry]) => `entry ${String(entry)} was changed`);
      console.log(`${name}: ${[result, ...why, ...which].join(', ')}`);
    } finally {
      rmSync(files.folder, { recursive: true });
    }
  };

  await attack('changes nothing', () => undefined);
  await attack('rewrites yesterday', ({ lines, write }) => {
    write('audit.log', lines('audit.log').with(1, 'bob pays 2'));
  });
  await attack('rewrites yesterday, and seals all of it again with a new key', async (files) => {
    files.write('audit.log', files.lines('audit.log').with(1, 'bob pays 2'));
    rmSync(files.path('audit.log.seals'));
    await (await files.openSealer('state/new.key')).close();
  });
  const cut = ({ lines, write }: Files) => {
    write('audit.log', lines('audit.log').slice(0, 2));
    write('audit.log.seals', lines('audit.log.seals').slice(0, 3));
  };
  await attack('cuts the end', cut);
  await attack('cuts the end, and goes on with the stolen key', async (files) => {
    cut(files);
    await files.forge(3);
  });
  await attack('cuts the end, and invents a gap', async (files) => {
    cut(files);
    await files.forge(5);
  });
  await attack('adds a lie today', async (files) => {
    appendFileSync(files.path('audit.log'), 'eve pays 1\n');
    await (await files.openSealer()).close();
  });
} finally {
  rmSync(root, { recursive: true });
}
