// The scripts that run beside rights, with programs of a few lines in place of npm and gh.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';

const script = (name: string): string =>
  fileURLToPath(new URL(`../../src/release/${name}.mjs`, import.meta.url));

/** A folder with the programs `npm` and `gh`, which write a line for each call into the file `calls`. */
class Runner {
  readonly folder = mkdtempSync(join(tmpdir(), 'evolock-publish-'));
  readonly env: Record<string, string>;
  /** The lines of the digests that the rehearsal states. */
  bills = '';

  constructor() {
    onTestFinished(() => rmSync(this.folder, { recursive: true }));
    for (const name of ['bin', 'packed', 'sbom', 'published', 'released'])
      mkdirSync(this.path(name));
    this.env = {
      PATH: [this.path('bin'), process.env['PATH']].join(delimiter),
      GITHUB_SHA: 'COMMIT',
    };
    // `published/NAME` has the integrity that the registry states, and `released/NAME` exists when GitHub has the release.
    this.program(
      'npm',
      `case "$1" in
        config) echo https://registry.example/ ;;
        view) if [ -e registry-is-down ]; then echo '{"error":{"code":"EAI_AGAIN"}}'; exit 1
          elif [ -e "published/\${2#@evolock/}" ]; then cat "published/\${2#@evolock/}"
          else echo '{"error":{"code":"E404"}}'; exit 1; fi ;;
        publish) echo "npm publish $(basename "$2") $NPM_TOKEN $(cat "$npm_config_userconfig" 2>/dev/null)" >>calls
          integrity="sha512-$(openssl dgst -sha512 -binary "$2" | base64 -w 0)"
          id=$(tar -xOzf "$2" package/package.json | sed 's/.*evolock.\\([a-z-]*\\)","version":"\\([0-9.]*\\)".*/\\1@\\2/')
          echo "\\"$integrity\\"" >"published/$id" ;;
      esac`,
    );
    this.program(
      'gh',
      `case "$2" in
        view) [ -e "released/\${3#@evolock/}" ] || { echo 'release not found' >&2; exit 1; } ;;
        create) echo "gh release create $3 $(basename -a "$4" "$5" | xargs) $(cat)" >>calls; touch "released/\${3#@evolock/}" ;;
      esac`,
    );
  }

  path(...names: readonly string[]): string {
    return join(this.folder, ...names);
  }

  program(name: string, lines: string): void {
    writeFileSync(this.path('bin', name), `#!/bin/sh\n${lines}\n`, { mode: 0o755 });
  }

  /** Packs a package, makes its bill, and returns the lines of its digest. */
  pack(name: string): string {
    mkdirSync(this.path('package'), { recursive: true });
    const manifest = JSON.stringify({ name: `@evolock/${name}`, version: '0.2.0' });
    writeFileSync(this.path('package/package.json'), manifest);
    const changelog = `# ${name}\n\n## 0.2.0\n\nNew.\n\n## 0.1.0\n\nOld.\n`;
    writeFileSync(this.path('package/CHANGELOG.md'), changelog);
    const file = `evolock-${name}-0.2.0`;
    execFileSync('tar', ['-czf', this.path('packed', `${file}.tgz`), 'package'], {
      cwd: this.folder,
    });
    writeFileSync(this.path('sbom', `${file}.cdx.json`), '{}');
    this.bills += this.digest(`${file}.cdx.json`, 'sbom');
    return this.digest(`${file}.tgz`);
  }

  digest(file: string, folder = 'packed'): string {
    const bytes = readFileSync(this.path(folder, file));
    return `${createHash('sha512').update(bytes).digest('hex')}  ${file}\n`;
  }

  publish(digests: string, ...options: readonly string[]) {
    const result = spawnSync(process.execPath, [script('publish'), ...options, 'packed', 'sbom'], {
      cwd: this.folder,
      encoding: 'utf8',
      env: { ...this.env, DIGESTS: digests, BILLS: this.bills },
    });
    return { status: result.status, output: result.stdout + result.stderr };
  }

  /** What was called since the last look. */
  calls(): string[] {
    try {
      return readFileSync(this.path('calls'), 'utf8').trim().split('\n');
    } catch {
      return [];
    } finally {
      rmSync(this.path('calls'), { force: true });
    }
  }
}

describe('publish.mjs', () => {
  test('publishes what the registry does not have, in the order of the digests, with a release of each', () => {
    const runner = new Runner();
    const digests = runner.pack('kes-sum') + runner.pack('dsign');
    expect(runner.publish(digests, '--unpublished')).toEqual({
      status: 0,
      output: '@evolock/kes-sum@0.2.0 @evolock/dsign@0.2.0\n',
    });
    expect(runner.publish(digests).status).toBe(0);
    expect(runner.calls()).toEqual(
      ['kes-sum', 'dsign'].flatMap((name) => [
        `npm publish evolock-${name}-0.2.0.tgz  `,
        `gh release create @evolock/${name}@0.2.0 evolock-${name}-0.2.0.tgz evolock-${name}-0.2.0.cdx.json New.`,
      ]),
    );
    // The next run finds all of it.
    expect(runner.publish(digests, '--unpublished').output).toBe('\n');
    expect(runner.publish(digests).status).toBe(0);
    expect(runner.calls()).toEqual([]);
  });

  test('gives npm a token by its name, and writes it to no file', () => {
    const runner = new Runner();
    runner.env['NPM_TOKEN'] = 'secret';
    expect(runner.publish(runner.pack('kes-sum')).status).toBe(0);
    expect(runner.calls()[0]).toBe(
      'npm publish evolock-kes-sum-0.2.0.tgz secret //registry.example/:_authToken=${NPM_TOKEN}',
    );
  });

  test('publishes nothing when one file has another digest, or when the registry does not answer', () => {
    const runner = new Runner();
    const digests = runner.pack('kes-sum') + runner.pack('dsign');
    writeFileSync(runner.path('packed/evolock-dsign-0.2.0.tgz'), 'other bytes');
    expect(runner.publish(digests)).toMatchObject({
      status: 1,
      output: expect.stringContaining(
        'evolock-dsign-0.2.0.tgz is not the file that was built',
      ) as string,
    });
    // A file without a digest is not published.
    runner.pack('kes-single');
    writeFileSync(runner.path('registry-is-down'), '');
    expect(runner.publish(runner.digest('evolock-kes-single-0.2.0.tgz'))).toMatchObject({
      status: 1,
      output: expect.stringContaining('EAI_AGAIN') as string,
    });
    expect(runner.publish('').status).toBe(1);
    expect(runner.calls()).toEqual([]);
  });

  test('takes no tarball, and no file of another folder, from the rehearsal', () => {
    for (const file of ['evolock-kes-sum-0.2.0.tgz', '../sbom/evolock-kes-sum-0.2.0.cdx.json']) {
      const runner = new Runner();
      const digests = runner.pack('kes-sum');
      writeFileSync(runner.path('sbom/evolock-kes-sum-0.2.0.tgz'), 'other bytes');
      runner.bills += runner.digest(file, 'sbom');
      expect(runner.publish(digests)).toMatchObject({
        status: 1,
        output: expect.stringContaining(`${file} is not the name of a file`) as string,
      });
      expect(runner.calls()).toEqual([]);
    }
  });

  test('makes the release that a run cut short did not make, and none for the bytes of another commit', () => {
    const runner = new Runner();
    const digests = runner.pack('kes-sum');
    runner.publish(digests);
    rmSync(runner.path('released/kes-sum@0.2.0'));
    runner.calls();
    expect(runner.publish(digests).status).toBe(0);
    expect(runner.calls()).toHaveLength(1);
    rmSync(runner.path('released/kes-sum@0.2.0'));
    writeFileSync(runner.path('published/kes-sum@0.2.0'), '"sha512-AAAA"');
    expect(runner.publish(digests)).toMatchObject({
      status: 1,
      output: expect.stringContaining('was published from another commit') as string,
    });
    expect(runner.calls()).toEqual([]);
  });
});

describe('pull-request.mjs', () => {
  /** A clone of a repository that has a changeset, and what happens when the script gets a patch there. */
  function clone(runner: Runner) {
    const remote = runner.path('remote');
    const folder = runner.path('clone');
    const git = (...args: readonly string[]): string =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
        cwd: folder,
        encoding: 'utf8',
      });
    execFileSync('git', ['init', '--quiet', '--bare', remote]);
    execFileSync('git', ['clone', '--quiet', remote, folder], { stdio: 'ignore' });
    mkdirSync(join(folder, '.changeset'));
    writeFileSync(join(folder, '.changeset/a.md'), 'text\n');
    git('add', '--all');
    git('commit', '--quiet', '--message=First');
    const pullRequest = (change: () => void) => {
      change();
      git('add', '--all');
      writeFileSync(runner.path('patch'), git('diff', '--cached', '--binary'));
      git('reset', '--quiet', '--hard');
      const env = {
        ...runner.env,
        GITHUB_SERVER_URL: `file://${runner.folder}`,
        GH_REPO: 'remote',
      };
      const args = [script('pull-request'), runner.path('patch')];
      return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', env });
    };
    return { folder, remote, pullRequest };
  }

  const gh = (open: string): string =>
    `if [ "$2" = list ]; then echo '${open}'; else echo "gh pr $2 $4 $6" >>../calls; fi`;

  test('pushes what versioning changed to its branch, and opens one pull request', () => {
    const runner = new Runner();
    const { folder, remote, pullRequest } = clone(runner);
    const version = () => {
      rmSync(join(folder, '.changeset/a.md'));
      mkdirSync(join(folder, 'packages/one'), { recursive: true });
      writeFileSync(join(folder, 'packages/one/CHANGELOG.md'), 'text\n');
    };
    runner.program('gh', gh('[]'));
    expect(pullRequest(version)).toMatchObject({
      status: 0,
      stderr: expect.not.stringMatching('Error'),
    });
    expect(runner.calls()).toEqual(['gh pr create changeset-release/main main']);
    const files = ['ls-tree', '-r', '--name-only', 'changeset-release/main'];
    expect(execFileSync('git', files, { cwd: remote, encoding: 'utf8' })).toBe(
      'packages/one/CHANGELOG.md\n',
    );
    execFileSync('git', ['reset', '--quiet', '--hard', 'HEAD~'], { cwd: folder });
    runner.program('gh', gh('[{"number":1}]'));
    expect(pullRequest(version).status).toBe(0);
    expect(runner.calls()).toEqual([]);
  });

  test('refuses a patch that changes anything else', () => {
    const runner = new Runner();
    const { folder, remote, pullRequest } = clone(runner);
    const { status, stderr } = pullRequest(() => {
      rmSync(join(folder, '.changeset/a.md'));
      writeFileSync(join(folder, 'tsup.shared.ts'), '');
    });
    expect(status).toBe(1);
    expect(stderr).toContain('The patch changes tsup.shared.ts');
    expect(execFileSync('git', ['branch'], { cwd: remote, encoding: 'utf8' })).toBe('');
  });
});
