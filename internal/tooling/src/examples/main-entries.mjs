// Finds the functions, classes and constants of the main entries of packages, and those without an example.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/**
 * @param {string} root the repository
 * @param {readonly string[]} folders of packages
 * @returns {{ name: string, hasExample: boolean }[]} every value that a package itself exports, error classes excepted
 */
export function valuesOfMainEntries(root, folders) {
  const entries = folders.map((folder) => join(root, folder, 'src', 'index.ts')).filter(existsSync);
  const program = ts.createProgram(entries, {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    noEmit: true,
    skipLibCheck: true,
  });
  const checker = program.getTypeChecker();
  return entries.flatMap((entry) => {
    const file = program.getSourceFile(entry);
    const module = file && checker.getSymbolAtLocation(file);
    if (!module) throw new Error(`${entry} has no exports`);
    return checker
      .getExportsOfModule(module)
      .map((symbol) => resolved(symbol, checker))
      .filter((symbol) => isOwnValue(symbol, entry))
      .map((symbol) => ({
        name: symbol.name,
        hasExample: symbol.getJsDocTags(checker).some(({ name }) => name === 'example'),
      }));
  });
}

/**
 * @param {ts.Symbol} symbol
 * @param {ts.TypeChecker} checker
 * @returns {ts.Symbol} what an export stands for
 */
function resolved(symbol, checker) {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

/**
 * @param {ts.Symbol} symbol
 * @param {string} entry
 * @returns {boolean} false for types, errors, and what another package exports
 */
function isOwnValue({ flags, name, declarations }, entry) {
  const file = declarations?.[0]?.getSourceFile().fileName ?? '';
  const isOwn = file.startsWith(entry.slice(0, -'index.ts'.length));
  return isOwn && (flags & ts.SymbolFlags.Value) !== 0 && !name.endsWith('Error');
}
