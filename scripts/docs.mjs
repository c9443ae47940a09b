// npm run docs: the documentation site, from the doc comments, README.md and docs/guides, in build/docs.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { BuildError, root } from './build/run.mjs';
import { build } from './build.mjs';
import { writeTypes } from './docs/types.mjs';

const tool = join(root, 'docs', 'tool');

/** Installs typedoc, with the TypeScript that it needs, in a folder of its own. */
function installTool() {
  const installed = join(tool, 'node_modules', '.package-lock.json');
  const wanted = join(tool, 'package-lock.json');
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(wanted).mtimeMs) return;
  run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: tool, shell: process.platform === 'win32' });
}

function run(program, args, options) {
  const { status } = spawnSync(program, args, { stdio: 'inherit', ...options });
  if (status !== 0) throw new BuildError(`docs: ${program} ${args.join(' ')} failed`);
}

try {
  await build(['lib']);
  installTool();
  writeTypes(join(root, 'dist'), join(root, 'build', 'documentation', 'types'));
  const typedoc = join(tool, 'node_modules', 'typedoc', 'bin', 'typedoc');
  run(process.execPath, [typedoc, '--options', join(tool, 'typedoc.json')], { cwd: root });
  const pages = readdirSync(join(root, 'build', 'docs'), { recursive: true }).filter((name) => name.endsWith('.html'));
  console.log(`docs: ${pages.length} pages in build/docs, from index.html on`);
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
