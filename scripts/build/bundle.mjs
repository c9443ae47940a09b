import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from './run.mjs';
import { toLines } from './source-map.mjs';

const require = createRequire(import.meta.url);
const lib = join(root, 'lib');
const dist = join(root, 'dist');

/** Modules of dist/, and what they are made of: one file loads in half the time of two hundred. */
const outputs = {
  index: 'index.ts',
  'cli/main': 'cli/main.ts',
  'cli/workload-process': 'cli/bench/workload-process.ts',
};

/** Writes the modules of dist/ where something in lib is newer, and the ES module beside the CommonJS one. */
export async function bundle() {
  const newest = Math.max(...[...sources(), import.meta.filename].map((file) => statSync(file).mtimeMs));
  const written = [...Object.keys(outputs).map((name) => `${name}.js`), 'index.mjs', 'index.d.mts'];
  if (written.every((name) => existsSync(join(dist, name)) && statSync(join(dist, name)).mtimeMs > newest)) return;
  const esbuild = await import('esbuild');
  const options = {
    entryPoints: Object.entries(outputs).map(([out, file]) => ({ in: join(lib, file), out })),
    outdir: dist,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // Half a megabyte of indentation, comments and names, which Node reads each time; the source map leads to them.
    minify: true,
    lineLimit: 120,
    logLevel: 'warning',
  };
  await esbuild.build({
    ...options,
    sourcemap: true,
    // The positions lead to the files of lib/; their text is in the repository.
    sourcesContent: false,
    plugins: [outside, text],
  });
  for (const name of Object.keys(outputs)) {
    const file = join(dist, `${name}.js.map`);
    writeFileSync(file, toLines(readFileSync(file, 'utf8')));
  }
  writeEsModule();
}

/** What stays a module of its own: package.json, and for the command line the library. */
const outside = {
  name: 'outside',
  setup(build) {
    build.onResolve({ filter: /package\.json$/ }, ({ path }) => ({ path, external: true }));
    build.onResolve({ filter: /\/index\.js$/ }, ({ path, importer, resolveDir }) => {
      if (!importer.startsWith(join(lib, 'cli')) || join(resolveDir, path) !== join(lib, 'index.js')) return;
      return { path: '../index.js', external: true };
    });
  },
};

/** The text of a module. Classes keep their names, which users see printed. */
const text = {
  name: 'text',
  setup(build) {
    const name = (of) => `static { Object.defineProperty(this, 'name', { value: '${of}', configurable: true }); }`;
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const declaration = /^(?:export )?(?:abstract )?class (\w+)[\s\S]*?\{(?=\}?$)/gm;
      const classes = readFileSync(path, 'utf8').replace(declaration, (head, of) => `${head} ${name(of)}`);
      // A module without exports would pass for CommonJS, and all that it imports would be wrapped in functions.
      return { contents: `${classes}\nexport {};`, loader: 'ts' };
    });
  },
};

function sources() {
  return readdirSync(lib, { recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(lib, name));
}

/** What is said where a bundler took index.mjs out of the package: index.js is no longer beside it. */
const bundled =
  'strided cannot be bundled: its binary stays in the package. Tell the bundler to leave it alone (esbuild: ' +
  '--external:strided; webpack: externals; rollup: external; Vite: ssr.external; Next.js: serverExternalPackages), ' +
  'and have the package in node_modules where the program runs.';

/**
 * Writes dist/index.mjs: the same instance under both module systems, with every name written out, because Node only
 * guesses the names of a CommonJS module.
 */
function writeEsModule() {
  const names = Object.keys(require(join(dist, 'index.js')));
  const own = names.filter((name) => name !== 'default' && name !== '__esModule');
  writeFileSync(
    join(dist, 'index.mjs'),
    [
      `import { createRequire } from 'node:module';`,
      // require(), since Node reads the whole of a CommonJS module for its names where it is imported.
      'let torch;',
      'try {',
      `  torch = createRequire(import.meta.url)('./index.js');`,
      '} catch (cause) {',
      `  if (cause.code !== 'MODULE_NOT_FOUND' && cause.code !== 'ERR_INVALID_ARG_VALUE') throw cause;`,
      `  throw new Error(${JSON.stringify(bundled)}, { cause });`,
      '}',
      'export default torch;',
      // Through an alias each, since names such as `var` are reserved words.
      ...own.map((name, i) => `const _${i} = torch.${name};`),
      `export { ${own.map((name, i) => `_${i} as ${name}`).join(', ')} };`,
      '',
    ].join('\n'),
  );
  const types = `import torch from './index.js';\nexport * from './index.js';\nexport default torch;\n`;
  writeFileSync(join(dist, 'index.d.mts'), types);
}
