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

/** A place in what was built, and what stands there instead. */
export interface Edit {
  /** Packages in each of which it is found exactly once; `proof` is the program that is scanned. */
  readonly in: readonly string[];
  readonly code: RegExp;
  readonly by: string;
}

const root = fileURLToPath(new URL('../../..', import.meta.url));
const EVERYBODY_MAY_READ = 0o755;

/** What is built by itself; the program brings the rest along. */
function packagesOfProof(): string[] {
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(join(root, 'internal', 'proof', 'package.json'), 'utf8'),
  ) as Record<'dependencies' | 'devDependencies', Record<string, string>>;
  return Object.keys({ ...dependencies, ...devDependencies })
    .filter((name) => name.startsWith('@evolock/'))
    .map((name) => name.slice('@evolock/'.length))
    .filter((name) => existsSync(join(root, 'packages', name)));
}

/** What is installed and not of this workspace. */
function othersPackages(): string[] {
  return readdirSync(join(root, 'node_modules')).filter(
    (name) => name !== '@evolock' && !name.startsWith('.'),
  );
}

/** A copy of everything that was built, in which places can be changed. */
export class BrokenCopy {
  readonly #folder: string;
  readonly #modules: string;

  constructor(folder: string) {
    this.#folder = folder;
    this.#modules = join(folder, 'node_modules');
    // The ordinary user has to read it.
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

  /** The program of the copy that is scanned. */
  get program(): string {
    return join(this.#folder, 'dist', 'child.js');
  }

  /**
   * Makes a change.
   *
   * @throws Error when a package does not have the place, or has it more than once.
   */
  edit({ in: names, code, by }: Edit): void {
    for (const name of names) {
      const places = this.#editPackage(name, code, by);
      if (places !== 1) throw new Error(`${String(code)} stands ${places} times in ${name}`);
    }
  }

  #editPackage(name: string, code: RegExp, by: string): number {
    const dist = join(name === 'proof' ? this.#folder : this.#package(name), 'dist');
    let places = 0;
    for (const file of readdirSync(dist).filter((each) => each.endsWith('.js'))) {
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
