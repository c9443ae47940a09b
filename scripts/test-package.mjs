// npm run test:package: what is shipped is what is tested. Packs, looks at the tarball, installs it without install
// scripts in an empty folder, and runs the README's example and the notebooks there with every Node that is supported,
// and in a minimal Debian without a compiler.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provideNode, supportedNodes, versionOf } from './build/nodes.mjs';
import { root } from './build/run.mjs';
import { enterDebian, whyNoDebian } from './package/debian.mjs';
import { writePrograms } from './package/programs.mjs';

const require = createRequire(import.meta.url);
const windows = process.platform === 'win32';
const megabyte = 1e6;
const limits = { one: 8 * megabyte, all: 25 * megabyte };
const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 26 };

const folder = mkdtempSync(join(tmpdir(), 'strided-package-'));
let passed = 0;
let failed = 0;
try {
  const npm = (args, cwd) => execFileSync('npm', args, { ...options, cwd, shell: windows });
  // The script prepack builds first, and may print.
  const packed = npm(['pack', '--json', '--silent', '--pack-destination', folder], root);
  const [{ filename, files, unpackedSize }] = JSON.parse(packed.slice(packed.indexOf('[\n')));
  const tarball = join(folder, filename);
  const sizes = check('size', () => checkSize(files, unpackedSize));
  if (sizes) console.log(`package: ${sizes}`);
  check('types of both module systems (attw)', () => tool('@arethetypeswrong/cli', ['--no-emoji', tarball]));
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  npm(['install', '--ignore-scripts', '--no-audit', '--no-fund', '--offline', tarball], folder);
  check('package.json (publint)', () => tool('publint', ['--strict', join(folder, 'node_modules', 'strided')]));
  const programs = writePrograms(folder);
  check('TypeScript', () => {
    const types = ['--typeRoots', join(root, 'node_modules', '@types')];
    execFileSync(
      process.execPath,
      [require.resolve('typescript/package.json').replace('package.json', 'bin/tsc'), '-p', folder, ...types],
      options,
    );
  });
  for (const major of supportedNodes) {
    const node = await provideNode(major);
    const run = (program) => execFileSync(node, [join(folder, program)], { ...options, cwd: folder });
    checkAll(`Node ${versionOf(node)}`, programs, run);
  }
  const why = whyNoDebian();
  if (why) console.log(`package: not tried in a minimal Debian: ${why}`);
  else {
    const run = check('a minimal Debian', () => enterDebian(process.execPath, folder));
    if (run) checkAll('a minimal Debian', programs, run);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(`package: ${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

function checkAll(where, programs, run) {
  for (const [program, wanted] of Object.entries(programs)) {
    check(`${program} with ${where}`, () => {
      const printed = run(program).replaceAll(/ at 0x[0-9a-f]+>/g, ' at 0xADDRESS>');
      if (wanted !== null && printed !== wanted) throw new Error(`printed\n${printed}\ninstead of\n${wanted}`);
    });
  }
}

/** What `body` returns; undefined, and a failure more, where it throws. */
function check(name, body) {
  try {
    const value = body();
    passed++;
    return value;
  } catch (error) {
    failed++;
    console.error(`package: ${name}: ${error.message}\n${error.stdout ?? ''}`);
    return undefined;
  }
}

/** The binary of this platform is there, nothing that nobody needs, and all of it is small. */
function checkSize(files, unpackedSize) {
  const paths = files.map(({ path }) => path);
  const here = `prebuilds/${process.platform}-${process.arch}/`;
  if (!paths.some((path) => path.startsWith(here) && path.endsWith('.node'))) throw new Error(`no binary in ${here}`);
  const stray = paths.filter((path) => !/^(dist|prebuilds)\/|^(package\.json|README\.md|LICENSE)$/.test(path));
  if (stray.length > 0) throw new Error(`ships ${stray}`);
  const elsewhere = files.filter(({ path }) => path.startsWith('prebuilds/') && !path.startsWith(here));
  const others = elsewhere.reduce((sum, { size }) => sum + size, 0);
  const text = (size) => `${(size / megabyte).toFixed(2)} MB`;
  if (unpackedSize - others > limits.one) throw new Error(`${text(unpackedSize - others)} for one platform`);
  if (unpackedSize > limits.all) throw new Error(`${text(unpackedSize)} for all platforms`);
  return `${text(unpackedSize - others)} for this platform, ${text(unpackedSize)} in all`;
}

function tool(name, args) {
  const home = join(root, 'node_modules', name);
  const { bin } = require(join(home, 'package.json'));
  const program = join(home, typeof bin === 'string' ? bin : Object.values(bin)[0]);
  return execFileSync(process.execPath, [program, ...args], options);
}
