import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { root } from './run.mjs';
import { toLines } from './source-map.mjs';

const require = createRequire(import.meta.url);
const compiled = join(root, 'out');
const dist = join(root, 'dist');

/** Modules of dist/, and what they are made of: one file loads in half the time of two hundred. */
const outputs = {
  index: 'index.js',
  'cli/main': 'cli/main.js',
  'cli/workload-process': 'cli/bench/workload-process.js',
};

/** Writes the modules of dist/ where something in out is newer, and the ES module beside the CommonJS one. */
export async function bundle() {
  const newest = Math.max(...modulesOf(compiled).map((file) => statSync(file).mtimeMs));
  const written = [...Object.keys(outputs).map((name) => `${name}.js`), 'index.mjs', 'index.d.mts'];
  if (written.every((name) => existsSync(join(dist, name)) && statSync(join(dist, name)).mtimeMs > newest)) return;
  const esbuild = await import('esbuild');
  await esbuild.build({
    entryPoints: Object.entries(outputs).map(([out, file]) => ({ in: join(compiled, file), out })),
    outdir: dist,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    // A quarter of a megabyte of indentation and comments; the source map leads to both.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 120,
    sourcemap: true,
    // The positions lead to the files of lib/; their text is in the repository.
    sourcesContent: false,
    logLevel: 'warning',
    plugins: [outside, named],
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
      if (!importer.startsWith(join(compiled, 'cli')) || join(resolveDir, path) !== join(compiled, 'index.js')) return;
      return { path: '../index.js', external: true };
    });
  },
};

/** Classes keep their names, which users see printed, where esbuild has to rename them. */
const named = {
  name: 'named',
  setup(build) {
    const name = `static { Object.defineProperty(this, 'name', { value: '$2', configurable: true }); }`;
    build.onLoad({ filter: /\.js$/ }, ({ path }) => {
      const text = readFileSync(path, 'utf8');
      return { contents: text.replace(/^([ \w.=]*\bclass (\w+)(?: extends .*)? \{)$/gm, `$1 ${name}`) };
    });
  },
};

function modulesOf(folder) {
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.js'));
  return names.map((name) => join(folder, name));
}

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
      `import torch from './index.js';`,
      '',
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
