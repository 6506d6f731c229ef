// The API reference: every entry by which a package can be imported. Broken links and undocumented names are errors.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Converter, JSX } from 'typedoc';
import { ladder, scope } from '../internal/tooling/src/ladder/ladder.mjs';

const root = new URL('../', import.meta.url);

/** @type {{ compilerOptions: { paths: Record<string, [string]> } }} */
const { compilerOptions } = JSON.parse(readFileSync(new URL('tsconfig.json', root), 'utf8'));

/** The module of a thread exports nothing. */
const withoutExports = `${scope}kes-verify-pool/worker`;

/** The names of all imports, each with its source. A name is described by the lowest package that exports it. */
const entries = Object.entries(compilerOptions.paths)
  .filter(([name]) => name !== withoutExports)
  .map(([name, [file]]) => ({ name, file: fileURLToPath(new URL(file, root)) }))
  .sort((one, other) => rungOf(one.name) - rungOf(other.name));

/**
 * @param {string} name of an import
 * @returns {number} the place of its package in the ladder
 */
function rungOf(name) {
  return ladder.findIndex((layer) => layer.name === name.slice(scope.length).split('/')[0]);
}

/**
 * Names each module as it is imported, and leads back to the guides.
 *
 * @param {import('typedoc').Application} app
 */
function evolock(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? []) {
      const entry = entries.find(({ file }) => file === module.sources?.[0]?.fullFileName);
      if (entry !== undefined) module.name = entry.name;
    }
  });
  app.renderer.hooks.on('pageSidebar.begin', (context) =>
    JSX.createElement(
      'a',
      { class: 'evolock-guides', href: context.relativeURL('../index.html') },
      '← evolock: guides',
    ),
  );
}

/** @type {Partial<import('typedoc').TypeDocOptions>} */
export default {
  name: 'evolock API',
  entryPoints: entries.map(({ file }) => file),
  tsconfig: fileURLToPath(new URL('tsconfig.json', root)),
  out: fileURLToPath(new URL('pages/public/api', import.meta.url)),
  plugin: [evolock],
  readme: 'none',
  favicon: fileURLToPath(new URL('pages/public/icon.svg', import.meta.url)),
  customCss: fileURLToPath(new URL('typedoc.css', import.meta.url)),
  navigation: { includeFolders: false },
  skipErrorChecking: true,
  excludeExternals: true,
  excludeInternal: true,
  excludePrivate: true,
  // No one constructs an error, or a key.
  excludeNotDocumented: true,
  excludeNotDocumentedKinds: ['Constructor'],
  // Without git: a copy without a repository has the same pages. Paths are relative to what all entries have in common.
  disableGit: true,
  sourceLinkTemplate: 'https://github.com/evolock/evolock/blob/main/packages/{path}#L{line}',
  // A property whose name and type say what it is needs no sentence.
  requiredToBeDocumented: [
    'Module',
    'Class',
    'Interface',
    'TypeAlias',
    'Function',
    'Variable',
    'Method',
  ],
  packagesRequiringDocumentation: ladder.map(({ name }) => `${scope}${name}`),
  validation: { notExported: true, invalidLink: true, notDocumented: true },
  treatWarningsAsErrors: true,
};
