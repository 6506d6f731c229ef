/** `kes status` of many certificates, and how soon a certificate ends. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  envelopeIn,
  makeCertificate,
  makeKey,
  makeOtherKey,
  makeUnsignedCertificate,
} from '../support/files.js';
import { inFolder } from '../support/folder.js';
import { kes, kesJson } from '../support/kes.js';
import { samplesIn } from '../support/prometheus.js';

/** KES period 1080 of mainnet. A certificate of this start period ends in 92 days, one of 1024 in 7.9 days. */
const NOW = new Date('2024-11-15T00:00:00Z');
const NETWORK = ['--network', 'mainnet'];
const LIMITS = ['--warn-days', '14', '--crit-days', '7'];
const PUBLIC = new Uint8Array(32);

/** Runs in the folder of the test, at that moment. */
function status(...args: readonly string[]) {
  return kes(['status', ...args], { cwd: inFolder(), now: NOW });
}

async function statusJson(...args: readonly string[]) {
  return kesJson(['status', ...args], { cwd: inFolder(), now: NOW });
}

function make(path: string, startPeriod: number): void {
  makeCertificate(inFolder(path), PUBLIC, BigInt(startPeriod));
}

/** Names and results, the worst first. */
async function resultsOf(...args: readonly string[]): Promise<string[]> {
  const { json } = await statusJson(...args);
  return json.certificates.map(({ name, result }: Record<string, string>) => `${name}: ${result}`);
}

describe('many certificates', () => {
  /** From good to bad. */
  const KINDS = [
    ['good.cert', 0, () => make('good.cert', 1080)],
    ['soon.cert', 10, () => make('soon.cert', 1024)],
    ['sooner.cert', 11, () => make('sooner.cert', 1020)],
    ['missing.cert', 3, () => undefined],
    ['later.cert', 1, () => make('later.cert', 1081)],
    ['over.cert', 1, () => make('over.cert', 1018)],
    ['unsigned.cert', 1, () => makeUnsignedCertificate(inFolder('unsigned.cert'))],
    ['text.cert', 1, () => writeFileSync(inFolder('text.cert'), 'a text')],
  ] as const;

  beforeEach(() => {
    for (const [, , makeIt] of KINDS) makeIt();
  });

  it('are shown the worst first, and none hides the others', async () => {
    const names = KINDS.map(([name]) => name);
    expect(await resultsOf(...names, ...NETWORK, ...LIMITS)).toEqual([
      'over.cert: invalid',
      'unsigned.cert: invalid',
      'text.cert: not-read',
      'later.cert: invalid',
      'missing.cert: not-read',
      'sooner.cert: critical',
      'soon.cert: warning',
      'good.cert: valid',
    ]);
    const { code, stdout, stderr } = await status(...names, ...NETWORK, ...LIMITS);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    for (const name of names) expect(stdout).toContain(` ${name}: `);
    expect(stdout).toContain('✗ missing.cert: not read\n  ✗ there is no such file\n');
    expect(stdout).toContain('current');
    expect(stdout).toMatch(
      /\n8 certificates: 3 not valid, 2 not read, 1 critical, 1 warning, 1 valid\n$/,
    );
  });

  it('of which none was read have no legend of signs', async () => {
    const { stdout } = await status('missing.cert', 'text.cert', ...NETWORK, ...LIMITS);
    expect(stdout).toMatch(/\n\n2 certificates: 2 not read\n$/);
    expect(stdout).not.toContain('current');
  });

  it.each(KINDS)('with %s as the worst one end with exit code %i', async (name, code) => {
    const at = KINDS.findIndex(([each]) => each === name);
    const names = KINDS.slice(0, at + 1).map(([each]) => each);
    const { code: ended, json } = await statusJson(...names, ...NETWORK, ...LIMITS);
    expect({ ended, exitCode: json.summary.exitCode }).toEqual({ ended: code, exitCode: code });
    expect(json.certificates).toHaveLength(names.length);
  });

  it('that end soon are valid without limits', async () => {
    expect((await status('soon.cert', 'sooner.cert', ...NETWORK)).code).toBe(0);
    expect((await status('soon.cert', ...NETWORK, '--crit-days', '14')).code).toBe(11);
    expect((await status('soon.cert', ...NETWORK, '--warn-days', '7')).code).toBe(0);
  });

  it('are one JSON document, with the facts that one certificate has', async () => {
    const { json } = await statusJson('good.cert', 'missing.cert', ...NETWORK);
    const one = await statusJson('--cert', 'good.cert', ...NETWORK);
    expect(json).toEqual({
      certificates: [
        {
          name: 'missing.cert',
          source: 'missing.cert',
          valid: false,
          result: 'not-read',
          error: {
            code: 'ERR_EVOLOCK_IO_FILE',
            message: 'missing.cert: there is no such file',
            exitCode: 3,
          },
        },
        { name: 'good.cert', source: 'good.cert', ...one.json },
      ],
      summary: {
        exitCode: 3,
        certificates: 2,
        invalid: 0,
        notRead: 1,
        critical: 0,
        warning: 0,
        valid: 1,
      },
    });
  });

  it('are each shown once, also when a path is given twice', async () => {
    const results = await resultsOf('./good.cert', './good.cert', '.', 'soon.cert', ...NETWORK);
    expect(results.filter((each) => each.startsWith('good.cert'))).toHaveLength(1);
    expect(results.filter((each) => each.startsWith('./good.cert'))).toHaveLength(1);
    expect(results.filter((each) => each.startsWith('soon.cert'))).toHaveLength(1);
  });

  it('may come from standard input', async () => {
    const input = readFileSync(inFolder('good.cert'));
    const options = { cwd: inFolder(), now: NOW, input };
    const { code, stdout } = await kes(['status', '-', 'soon.cert', ...NETWORK], options);
    expect(code).toBe(0);
    expect(stdout).toContain('✓ standard input: valid\n');
  });

  it('fit into 80 columns, and show the life of each', async () => {
    const { stdout } = await status('soon.cert', 'good.cert', ...NETWORK, ...LIMITS);
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(stdout).toContain(`\n  ${'·'.repeat(56)}●◇◆◆◆◆\n`);
    expect(stdout).toContain(`\n  ●${'○'.repeat(52)}◇◇◇◇◇◆◆◆◆\n`);
  });
});

describe('a folder', () => {
  it('is searched for certificates by their names, and no other file is opened', async () => {
    make('node.cert', 1080);
    mkdirSync(inFolder('beta', '.old'), { recursive: true });
    make('beta/node.opcert', 1080);
    make('beta/.old/node.cert', 1080);
    make('.hidden.cert', 1080);
    make('elsewhere', 1080);
    symlinkSync('../elsewhere', inFolder('beta', 'link.cert'));
    symlinkSync('..', inFolder('beta', 'loop'));
    makeKey(inFolder('kes.skey'));
    // Reading a pipe would never end.
    execFileSync('mkfifo', [inFolder('node.socket'), inFolder('beta', 'pipe.cert')]);
    symlinkSync('nowhere', inFolder('beta', 'dangling.cert'));
    expect(await resultsOf('.', ...NETWORK)).toEqual([
      'beta/dangling.cert: not-read',
      'beta/pipe.cert: not-read',
      'beta/link.cert: valid',
      'beta/node.opcert: valid',
      'node.cert: valid',
    ]);
    const { stdout } = await status('.', ...NETWORK);
    expect(stdout).toContain('✗ beta/dangling.cert: not read\n  ✗ there is no such file\n');
    expect(stdout).toContain('✗ beta/pipe.cert: not read\n  ✗ it is not a regular file\n');
  });

  it('with a signing key that has the name of a certificate shows nothing of the key', async () => {
    makeKey(inFolder('key.cert'));
    make('node.cert', 1080);
    const { cborHex } = envelopeIn(inFolder('key.cert'));
    for (const more of [[], ['--json'], ['--prometheus', '-']]) {
      const { code, stdout, stderr } = await status('.', ...NETWORK, ...more);
      expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
      for (let at = 0; at < cborHex.length; at += 32) {
        expect(stdout).not.toContain(cborHex.slice(at, at + 32));
      }
    }
    expect(await resultsOf('.', ...NETWORK)).toEqual(['key.cert: not-read', 'node.cert: valid']);
  });

  it('without a certificate is not read: nothing would be watched', async () => {
    mkdirSync(inFolder('empty'));
    make('node.cert', 1080);
    const { code, stdout } = await status('empty', 'node.cert', ...NETWORK);
    expect(code).toBe(3);
    expect(stdout).toMatch(
      /✗ empty: not read\n {2}✗ no file in it is named \*\.cert or \*\.opcert/,
    );
    expect(stdout).toContain('✓ node.cert: valid\n');
  });
});

describe('a list of pools', () => {
  function list(...lines: readonly string[]): void {
    writeFileSync(inFolder('pools.toml'), lines.join('\n'));
  }

  it('names certificates by paths beside it, each with its own network', async () => {
    mkdirSync(inFolder('lists'));
    make('lists/one.cert', 1080);
    make('two.cert', 500);
    const genesis = { networkMagic: 42, slotsPerKESPeriod: 129_600, maxKESEvolutions: 62 };
    const times = { systemStart: '2022-10-18T02:00:00Z', slotLength: 1 };
    writeFileSync(inFolder('lists/genesis.json'), JSON.stringify({ ...genesis, ...times }));
    writeFileSync(
      inFolder('lists/pools.toml'),
      [
        'network = "mainnet"',
        '[[pool]]\nname = "ONE"\ncert = "one.cert"',
        '[[pool]]\nname = "TWO"\ncert = "../two.cert"\nnetwork = "preview"',
        '[[pool]]\ncert = "../two.cert"\ngenesis-file = "genesis.json"\nwithout-byron = true',
      ].join('\n'),
    );
    const { code, json } = await statusJson('--pools', 'lists/pools.toml');
    expect(code).toBe(0);
    const facts = json.certificates.map(
      ({ name, source, network }: { name: string; source: string; network: { name: string } }) =>
        [name, source, network.name] as const,
    );
    const [one, two] = ['lists/one.cert', 'two.cert'].map((path) => realpathSync(inFolder(path)));
    expect(facts.sort()).toEqual([
      [two, two, 'network 42'],
      ['ONE', one, 'mainnet'],
      ['TWO', two, 'preview'],
    ]);
  });

  it('takes its network from the command line when it states none', async () => {
    make('one.cert', 1080);
    list('[[pool]]', 'cert = "one.cert"');
    expect((await status('--pools', 'pools.toml', ...NETWORK)).code).toBe(0);
    const without = await status('--pools', 'pools.toml');
    expect(without).toMatchObject({ code: 2, stdout: '' });
    expect(without.stderr).toMatch(
      /one\.cert: the list of pools states no network for it: add network/,
    );
  });

  it('checks signing keys, and adds to paths', async () => {
    makeCertificate(inFolder('one.cert'), makeKey(inFolder('one.skey')), 1080n);
    makeOtherKey(inFolder('other.skey'));
    make('two.cert', 1080);
    list(
      '[[pool]]\nname = "RIGHT"\ncert = "one.cert"\nskey = "one.skey"',
      '[[pool]]\nname = "WRONG"\ncert = "one.cert"\nskey = "other.skey"',
    );
    const results = await resultsOf('two.cert', '--pools', 'pools.toml', ...NETWORK);
    expect(results).toEqual(['WRONG: invalid', 'two.cert: valid', 'RIGHT: valid']);
  });

  it('shows the other pools when a genesis, a key or an agent fails', async () => {
    make('one.cert', 1080);
    list(
      '[[pool]]\nname = "GENESIS"\ncert = "one.cert"\ngenesis-file = "no.json"',
      '[[pool]]\nname = "KEY"\ncert = "one.cert"\nskey = "no.skey"',
      '[[pool]]\nname = "AGENT"\nagent-control = "no.socket"',
      '[[pool]]\nname = "BOTH"\ncert = "one.cert"\nnetwork = "mainnet"\ngenesis-file = "no.json"',
      '[[pool]]\nname = "GOOD"\ncert = "one.cert"',
    );
    const { code, json } = await statusJson('--pools', 'pools.toml', ...NETWORK);
    expect(code).toBe(3);
    const results = json.certificates.map(
      ({ name, error }: { name: string; error?: { exitCode: number } }) =>
        `${name}: ${error?.exitCode ?? 'read'}`,
    );
    expect(results).toEqual(['GENESIS: 3', 'KEY: 3', 'AGENT: 3', 'BOTH: 2', 'GOOD: read']);
  });

  it('of another program has paths that are relative to the working folder', async () => {
    make('one.cert', 1080);
    list('[[pool]]\ncert = "one.cert"');
    const fd = openSync(inFolder('pools.toml'), 'r');
    try {
      const { code, stdout } = await status('--pools', `/dev/fd/${fd}`, ...NETWORK);
      expect(code).toBe(0);
      expect(stdout).toContain('/one.cert: valid');
    } finally {
      closeSync(fd);
    }
  });

  it('that leaves the network open for a certificate is a usage error that names it', async () => {
    list('[[pool]]\ncert = "a"\nnetwork = "preview"\n[[pool]]\nname = "B"\ncert = "b"');
    const { code, stdout, stderr } = await status('--pools', 'pools.toml');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(
      /^kes: error: B: the list of pools states no network .*--network <name>\n$/,
    );
  });

  it.each([
    ['', /pools\.toml: it has no pool: add one table \[\[pool\]\] or more/],
    ['pool = []', /pool: it must be one table/],
    ['pool = [1]', /pool: it must be one table/],
    ['[[pol]]', /unknown pol: the keys are pool, network/],
    ['[[pool]]\ncrt = "a"', /pool 1: unknown crt: the keys are name, cert/],
    ['[[pool]]\ncert = 1', /pool 1: cert: it must be text/],
    ['[[pool]]\ncert = "a"\n[[pool]]\nname = "B"', /pool 2: name one certificate: cert, or agent/],
    ['[[pool]]\ncert = "a"\nagent-control = "b"', /pool 1: name one certificate/],
    ['[[pool]]\nskey = "a"\nagent-control = "b"', /pool 1: skey needs cert/],
    ['[[pool]]\ncert = "a"\ncold-vkey = "b"', /pool 1: cold-vkey needs agent-control/],
    ['[[pool]]\ncert = "a"\nnetwork = "nonet"', /network: it must be one of mainnet, preprod/],
    ['[[pool]]\ncert = "a"\n[[pool]]\ncert = "a"', /two certificates are named .*\/a: rename one/],
    ['[[pool]\n', /it is not TOML at line 1/],
  ])('that is wrong is a usage error: %j', async (text, says) => {
    list(text);
    const { code, stdout, stderr } = await status('--pools', 'pools.toml', ...NETWORK);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^kes: error: [^\n]+\n$/);
    expect(stderr).toMatch(says);
  });
});

describe('a certificate that ends soon', () => {
  it.each([
    [[], 0, 'valid'],
    [['--warn-days', '7'], 0, 'valid'],
    [['--warn-days', '8'], 10, 'warning'],
    [['--warn-days', '14', '--crit-days', '7'], 10, 'warning'],
    [['--warn-days', '14', '--crit-days', '8'], 11, 'critical'],
    [['--crit-days', '8'], 11, 'critical'],
  ])('alone, with %j ends with %i', async (limits, code, result) => {
    make('node.cert', 1024);
    const place = ['--cert', 'node.cert', ...NETWORK, ...limits];
    expect(await statusJson(...place)).toMatchObject({ code, json: { valid: true, result } });
    const { stdout } = await status(...place);
    const words = result === 'valid' ? 'valid' : `valid, ${result}: it ends in less than \\d+ days`;
    expect(stdout).toMatch(new RegExp(`^node\\.cert: ${words}\n`));
  });

  it('is not valid when a check fails', async () => {
    make('node.cert', 1024);
    makeOtherKey(inFolder('o.skey'));
    const place = ['--cert', 'node.cert', '--skey', 'o.skey', ...NETWORK, ...LIMITS];
    expect(await statusJson(...place)).toMatchObject({ code: 1, json: { result: 'invalid' } });
  });

  it.each([
    [['--warn-days', '7', '--crit-days', '7'], /--crit-days must be less than --warn-days/],
    [['--warn-days', '0'], /--warn-days <days>.* must be 1 or more/],
    [['--warn-days', '1.5'], /not a whole number/],
  ])('is not defined by %j', async (limits, says) => {
    make('node.cert', 1024);
    for (const place of [['--cert', 'node.cert'], ['node.cert']]) {
      const { code, stdout, stderr } = await status(...place, ...NETWORK, ...limits);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toMatch(says);
    }
  });

  it('is unknown on a network without dates', async () => {
    make('node.cert', 1024);
    const numbers = ['--slots-per-kes-period', '100', '--max-kes-evolutions', '62'];
    for (const place of [['--cert', 'node.cert'], ['node.cert']]) {
      const args = [...place, ...numbers, '--slot', '102400'];
      expect((await status(...args)).code).toBe(0);
      const { code, stderr } = await status(...args, '--warn-days', '7');
      expect(code).toBe(2);
      expect(stderr).toMatch(/need a network whose slots have dates/);
    }
  });
});

describe('the picture of the life of a certificate', () => {
  /** The last lines of the output at a period, of a network of 100 slots a period. */
  async function picture(evolutions: number, period: number, start = 1000): Promise<string[]> {
    make('node.cert', start);
    const numbers = ['--slots-per-kes-period', '100', '--max-kes-evolutions', String(evolutions)];
    const { stdout } = await status('--cert', 'node.cert', ...numbers, '--slot', `${period}00`);
    return stdout.split('\n').slice(-6, -3);
  }

  it('shows what is past, the current evolution, and what is left', async () => {
    expect(await picture(62, 1010)).toEqual([
      `  slot 100000${' '.repeat(40)}slot 106200`,
      `  ··········●${'○'.repeat(51)}`,
      `  ${' '.repeat(10)}└ evolution 10, 51 KES periods after it`,
    ]);
    expect((await picture(62, 1000))[1]).toBe(`  ●${'○'.repeat(61)}`);
    expect(await picture(62, 1061)).toEqual([
      `  slot 100000${' '.repeat(40)}slot 106200`,
      `  ${'·'.repeat(61)}●`,
      `  ${' '.repeat(24)}evolution 61, 0 KES periods after it ┘`,
    ]);
  });

  it('shows a certificate that has not begun, and one that has ended', async () => {
    const [, early, begins] = await picture(62, 990);
    expect([early, begins]).toEqual([`  ${'○'.repeat(62)}`, '  └ starts in 10 KES periods']);
    const [, past, ended] = await picture(62, 1070);
    expect(past).toBe(`  ${'·'.repeat(62)}`);
    expect(ended?.trimStart()).toBe('ended 8 KES periods ago ┘');
    expect(ended).toHaveLength(64);
    expect((await picture(62, 1062))[2]).toMatch(/ended with the last KES period ┘$/);
  });

  it.each([1, 2, 3, 5, 31, 33, 62, 64, 100])(
    'of %i evolutions fits into 80 columns at each evolution',
    async (evolutions) => {
      const limit = Math.min(evolutions, 64);
      const columns = Math.floor(64 / limit);
      for (const evolution of new Set([0, 1, limit >> 1, limit - 1])) {
        if (evolution >= limit) continue;
        const [dates = '', row = '', place = ''] = await picture(evolutions, 1000 + evolution);
        for (const line of [dates, row, place]) expect(line.length).toBeLessThanOrEqual(80);
        expect(row).toHaveLength(2 + limit * columns);
        expect(row.split('●').length - 1).toBe(columns);
        // The place is below the first sign of the current evolution.
        expect(/[└┘]/.exec(place)?.index).toBe(row.indexOf('●'));
      }
    },
  );

  it('has the dates of its network, and colours on a terminal', async () => {
    make('node.cert', 1070);
    const args = ['status', '--cert', 'node.cert', ...NETWORK, ...LIMITS];
    const { stdout } = await kes(args, { cwd: inFolder(), now: NOW, isTTY: true });
    expect(stdout).toMatch(/\n {2}2024-10-29 +2025-01-30\n/);
    expect(stdout).toContain('\u001b[31m◆\u001b[39m');
  });
});

describe('metrics', () => {
  beforeEach(() => {
    make('good.cert', 1080);
    make('over.cert', 1018);
  });

  const ALL = ['good.cert', 'over.cert', 'missing.cert', ...NETWORK];

  /** The value of a metric of each certificate. */
  function valuesOf(text: string, metric: string): Record<string, number> {
    const samples = samplesIn(text).filter((sample) => sample.metric === metric);
    return Object.fromEntries(samples.map(({ labels, value }) => [labels['name'] ?? '', value]));
  }

  it('are printed with all certificates in them, and the exit code', async () => {
    const { code, stdout } = await status(...ALL, '--prometheus', '-');
    expect(code).toBe(1);
    const names = { 'good.cert': 1, 'over.cert': 0, 'missing.cert': 0 };
    expect(valuesOf(stdout, 'kes_certificate_valid')).toEqual(names);
    expect(valuesOf(stdout, 'kes_certificate_read')).toEqual({ ...names, 'over.cert': 1 });
    // The ends of KES periods 1079 and 1141 of mainnet.
    expect(valuesOf(stdout, 'kes_certificate_expiry_timestamp_seconds')).toEqual({
      'good.cert': Date.parse('2025-02-14T21:44:51Z') / 1_000,
      'over.cert': Date.parse('2024-11-13T21:44:51Z') / 1_000,
    });
    expect(valuesOf(stdout, 'kes_certificate_remaining_kes_periods')).toEqual({
      'good.cert': 61,
      'over.cert': 0,
    });
    expect(valuesOf(stdout, 'kes_certificate_sequence_number')).toMatchObject({ 'good.cert': 7 });
    const info = samplesIn(stdout).find(({ metric }) => metric === 'kes_certificate_info');
    expect(info?.labels).toMatchObject({
      network: 'mainnet',
      pool: expect.stringMatching(/^pool1/),
    });
  });

  it.each(['a "b" c.cert', String.raw`a\nb\.cert`, 'ä€.cert', 'a\nb.cert'])(
    'keep the name %j',
    async (name) => {
      make(name, 1080);
      const { stdout } = await status(name, ...NETWORK, '--prometheus', '-');
      expect(valuesOf(stdout, 'kes_certificate_valid')).toEqual({
        [name.replace('\n', '\ufffd')]: 1,
      });
    },
  );

  it('have no date on a network without dates', async () => {
    const numbers = ['--slots-per-kes-period', '100', '--max-kes-evolutions', '62'];
    const place = ['good.cert', ...numbers, '--slot', '108000'];
    const { code, stdout } = await status(...place, '--prometheus', '-');
    expect(code).toBe(0);
    expect(stdout).not.toContain('timestamp');
    expect(valuesOf(stdout, 'kes_certificate_valid')).toEqual({ 'good.cert': 1 });
  });

  it('are written for everybody to read, and the certificates are shown too', async () => {
    const { code, stdout } = await status(...ALL, '--prometheus', 'kes.prom');
    expect(code).toBe(1);
    expect(stdout).toContain('3 certificates: 1 not valid, 1 not read, 1 valid\n');
    expect(statSync(inFolder('kes.prom')).mode & 0o777).toBe(0o644);
    const printed = await status(...ALL, '--prometheus', '-');
    expect(readFileSync(inFolder('kes.prom'), 'utf8')).toBe(printed.stdout);
    expect(samplesIn(printed.stdout).length).toBeGreaterThan(10);
  });

  it('are replaced in one step, so that a reader has the old or the new ones', async () => {
    await status('good.cert', ...NETWORK, '--prometheus', 'kes.prom');
    const old = readFileSync(inFolder('kes.prom'), 'utf8');
    chmodSync(inFolder('kes.prom'), 0o640);
    const fd = openSync(inFolder('kes.prom'), 'r');
    try {
      expect((await statusJson(...ALL, '--prometheus', 'kes.prom')).json.certificates.length).toBe(
        3,
      );
      expect(readFileSync(fd, 'utf8')).toBe(old);
    } finally {
      closeSync(fd);
    }
    expect(
      Object.keys(valuesOf(readFileSync(inFolder('kes.prom'), 'utf8'), 'kes_certificate_read')),
    ).toHaveLength(3);
    expect(statSync(inFolder('kes.prom')).mode & 0o777).toBe(0o640);
    expect(readdirSync(inFolder()).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('replace no other file, and are refused before a certificate is read', async () => {
    makeKey(inFolder('key.prom'));
    writeFileSync(inFolder('node.prom'), '# HELP node_load1 1m load average.\n');
    symlinkSync('good.cert', inFolder('link.prom'));
    for (const [name, code, says] of [
      ['key.prom', 2, /it is a KES signing key, and --prometheus replaces only a file of metrics/],
      ['node.prom', 2, /it is a file that kes did not write, and --prometheus replaces only/],
      ['link.prom', 3, /link\.prom: it is a symbolic link/],
      ['kes.txt', 2, /kes\.txt: node_exporter reads files that end in \.prom only/],
      ['no/kes.prom', 3, /no\/kes\.prom: its folder no does not exist/],
    ] as const) {
      const { code: ended, stdout, stderr } = await status(...ALL, '--prometheus', name);
      expect({ name, ended, stdout }).toEqual({ name, ended: code, stdout: '' });
      expect(stderr).toMatch(says);
    }
    expect(readFileSync(inFolder('node.prom'), 'utf8')).toContain('node_load1');
  });

  it('are text, not JSON', async () => {
    const { code, stderr } = await status(...ALL, '--prometheus', '-', '--json');
    expect(code).toBe(2);
    expect(JSON.parse(stderr).error.message).toMatch(/leave --json out/);
  });

  const { error } = spawnSync('promtool', ['--version']);
  const reason = error === undefined ? '' : ' (skipped: promtool is not installed)';
  it.skipIf(reason !== '')(`are accepted by promtool${reason}`, async () => {
    const { stdout: input } = await status(...ALL, '--prometheus', '-');
    const { status: code, stderr } = spawnSync('promtool', ['check', 'metrics'], { input });
    expect({ code, stderr: String(stderr) }).toEqual({ code: 0, stderr: '' });
  });
});

it.each([
  [['--cert', 'a', 'b'], /paths and --pools are for many/],
  [['a', '--skey', 'b'], /paths and --pools are for many/],
  [['a', '--agent-control', 'b'], /paths and --pools are for many/],
  [['a', '--on-chain', '7'], /paths and --pools are for many/],
  [['--pools', 'a', '--counter', 'b'], /paths and --pools are for many/],
  [['--cert', 'a', '--prometheus', '-'], /--prometheus is for .*give the certificate as a path/],
  [
    ['--prometheus', '-'],
    /name certificates: paths of files and folders, or --pools <file>; or one/,
  ],
  [[], /name certificates: paths/],
  [['--cert', 'a', '--agent-control', 'b'], /name one certificate: --cert <file>, or --agent/],
  [['-', '-'], /only one argument can be standard input/],
  [['-', '--pools', '-'], /only one argument can be standard input/],
  [['a', '--at', '2010-01-01'], /give another moment/],
])('many certificates and one are not mixed up: %j', async (args, says) => {
  const { code, stdout, stderr } = await status(...NETWORK, ...args);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(says);
});

describe('a network by its genesis', () => {
  function makeGenesis(networkMagic: number, start: string): void {
    const genesis = {
      networkMagic,
      slotsPerKESPeriod: 129_600,
      maxKESEvolutions: 62,
      systemStart: start,
      slotLength: 1,
    };
    writeFileSync(inFolder('genesis.json'), JSON.stringify(genesis));
  }

  const COMMANDS = [
    ['status', '--cert', 'node.cert'],
    ['status', 'node.cert', './node.cert'],
    ['period'],
  ];

  it('has slots without dates, and a warning that says why', async () => {
    make('node.cert', 1000);
    makeGenesis(42, '2022-10-25T00:00:00Z');
    for (const command of COMMANDS) {
      const args = [...command, '--genesis', 'genesis.json'];
      const { stderr, json } = await kesJson([...args, '--slot', '129600000'], { cwd: inFolder() });
      expect(json.warnings).toHaveLength(1);
      expect(stderr).toMatch(
        /^kes: warning: genesis\.json: .* Byron era .*--without-byron[^\n]+\n$/,
      );
      const known = ['--slot', '129600000', '--without-byron'];
      expect((await kes([...args, ...known], { cwd: inFolder() })).stderr).toBe('');
      expect(await kes(args, { cwd: inFolder() })).toMatchObject({ code: 2, stdout: '' });
    }
  });

  it('is a known one by its numbers, with the dates of that', async () => {
    make('node.cert', 1080);
    makeGenesis(764_824_073, '2017-09-23T21:44:51Z');
    for (const command of COMMANDS) {
      const args = [...command, '--genesis', 'genesis.json'];
      const { code, stdout, stderr } = await kes(args, { cwd: inFolder(), now: NOW });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain('mainnet');
    }
  });
});
