// The ladder as lint rules. An import that skips a layer, goes upwards or names a file of another package is an error.
import { ladder, mayUse, native, scope, testsMayUse } from './ladder.mjs';

/** @typedef {import('./ladder.mjs').Layer} Layer */
/** @typedef {{ regex: string, message: string }} Restriction */

const anyPackage = ladder.map(({ name }) => name).join('|');

/**
 * Two steps up leave `src` or `test`. A path that names a package after that leads into the folder of another package.
 *
 * @type {Restriction[]}
 */
const deepImports = [
  {
    regex: `^(?:\\.\\./){2,}(?:packages/)?(?:${anyPackage})(?:/|$)`,
    message: 'Import another package by its name, never by a path into its folder.',
  },
  {
    regex: `^${scope}[^/]+/(?:src|dist)(?:/|$)`,
    message: "Import what a package's exports offer, never its src or dist.",
  },
];

/** `require()` of an ES module throws when the module, or anything it imports, awaits at the top level. */
const topLevelAwait = [
  'AwaitExpression:not(:function *)',
  'ForOfStatement[await=true]:not(:function *)',
  'VariableDeclaration[kind="await using"]:not(:function *)',
].map((selector) => ({
  selector,
  message:
    'No top-level await in a package: require() of it would throw (ERR_REQUIRE_ASYNC_MODULE).',
}));

/**
 * @param {readonly string[]} allowed names without scope
 * @param {string} message
 */
function allBut(allowed, message) {
  const exceptions = allowed.length === 0 ? '' : `(?!(?:${allowed.join('|')})(?:/|$))`;
  return { regex: `^${scope}${exceptions}`, message };
}

/** @param {Layer} layer */
function sourceRestrictions(layer) {
  const allowed = mayUse(layer);
  const names = allowed.map((name) => scope + name).join(' and ');
  const advice = `${layer.name} may use ${names === '' ? 'no package of the repository' : `only ${names}`} (internal/tooling/src/ladder/ladder.mjs): a layer re-exports what the next one needs.`;
  const noNative = {
    regex: `^${native.name}(?:/|$)`,
    message: `${native.name} belongs to the packages of the ladder.`,
  };
  const noReleaseAll = {
    regex: `^${scope}mlocked-bytes/release-all$`,
    message: 'Releasing every value of the process is for the application alone.',
  };
  return [
    ...deepImports,
    // A command starts the threads of its built library, which it imports by name.
    allBut([...allowed, ...(allowed.includes('command-line') ? [layer.name] : [])], advice),
    ...(layer.role === 'rung' ? [] : [noNative]),
    ...(layer.role === 'program' ? [] : [noReleaseAll]),
  ];
}

/** @param {Layer} layer */
function testRestrictions(layer) {
  // A test may also import its own package by name, as a user would.
  const advice = `The tests of ${layer.name} may not use what stands above it (internal/tooling/src/ladder/ladder.mjs).`;
  return [...deepImports, allBut([...testsMayUse(layer), layer.name], advice)];
}

/**
 * `no-restricted-imports` checks static imports only. These selectors check `import('…')` in code and in types.
 *
 * @param {Restriction} restriction
 */
function dynamicImports({ regex, message }) {
  // A selector has the regular expression between slashes, so slashes within it are escaped.
  const pattern = `/${regex.replaceAll('/', '\\u002F')}/`;
  return ['ImportExpression', 'TSImportType'].map((node) => ({
    selector: `${node} > Literal.source[value=${pattern}]`,
    message,
  }));
}

/** @type {import('eslint').Linter.Config[]} */
export const ladderLint = ladder.flatMap((layer) => {
  const source = sourceRestrictions(layer);
  const folder = layer.folder ?? `packages/${layer.name}`;
  const rule = '@typescript-eslint/no-restricted-imports';
  return [
    {
      name: `ladder/${layer.name}`,
      files: [`${folder}/**/*.{ts,mts,js,mjs}`],
      ignores: [`${folder}/src/**`],
      rules: { [rule]: ['error', { patterns: testRestrictions(layer) }] },
    },
    {
      name: `ladder/${layer.name}/src`,
      files: [`${folder}/src/**/*.ts`],
      rules: {
        [rule]: ['error', { patterns: source }],
        // Both are options of one rule, because a later entry for the same rule replaces an earlier one.
        'no-restricted-syntax': ['error', ...topLevelAwait, ...source.flatMap(dynamicImports)],
      },
    },
  ];
});
