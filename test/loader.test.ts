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
