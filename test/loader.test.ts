/** Finding the binary, and what is said where there is none that loads. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const root = join(__dirname, '..', '..');
const built = join(root, 'build', 'Release', 'strided.node');
const platform = `${process.platform}-${process.arch}`;
const { header } = process.report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
const libc = process.platform !== 'linux' ? '' : header.glibcVersionRuntime ? '.glibc' : '.musl';
const prebuilt = `prebuilds/${platform}/strided${libc}.node`;
const sum = 'console.log(require("./dist/index.js").ones(2, 2).sum().item())';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'strided-loader-'));
  for (const file of ['dist/index.js', 'package.json']) copyFileSync(join(root, file), place(file));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A path in the copied package, whose folder there is. */
function place(file: string): string {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  return path;
}

function load(code = sum, variables: Record<string, string> = {}): { stdout: string; stderr: string } {
  const { STRIDED_BINARY: _, ...env } = process.env;
  return spawnSync(process.execPath, ['-e', code], { cwd: folder, encoding: 'utf8', env: { ...env, ...variables } });
}

test('the binary of this platform, architecture and C library', () => {
  symlinkSync(built, place(prebuilt));
  expect(load()).toMatchObject({ stdout: '4\n', stderr: '' });
});

test('the build of this folder comes before the prebuilt one', () => {
  writeFileSync(place(prebuilt), 'no binary');
  symlinkSync(built, place('build/Release/strided.node'));
  expect(load()).toMatchObject({ stdout: '4\n', stderr: '' });
});

test('STRIDED_BINARY comes before both', () => {
  writeFileSync(place(prebuilt), 'no binary');
  writeFileSync(place('build/Release/strided.node'), 'no binary');
  expect(load(sum, { STRIDED_BINARY: built })).toMatchObject({ stdout: '4\n', stderr: '' });
});

test('what was looked for and what there is, where none fits', () => {
  writeFileSync(place('prebuilds/plan9-mips/strided.node'), '');
  const { stdout, stderr } = load();
  expect(stdout).toBe('');
  expect(stderr).toContain(`RuntimeError: strided has no binary for ${platform}`);
  expect(stderr).toContain(
    `  Looked for: ${join(folder, 'build/Release/strided.node')}\n${' '.repeat(14)}${join(folder, prebuilt)}\n` +
      '  Found:      plan9-mips/strided.node\n',
  );
  expect(stderr).toContain(
    '`npm ci && npm run build` there, and set STRIDED_BINARY to its build/Release/strided.node.',
  );
});

test('a package without binaries', () => {
  expect(load().stderr).toContain('  Found:      no folder prebuilds\n');
});

test('STRIDED_BINARY that leads nowhere', () => {
  const { stderr } = load(sum, { STRIDED_BINARY: '/nowhere/strided.node' });
  expect(stderr).toContain('RuntimeError: STRIDED_BINARY leads nowhere');
  expect(stderr).toContain('  Looked for: /nowhere/strided.node\n');
});

test('a damaged binary: what was found, what is needed, what the system said', () => {
  writeFileSync(place(prebuilt), readFileSync(built).subarray(0, 40));
  const code = 'try { require("./dist/index.js") } catch (e) { console.log(e.name + ": " + e.message) }';
  const { stdout } = load(code);
  expect(stdout).toMatch(/^RuntimeError: strided has a binary for \S+.* \(Node [\d.]+\), but it does not load\.\n/);
  expect(stdout).toContain(`  Found:      ${join(folder, prebuilt)}\n`);
  expect(stdout).toContain(
    `  Needed:     a file made for ${platform}: this one is for another machine, or damaged\n  Said:       `,
  );
});

test('a binary for another processor', () => {
  const bytes = readFileSync(built);
  bytes.writeUInt16LE(bytes.readUInt16LE(18) === 183 ? 62 : 183, 18);
  writeFileSync(place(prebuilt), bytes);
  if (process.platform === 'linux')
    expect(load().stderr).toContain(
      `  Needed:     a file made for ${platform}: this one is for another machine, or damaged\n`,
    );
});

test('STRIDED_BINARY may be relative, and has to be ours', () => {
  symlinkSync(built, place('some.node'));
  expect(load(sum, { STRIDED_BINARY: 'some.node' })).toMatchObject({ stdout: '4\n', stderr: '' });
  writeFileSync(place('other.js'), 'module.exports = { answer: 42 };');
  const { stderr } = load(sum, { STRIDED_BINARY: 'other.js' });
  expect(stderr).toContain(`  Found:      ${join(folder, 'other.js')}\n  Needed:     the binary of strided\n`);
});

test('a binary of another version', () => {
  const { ops } = require(built) as { ops: string[] };
  const members = `ops: ${JSON.stringify(ops.filter((name) => name !== 'add'))}, initialize() {}, setMailbox() {}`;
  writeFileSync(place('older.js'), `module.exports = new Proxy({ ${members} }, { get: (t, k) => t[k] ?? (() => 0) });`);
  const { stderr } = load(sum, { STRIDED_BINARY: 'older.js' });
  expect(stderr).toContain('RuntimeError: strided: library and binary are not of the same version');
  expect(stderr).toContain('\n  add is declared but not in the binary\n');
});

test('a Node that may not load addons', () => {
  symlinkSync(built, place(prebuilt));
  const { stderr } = load(sum, { NODE_OPTIONS: '--no-addons' });
  expect(stderr).toContain(
    '  Needed:     leave to load addons: Node without --no-addons, or with --permission also --allow-addons\n',
  );
});

test('code that a bundler took out of the package', () => {
  writeFileSync(place('package.json'), '{ "name": "app", "version": "1.0.0" }');
  const { stderr } = load();
  expect(stderr).toContain(`This code is not in its package, but in ${join(folder, 'dist')}: a bundler took it there`);
  expect(stderr).toContain('esbuild: --external:strided');
  expect(stderr).not.toContain('npm run build');
});
