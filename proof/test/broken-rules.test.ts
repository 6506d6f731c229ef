import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { operationOf } from '../src/all-operations.js';
import { asOrdinaryUser, whyNoOrdinaryUser } from '../src/ordinary-user.js';
import { prove, WARM_UP, withFolder, type ProofOptions } from '../src/prove.js';

/** A rule that is broken in a copy of the built packages, and an operation that has to show it. */
interface Breakage {
  readonly what: string;
  readonly packages: readonly string[];
  /** What is replaced: it has to stand exactly once in each. */
  readonly code: RegExp;
  readonly by: string;
  readonly shownBy: string;
  readonly options?: ProofOptions;
  /** What the failure says. */
  readonly saying: RegExp;
}

const UNLOCKED = /outside of locked memory/;
const ERASED = /though it had to be gone/;
const REFUSED = /expected ERR_EVOLOCK_\w+, got/;

const breakages: readonly Breakage[] = [
  {
    what: 'rule 1: memory is not proved locked',
    packages: ['mlocked-bytes'],
    code: /sodium\.sodium_mlock\(\w+\);/,
    by: '',
    shownBy: 'the lock limit: no memory may be locked at all',
    options: { prefix: asOrdinaryUser(0) },
    saying: REFUSED,
  },
  {
    what: 'rule 2: a release does not wipe',
    packages: ['mlocked-bytes'],
    code: /sodium\.sodium_memzero\(this\.view\(index\)\);/,
    by: '',
    shownBy: 'Sum6: sign, then release',
    saying: ERASED,
  },
  {
    what: 'rule 3: nobody looks whether a value is alive',
    packages: ['mlocked-bytes'],
    code: /throw new ReleasedError\(value\.constructor\.name\);(?=\s*return value)/,
    by: 'void 0;',
    shownBy: 'errors: use after release',
    saying: REFUSED,
  },
  {
    what: 'rule 4: views escape',
    packages: ['mlocked-bytes'],
    code: /refuseEscape\(result, buffer\);/,
    by: '',
    shownBy: 'errors: a view that would escape',
    saying: REFUSED,
  },
  {
    what: 'rule 4: printing shows the content',
    packages: ['mlocked-bytes'],
    code: /`\$\{String\(this\.#size\)\} bytes locked`/,
    by: 'Buffer.from(unsoundMemory(this)).toString("hex")',
    shownBy: 'printing: JSON.stringify',
    saying: UNLOCKED,
  },
  {
    what: 'rule 5: native code sees any argument',
    packages: ['direct-serialise'],
    code: /if \(length === 0\) checkAttached\(argument, buffer\);/,
    by: '',
    shownBy: 'errors: arguments that native code must not see',
    saying: REFUSED,
  },
  {
    what: 'rule 6: no warm-up',
    // In all three: what one of them has called is warm for the next.
    packages: ['mlocked-bytes', 'mlocked-seed', 'dsign-ed25519'],
    code: /\n\s*warmUp\((?:sodium\d*)?\);/,
    by: '',
    shownBy: 'Ed25519: generateKey',
    saying: UNLOCKED,
  },
  {
    what: 'rule 6: no dummy hash',
    packages: ['mlocked-seed'],
    code: /wipe\(\) \{[^}]*\}/,
    by: 'wipe() { sodium.sodium_memzero(this.#memory); }',
    shownBy: 'seed: expand',
    options: { repetitions: WARM_UP },
    saying: UNLOCKED,
  },
  {
    what: 'rule 6: no wipe of the bench',
    packages: ['kes-sum'],
    code: /sodium\.sodium_memzero\(this\.#memory\);/,
    by: '',
    shownBy: 'Sum6: sign, then release',
    saying: ERASED,
  },
  {
    what: 'rule 7: a seed overlaps its key',
    packages: ['kes-sum'],
    code: /dsign\.leaf\.load\(this\.#leaf, verificationKey, this\.#serialisedLeaf\);/,
    by: 'dsign.leaf.load(this.#leaf.subarray(16), verificationKey, this.#leaf.subarray(0, 32));',
    shownBy: 'Sum6: read, and sign alike',
    saying: /the process said/,
  },
  {
    what: 'rule 8: a block is copied on its way to the kernel',
    packages: ['direct-serialise-io'],
    code: /writeSync\d*\(fd, block, done/,
    by: 'writeSync(fd, Buffer.from(block), done',
    shownBy: 'transports: a file descriptor, written and read',
    saying: UNLOCKED,
  },
  {
    what: 'rule 8: a key is joined in ordinary memory',
    packages: ['direct-serialise'],
    code: /\.set\(block, offset\);/,
    by: '.set(Buffer.concat([block]), offset);',
    shownBy: 'Sum6: serialise',
    saying: UNLOCKED,
  },
  {
    what: 'rule 9: no wipe at exit',
    packages: ['mlocked-bytes'],
    code: /for \(const memory of live\.keys\(\)\) sodium\.sodium_memzero\(memory\);/,
    by: '',
    shownBy: 'the end of the process: process.exit',
    saying: ERASED,
  },
  {
    what: 'forward security: a used seed stays',
    packages: ['kes-sum'],
    code: /this\.#seed\.set\(right\);\s*sodium\.sodium_memzero\(right\);(?=\s*this\.#descend)/,
    by: 'this.#seed.set(right);',
    shownBy: 'Sum6: updateTo',
    saying: ERASED,
  },
  {
    what: 'forward security: the old key stays',
    packages: ['kes-sum'],
    code: /bench\.store\(unsoundMemory(\d*)\(this\)\);/,
    by: 'globalThis.old = copyOf(this, this.clone()); bench.store(unsoundMemory$1(this));',
    shownBy: 'Sum6: update',
    saying: ERASED,
  },
];

/** The ten rules, of which the last is this suite. */
const ordinaryUser = whyNoOrdinaryUser() === undefined;
const root = fileURLToPath(new URL('../..', import.meta.url));

function packagesOfProof(): string[] {
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(join(root, 'proof', 'package.json'), 'utf8'),
  ) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
  return Object.keys({ ...dependencies, ...devDependencies })
    .filter((name) => name.startsWith('@evolock/'))
    .map((name) => name.slice('@evolock/'.length));
}

/** A copy of everything that was built, in which one place can be changed. */
function copyOfEverything(folder: string): string {
  const modules = join(folder, 'node_modules');
  // The ordinary user has to read it.
  chmodSync(folder, 0o755);
  mkdirSync(join(modules, '@evolock'), { recursive: true });
  for (const name of packagesOfProof()) {
    for (const part of ['package.json', 'dist']) {
      const target = join(modules, '@evolock', name, part);
      cpSync(join(root, 'packages', name, part), target, { recursive: true });
    }
  }
  for (const name of ['sodium-native', '@noble', 'cbor-x']) {
    symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  cpSync(join(root, 'proof', 'dist'), join(folder, 'dist'), { recursive: true });
  cpSync(join(root, 'proof', 'package.json'), join(folder, 'package.json'));
  return modules;
}

function breakRule(modules: string, name: string, { code, by }: Breakage): number {
  const dist = join(modules, '@evolock', name, 'dist');
  let changed = 0;
  for (const file of readdirSync(dist).filter((each) => each.endsWith('.js'))) {
    const path = join(dist, file);
    const source = readFileSync(path, 'utf8');
    const matches = [...source.matchAll(new RegExp(code, 'g'))].length;
    changed += matches;
    if (matches > 0) writeFileSync(path, source.replace(code, by));
  }
  return changed;
}

/** What the proof of an operation says, as text: nothing where it holds. */
async function complaints(id: string, options: ProofOptions): Promise<string> {
  try {
    const { problems } = await prove(operationOf(id), options);
    return problems.join('\n');
  } catch (error) {
    return String(error);
  }
}

test.concurrent.each(breakages.map((each) => [each.what, each] as const))(
  'the proof fails by %s',
  async (_name, breakage) => {
    const { options = {}, shownBy, saying } = breakage;
    if (options.prefix !== undefined && !ordinaryUser) return;
    await withFolder(async (folder) => {
      const program = join(folder, 'dist', 'child.js');
      const modules = copyOfEverything(folder);
      for (const name of breakage.packages) expect(breakRule(modules, name, breakage)).toBe(1);
      expect(await complaints(shownBy, { ...options, program })).toMatch(saying);
    });
  },
);

test('and holds in a copy in which nothing was changed', async () => {
  await withFolder(async (folder) => {
    copyOfEverything(folder);
    const program = join(folder, 'dist', 'child.js');
    expect(await complaints('seed: expand, then release all', { program })).toBe('');
    const warm = { program, repetitions: WARM_UP };
    expect(await complaints('Sum6: sign, then release', warm)).toBe('');
  });
});
