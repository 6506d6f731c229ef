import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A replacement of one place in built code. */
export interface Edit {
  /** Packages. `code` matches exactly once in each. `proof` is the scanned program. */
  readonly in: readonly string[];
  readonly code: RegExp;
  readonly by: string;
}

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const EVERYBODY_MAY_READ = 0o755;

/** The packages that are built separately. The build of the program includes the internal workspaces. */
function packagesOfProof(): string[] {
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(join(root, 'internal', 'proof', 'package.json'), 'utf8'),
  ) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
  return Object.keys({ ...dependencies, ...devDependencies })
    .filter((name) => name.startsWith('@evolock/'))
    .map((name) => name.slice('@evolock/'.length))
    .filter((name) => existsSync(join(root, 'packages', name)));
}

/** The installed packages from outside this workspace. */
function othersPackages(): string[] {
  return readdirSync(join(root, 'node_modules')).filter(
    (name) => name !== '@evolock' && !name.startsWith('.'),
  );
}

/** The files of a build that its entries load. A build that turbo takes from its cache leaves older chunks beside them. */
export function builtFiles(dist: string): string[] {
  const isEntry = (file: string) => file.endsWith('.js') && !file.startsWith('chunk-');
  const files = new Set(readdirSync(dist).filter(isEntry));
  // A loop over a set reaches what is added meanwhile.
  for (const file of files) {
    const code = readFileSync(join(dist, file), 'utf8');
    for (const [, chunk = ''] of code.matchAll(/["']\.\/(chunk-[^"']+)["']/g)) files.add(chunk);
  }
  return [...files];
}

/** A copy of the built packages and of the built program, whose code can be edited. */
export class BrokenCopy {
  readonly #folder: string;
  readonly #modules: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#modules = join(folder, 'node_modules');
    // The ordinary user must be able to read the folder.
    chmodSync(folder, EVERYBODY_MAY_READ);
    mkdirSync(join(this.#modules, '@evolock'), { recursive: true });
    for (const name of packagesOfProof()) {
      for (const part of ['package.json', 'dist']) {
        const target = join(this.#modules, '@evolock', name, part);
        cpSync(join(root, 'packages', name, part), target, { recursive: true });
      }
    }
    for (const name of othersPackages()) {
      symlinkSync(join(root, 'node_modules', name), join(this.#modules, name));
    }
    cpSync(join(root, 'internal', 'proof', 'dist'), join(folder, 'dist'), { recursive: true });
    cpSync(join(root, 'internal', 'proof', 'package.json'), join(folder, 'package.json'));
  }

  /** The path of the scanned program in the copy. */
  get program(): string {
    return join(this.#folder, 'dist', 'child.js');
  }

  /**
   * Replaces one place in each package of the edit.
   *
   * @throws Error when `code` does not match exactly once in a package.
   */
  edit({ in: names, code, by }: Edit): void {
    for (const name of names) {
      const places = this.#editPackage(name, code, by);
      if (places !== 1) throw new Error(`${String(code)} matches ${places} times in ${name}`);
    }
  }

  #editPackage(name: string, code: RegExp, by: string): number {
    const dist = join(name === 'proof' ? this.#folder : this.#package(name), 'dist');
    let places = 0;
    for (const file of builtFiles(dist)) {
      const path = join(dist, file);
      const source = readFileSync(path, 'utf8');
      const found = [...source.matchAll(new RegExp(code, 'g'))].length;
      places += found;
      if (found > 0) writeFileSync(path, source.replace(code, by));
    }
    return places;
  }

  #package(name: string): string {
    return join(this.#modules, '@evolock', name);
  }
}
