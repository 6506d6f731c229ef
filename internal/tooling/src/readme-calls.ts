/**
 * The tables of what users call, in the READMEs of packages. The first column of a row is written by hand. The second is the
 * first sentence of the doc comment of the name that stands first in it, and the type of its result.
 */
import { join } from 'node:path';
import ts from 'typescript';

/** A row of such a table. */
export interface Row {
  /** As it stands in the README, whose cells are padded. */
  readonly line: string;
  readonly call: string;
  readonly says: string;
  /** The sentence of the doc comment, and the result. */
  readonly sentence: string;
  /** Names of the row that no entry of the package exports. */
  readonly unknown: readonly string[];
}

/** The documented names of every package that `tsconfig.json` of a repository names. */
export class Calls {
  readonly #checker: ts.TypeChecker;
  readonly #entries: ReadonlyMap<string, ts.SourceFile>;

  constructor(root: string) {
    const path = join(root, 'tsconfig.json');
    const { config } = ts.readConfigFile(path, (file) => ts.sys.readFile(file)) as {
      config: ts.CompilerOptions;
    };
    const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root);
    const { paths = {} } = options;
    const files = Object.entries(paths).map(([name, [file]]) => [name, join(root, file!)] as const);
    // Without the types of the language and of Node.js: names and comments are enough, and are read in two seconds.
    const program = ts.createProgram(
      files.map(([, file]) => file),
      { ...options, noLib: true, types: [] },
    );
    this.#checker = program.getTypeChecker();
    this.#entries = new Map(files.map(([name, file]) => [name, program.getSourceFile(file)!]));
  }

  /**
   * The rows of the tables `| call | … |` of a README.
   *
   * @param name - The package.
   */
  rowsOf(name: string, readme: string): Row[] {
    const tables = readme.matchAll(/^\| call +\|.*\n\|[ -|]*\n((?:\|.*\n)+)/gm);
    const lines = [...tables].flatMap(([, rows = '']) => rows.trimEnd().split('\n'));
    return lines.map((line) => {
      const [, call = '', says = ''] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
      let owner: ts.Symbol | undefined;
      const found = [...call.matchAll(/`([^`]+)`/g)].map(([, each = '']) => {
        const [path = ''] = /^[\w./-]+/.exec(each) ?? [];
        if (path.startsWith('/')) return { each, symbol: this.#entry(name + path) };
        const [first = '', ...members] = path.split('.');
        if (first !== '') owner = this.#exported(name, first);
        const symbol = members.reduce((one, member) => one && this.#member(one, member), owner);
        return { each, symbol };
      });
      const symbol = found[0]?.symbol;
      const sentence =
        symbol === undefined ? '' : `${this.#sentence(symbol)}${this.#result(symbol)}`;
      const unknown = found.filter((one) => one.symbol === undefined).map(({ each }) => each);
      return { line, call, says, sentence, unknown };
    });
  }

  #entry(name: string): ts.Symbol | undefined {
    const file = this.#entries.get(name);
    return file && this.#checker.getSymbolAtLocation(file);
  }

  #exported(ofPackage: string, name: string): ts.Symbol | undefined {
    const entries = [...this.#entries.keys()].filter((one) =>
      `${one}/`.startsWith(`${ofPackage}/`),
    );
    const modules = entries.flatMap((one) => this.#entry(one) ?? []);
    const all = modules.flatMap((module) => this.#checker.getExportsOfModule(module));
    const symbol = all.find((one) => one.name === name);
    const isAlias = symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) !== 0;
    return isAlias ? this.#checker.getAliasedSymbol(symbol) : symbol;
  }

  /** A member of a value, of an instance, or of what a function returns. */
  #member(owner: ts.Symbol, name: string): ts.Symbol | undefined {
    const value = this.#checker.getTypeOfSymbol(owner);
    const types = [
      value,
      this.#checker.getDeclaredTypeOfSymbol(owner),
      ...value.getCallSignatures().map((signature) => signature.getReturnType()),
    ];
    const members = types.map((type) => this.#checker.getPropertyOfType(type, name));
    return members.find((member) => member !== undefined);
  }

  /** The result of a function that is declared with one, by the name of its type. */
  #result(symbol: ts.Symbol): string {
    const [signature] = this.#checker.getTypeOfSymbol(symbol).getCallSignatures();
    const type = signature?.getDeclaration()?.type?.getText() ?? '';
    return type !== 'Result' && /^(Promise<)?[A-Z]\w+>?(\[\])?$/.test(type) ? ` → \`${type}\`` : '';
  }

  /** The first sentence, for a cell of a table. A module is described at the top of its file. */
  #sentence(symbol: ts.Symbol): string {
    const [declaration] = symbol.declarations ?? [];
    const comment =
      declaration !== undefined && ts.isSourceFile(declaration)
        ? /^\/\*\*([^]*?)\*\//.exec(declaration.text)![1]!.replaceAll(/^ *\* ?/gm, '')
        : ts.displayPartsToString(symbol.getDocumentationComment(this.#checker));
    const [sentence = ''] = /^[^]*?\.(?=\s|$)/.exec(comment.trim()) ?? [];
    return sentence
      .replace(/\.$/, '')
      .replaceAll(/\s+/g, ' ')
      .replaceAll(/\{@link (?:\w+ ?\| ?)?([^}]+)\}/g, '`$1`')
      .replaceAll('|', '\\|');
  }
}
