import { existsSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { extractExamples } from '../docs/extract.mjs';
import { bundle } from './bundle.mjs';
import { documentMethods } from './methods.mjs';
import { BuildError, root, run } from './run.mjs';

const require = createRequire(import.meta.url);

/** Compiles lib/ to out and its types to dist/, and bundles dist/ from it. */
export async function buildLibrary() {
  const kept = ['cli/workload-process', 'documented'];
  for (const outputs of ['out', 'dist']) prune(join(root, outputs), join(root, 'lib'), kept);
  await compile('.');
  documentMethods(join(root, 'dist'));
  await bundle();
}

/** Compiles test/ or examples/ to the folder of that name under build/; with test/ also what the docs show. */
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

/** Removes what was compiled from sources that are gone, but for `kept`: a test that no longer exists must not run. */
function prune(outputs, sources, kept = []) {
  if (!existsSync(outputs)) return;
  for (const name of readdirSync(outputs, { recursive: true })) {
    const base = name.replace(/(\.d\.ts|\.js|\.js\.map)$/, '');
    if (base !== name && !kept.includes(base) && !existsSync(join(sources, `${base}.ts`))) rmSync(join(outputs, name));
  }
}
