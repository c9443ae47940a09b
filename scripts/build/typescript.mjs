import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { extractExamples } from '../docs/extract.mjs';
import { BuildError, root, run } from './run.mjs';

const require = createRequire(import.meta.url);
const dist = join(root, 'dist');

/** Compiles lib/ to dist/ and writes the ES module beside the CommonJS one. */
export async function buildLibrary() {
  prune(dist, join(root, 'lib'));
  await compile('.');
  writeEsModule();
}

/** Compiles test/ or examples/ to a folder of the same name under build/; with test/ the examples of the documentation. */
export async function buildProgram(name) {
  prune(join(root, 'build', name), join(root, name));
  await compile(name);
  if (name === 'test') await buildDocumented();
}

/** Compiles the examples of the documentation to build/documented/out/. */
async function buildDocumented() {
  const folder = join(root, 'build', 'documented');
  extractExamples(root, folder);
  prune(join(folder, 'out'), join(folder, 'src'));
  await compile(folder);
}

async function compile(project) {
  const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin/tsc');
  const pretty = String(Boolean(process.stderr.isTTY));
  const code = await run(process.execPath, [tsc, '-p', project, '--pretty', pretty], (line) => console.error(line));
  if (code !== 0)
    throw new BuildError(
      `build: TypeScript found errors in ${project === '.' ? 'lib' : relative(root, resolve(root, project))}`,
    );
}

/** Removes what was compiled from sources that are gone: a test that no longer exists must not run. */
function prune(outputs, sources) {
  if (!existsSync(outputs)) return;
  for (const name of readdirSync(outputs, { recursive: true })) {
    const base = name.replace(/(\.d\.ts|\.js|\.js\.map)$/, '');
    if (base !== name && !existsSync(join(sources, `${base}.ts`))) rmSync(join(outputs, name));
  }
}

/**
 * Writes dist/index.mjs: the same instance under both module systems, with every name written out, because Node only
 * guesses the names of a CommonJS module.
 */
function writeEsModule() {
  const commonJs = join(dist, 'index.js');
  const wrapper = join(dist, 'index.mjs');
  if (existsSync(wrapper) && statSync(wrapper).mtimeMs > newestModule()) return;
  const names = Object.keys(require(commonJs)).filter((name) => name !== 'default' && name !== '__esModule');
  writeFileSync(
    wrapper,
    [
      `import torch from './index.js';`,
      '',
      'export default torch;',
      // Through an alias each, since names such as `var` are reserved words.
      ...names.map((name, i) => `const _${i} = torch.${name};`),
      `export { ${names.map((name, i) => `_${i} as ${name}`).join(', ')} };`,
      '',
    ].join('\n'),
  );
  const types = `import torch from './index.js';\nexport * from './index.js';\nexport default torch;\n`;
  writeFileSync(join(dist, 'index.d.mts'), types);
}

function newestModule() {
  const modules = readdirSync(dist, { recursive: true }).filter((name) => name.endsWith('.js'));
  return Math.max(...modules.map((name) => statSync(join(dist, name)).mtimeMs));
}
