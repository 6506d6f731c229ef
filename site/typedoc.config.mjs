// @ts-check
// The API reference: pages for VitePress, one for every entry by which a package can be imported. Broken links and
// undocumented names are errors.
import { fileURLToPath } from 'node:url';
import { Converter, ReflectionKind } from 'typedoc';
import { MarkdownPageEvent } from 'typedoc-plugin-markdown';
import { ladder, scope } from '../internal/tooling/src/ladder/ladder.mjs';
import { improve, landingPage } from './.vitepress/api-pages.mjs';
import { imports, packageOf, root } from './.vitepress/packages.mjs';

/** All imports, the lowest first: a name is described by the lowest package that exports it. */
const fromBelow = imports.toSorted((one, other) => rungOf(one.name) - rungOf(other.name));

/**
 * @param {string} name of an import
 * @returns {number} the place of its package in the ladder
 */
function rungOf(name) {
  return ladder.findIndex((layer) => layer.name === packageOf(name));
}

/**
 * Names each module as it is imported, and lists the modules with a sentence each.
 *
 * @param {import('typedoc').Application} app
 */
function evolock(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? []) {
      const entry = imports.find(({ file }) => file === module.sources?.[0]?.fullFileName);
      if (entry !== undefined) module.name = entry.name;
    }
    // No one constructs an error, or a key.
    for (const one of project.getReflectionsByKind(ReflectionKind.Constructor))
      if (one.parent?.name.endsWith('Error') || !one.hasComment()) project.removeReflection(one);
  });
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => linkAcross(project), 1000);
  app.renderer.on(MarkdownPageEvent.END, (page) => {
    if (page.url === 'index.md') page.contents = landingPage(page.project.children ?? []);
  });
  app.renderer.postRenderAsyncJobs.push(async ({ outputDirectory }) => improve(outputDirectory));
}

/**
 * Links names that their own module does not export, such as errors of `@evolock/kes-sum/all`. Compilers do not tell
 * what `@throws {@link Name}` means, so that only the name is left to go by.
 *
 * @param {import('typedoc').ProjectReflection} project
 */
function linkAcross(project) {
  const modules = project.children ?? [];
  for (const module of modules)
    module.traverse(function visit(reflection) {
      const { summary = [], blockTags = [] } = reflection.comment ?? {};
      for (const part of [...summary, ...blockTags.flatMap(({ content }) => content)]) {
        if (part.kind !== 'inline-tag' || part.target !== undefined) continue;
        if (module.getChildByName(part.text) !== undefined) continue;
        const [target] = modules.flatMap((one) => one.getChildByName(part.text) ?? []);
        if (target !== undefined) part.target = target;
      }
      reflection.traverse(visit);
    });
}

/** @type {Partial<import('typedoc').TypeDocOptions & import('typedoc-plugin-markdown').PluginOptions>} */
export default {
  name: 'evolock API',
  entryPoints: fromBelow.map(({ file }) => file),
  tsconfig: fileURLToPath(new URL('tsconfig.json', root)),
  out: fileURLToPath(new URL('pages/api', import.meta.url)),
  plugin: ['typedoc-plugin-markdown', evolock],
  outputFileStrategy: 'modules',
  entryFileName: 'index',
  excludeScopesInPaths: true,
  useHTMLAnchors: true,
  hidePageHeader: true,
  hideBreadcrumbs: true,
  parametersFormat: 'table',
  propertiesFormat: 'table',
  enumMembersFormat: 'table',
  typeDeclarationFormat: 'table',
  tableColumnSettings: {
    hideDefaults: true,
    hideInherited: true,
    hideModifiers: true,
    hideOverrides: true,
    hideSources: true,
  },
  groupOrder: ['Functions', 'Variables', 'Classes', '*'],
  readme: 'none',
  skipErrorChecking: true,
  excludeExternals: true,
  excludeInternal: true,
  excludePrivate: true,
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
