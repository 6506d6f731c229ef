// The ladder as lint rules. An import that skips a layer, goes upwards or names a file of another package is an error.
import { ladder, native, scope } from './ladder.mjs';
import { mayUse, testsMayUse } from './layers.mjs';

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
const noTopLevelAwait =
  'No top-level await in a package: require() of it would throw (ERR_REQUIRE_ASYNC_MODULE).';

/** Options of `no-restricted-syntax` that forbid every form of it. */
const topLevelAwait = [
  { selector: 'AwaitExpression:not(:function *)', message: noTopLevelAwait },
  { selector: 'ForOfStatement[await=true]:not(:function *)', message: noTopLevelAwait },
  {
    selector: 'VariableDeclaration[kind="await using"]:not(:function *)',
    message: noTopLevelAwait,
  },
];

/**
 * A library that releases every value would wipe the keys of its application.
 *
 * @type {Restriction}
 */
const releaseAll = {
  regex: `^${scope}mlocked-bytes/release-all$`,
  message: 'Releasing every value of the process is for the application alone.',
};

/**
 * @param {readonly string[]} allowed names without scope
 * @param {string} message
 * @returns {Restriction}
 */
function allBut(allowed, message) {
  const exceptions = allowed.length === 0 ? '' : `(?!(?:${allowed.join('|')})(?:/|$))`;
  return { regex: `^${scope}${exceptions}`, message };
}

/**
 * @param {readonly string[]} names
 * @returns {string}
 */
function listed(names) {
  return names.length === 0
    ? 'no package of the repository'
    : `only ${names.map((name) => scope + name).join(' and ')}`;
}

/**
 * @param {Layer} layer
 * @returns {Restriction[]}
 */
function sourceRestrictions(layer) {
  const allowed = mayUse(layer);
  const advice = `${layer.name} may use ${listed(allowed)} (internal/tooling/src/ladder/ladder.mjs): a layer re-exports what the next one needs.`;
  const nativeRestriction = {
    regex: `^${native.name}(?:/|$)`,
    message: `${native.name} belongs to the packages of the ladder.`,
  };
  return [
    ...deepImports,
    allBut(allowed, advice),
    ...(layer.role === 'rung' ? [] : [nativeRestriction]),
    ...(layer.role === 'program' ? [] : [releaseAll]),
  ];
}

/**
 * @param {Layer} layer
 * @returns {Restriction[]}
 */
function testRestrictions(layer) {
  // A test may also import its own package by name, as a user would.
  const allowed = [...testsMayUse(layer), layer.name];
  const advice = `The tests of ${layer.name} may not use what stands above it (internal/tooling/src/ladder/ladder.mjs).`;
  return [...deepImports, allBut(allowed, advice)];
}

/**
 * `no-restricted-imports` checks static imports only. These selectors check `import('…')` in code and in types.
 *
 * @param {readonly Restriction[]} restrictions
 */
function dynamicImports(restrictions) {
  return restrictions.flatMap(({ regex, message }) => {
    // A selector has the regular expression between slashes, so slashes within it are escaped.
    const pattern = `/${regex.replaceAll('/', '\\u002F')}/`;
    return [
      { selector: `ImportExpression > Literal.source[value=${pattern}]`, message },
      { selector: `TSImportType > Literal.source[value=${pattern}]`, message },
    ];
  });
}

/**
 * @param {readonly Restriction[]} restrictions
 * @returns {import('eslint').Linter.RuleEntry}
 */
function staticImports(restrictions) {
  return ['error', { patterns: [...restrictions] }];
}

/**
 * @param {Layer} layer
 * @returns {import('eslint').Linter.Config[]}
 */
function layerLint(layer) {
  const source = sourceRestrictions(layer);
  const folder = layer.folder ?? `packages/${layer.name}`;
  return [
    {
      name: `ladder/${layer.name}`,
      files: [`${folder}/**/*.{ts,mts,js,mjs}`],
      ignores: [`${folder}/src/**`],
      rules: { '@typescript-eslint/no-restricted-imports': staticImports(testRestrictions(layer)) },
    },
    {
      name: `ladder/${layer.name}/src`,
      files: [`${folder}/src/**/*.ts`],
      rules: {
        '@typescript-eslint/no-restricted-imports': staticImports(source),
        // Both are options of one rule, because a later entry for the same rule replaces an earlier one.
        'no-restricted-syntax': ['error', ...topLevelAwait, ...dynamicImports(source)],
      },
    },
  ];
}

/** @type {import('eslint').Linter.Config[]} */
export const ladderLint = ladder.flatMap(layerLint);
