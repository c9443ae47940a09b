/** Finds the binary of this platform, architecture and C library, loads it, and explains a failure. */
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { RuntimeError } from './errors.js';

const root = join(__dirname, '..');
const prebuilds = join(root, 'prebuilds');
const platform = `${process.platform}-${process.arch}`;

const advice =
  'To build it from source (it takes Node, CMake, make or Ninja, and a C++20 compiler): clone the repository, run\n' +
  '`npm ci && npm run build` there, and set STRIDED_BINARY to its build/Release/strided.node.';

/** What require() gives for the first binary that there is: STRIDED_BINARY, this folder's own build, the package's. */
export function loadBinary(): unknown {
  const wanted = process.env.STRIDED_BINARY;
  const candidates = wanted ? [resolve(wanted)] : [join(root, 'build', 'Release', 'strided.node'), prebuilt()];
  const file = candidates.find(exists);
  if (!file) {
    const title = wanted ? `STRIDED_BINARY leads nowhere on ${machine()}.` : `strided has no binary for ${machine()}.`;
    const found = wanted ? '' : present();
    throw new RuntimeError(`${title}\n${line('Looked for:', candidates)}${found}\n${hidden() ?? moved() ?? advice}`);
  }
  let binary: unknown;
  try {
    binary = require(file);
  } catch (error) {
    const { message } = error as Error;
    throw new RuntimeError(refusal(file, reason(message, file), message.trim()), { cause: error });
  }
  // Any addon loads: one that is not ours has none of these.
  if (!Array.isArray((binary as { ops?: unknown } | null)?.ops))
    throw new RuntimeError(refusal(file, 'the binary of strided', 'nothing: it loads, but is another addon'));
  return binary;
}

function refusal(file: string, needed: string, said: string): string {
  return (
    `strided has a binary for ${machine()}, but it does not load.\n` +
    `${line('Found:', [file])}\n${line('Needed:', [needed])}\n${line('Said:', [said])}\n${advice}`
  );
}

/** Node's permission model throws, where it does not say that the file is missing. */
function exists(path: string): boolean {
  try {
    return existsSync(path);
  } catch {
    return false;
  }
}

/** What to do where Node's permission model hides the binary. */
function hidden(): string | undefined {
  const { permission } = process as { permission?: { has(scope: string, path: string): boolean } };
  if (!permission || permission.has('fs.read', prebuilds)) return undefined;
  return `Node may not read that folder: it takes --allow-fs-read=${root} (and --allow-addons).`;
}

/** What to do where a bundler has taken this code out of the package. */
function moved(): string | undefined {
  try {
    const { name } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { name?: string };
    if (name === 'strided') return undefined;
  } catch {
    // No package at all.
  }
  return (
    `This code is not in its package, but in ${__dirname}: a bundler took it there, and left the binary behind.\n` +
    'Tell it to leave strided alone (esbuild: --external:strided; webpack: externals; rollup: external;\n' +
    'Vite: ssr.external; Next.js: serverExternalPackages), and have the package in node_modules where the program runs.'
  );
}

/** The names that prebuildify gives. */
function prebuilt(): string {
  const libc = process.platform === 'linux' ? (isMusl() ? '.musl' : '.glibc') : '';
  return join(prebuilds, platform, `strided${libc}.node`);
}

/** Which C library Node runs on, by the loader that its file names; process.report takes a hundred times as long. */
function isMusl(): boolean {
  const head = Buffer.alloc(4096);
  try {
    const node = openSync(process.execPath, 'r');
    readSync(node, head, 0, head.length, 0);
    closeSync(node);
  } catch {
    return glibcVersion() === undefined; // Node may not read itself
  }
  return head.includes('/ld-musl-');
}

function glibcVersion(): string | undefined {
  const report = process.report?.getReport() as { header?: { glibcVersionRuntime?: string } } | undefined;
  return report?.header?.glibcVersionRuntime;
}

function machine(): string {
  const libc = process.platform !== 'linux' ? '' : isMusl() ? ' with musl' : ` with glibc ${glibcVersion() ?? '?'}`;
  return `${platform}${libc} (Node ${process.versions.node})`;
}

/** What a message of the system's loader means. */
function reason(message: string, file: string): string {
  if (/loading addons is disabled/.test(message))
    return 'leave to load addons: Node without --no-addons, or with --permission also --allow-addons';
  if (/Permission denied|Operation not permitted/.test(message))
    return 'leave to read the file, on a file system from which programs may run (not mounted with noexec)';
  const version = /version `?(\w+?)_([\d.]+)'? not found/.exec(message);
  if (version) return `${version[1] === 'GLIBC' ? 'glibc' : version[1]} ${version[2]} or later`;
  const library = /(\S+): cannot open shared object file|Error loading shared library ([^:\s]+)/.exec(message);
  // That is what glibc says of a file for another processor, too.
  const lacking = library?.[1] ?? library?.[2];
  const other = lacking !== undefined && basename(lacking) === basename(file);
  if (lacking && !other) return `the shared library ${lacking}, which this machine or the package lacks`;
  if (
    other ||
    /invalid ELF header|wrong ELF class|file too short|ELF file's|incompatible architecture|not a valid Win32/.test(
      message,
    )
  )
    return `a file made for ${platform}: this one is for another machine, or damaged`;
  if (/self-register|NODE_MODULE_VERSION|Node-API version|symbol not found|undefined symbol/.test(message))
    return 'Node 20 or later with Node-API 8, and a binary of this version of strided';
  return 'what the message below names';
}

function line(title: string, items: readonly string[]): string {
  return `  ${title.padEnd(12)}${items.join(`\n${' '.repeat(14)}`)}`;
}

/** The binaries that the package does hold. */
function present(): string {
  if (!exists(prebuilds)) return `\n${line('Found:', ['no folder prebuilds'])}`;
  const files = readdirSync(prebuilds, { recursive: true }).map(String);
  const binaries = files.filter((name) => name.endsWith('.node')).sort();
  return `\n${line('Found:', binaries.length > 0 ? binaries : ['nothing in prebuilds'])}`;
}
