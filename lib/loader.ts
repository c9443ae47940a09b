/** Finds the binary of this platform, architecture and C library, loads it, and explains a failure. */
import { closeSync, existsSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
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
  const candidates = wanted ? [wanted] : [join(root, 'build', 'Release', 'strided.node'), prebuilt()];
  const file = candidates.find((candidate) => existsSync(candidate));
  if (!file) {
    const title = wanted ? `STRIDED_BINARY leads nowhere on ${machine()}.` : `strided has no binary for ${machine()}.`;
    throw new RuntimeError(`${title}\n${line('Looked for:', candidates)}${wanted ? '' : present()}\n${advice}`);
  }
  try {
    return require(file);
  } catch (error) {
    const { message } = error as Error;
    throw new RuntimeError(
      `strided has a binary for ${machine()}, but it does not load.\n` +
        `${line('Found:', [file])}\n${line('Needed:', [reason(message)])}\n${line('Said:', [message.trim()])}\n${advice}`,
      { cause: error },
    );
  }
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
    return existsSync('/etc/alpine-release');
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
function reason(message: string): string {
  const version = /version `?(\w+?)_([\d.]+)'? not found/.exec(message);
  if (version) return `${version[1] === 'GLIBC' ? 'glibc' : version[1]} ${version[2]} or later`;
  const library = /(\S+): cannot open shared object file|Error loading shared library ([^:\s]+)/.exec(message);
  if (library) return `the shared library ${library[1] ?? library[2]}, which this machine or the package lacks`;
  if (/invalid ELF header|wrong ELF class|file too short|incompatible architecture|not a valid Win32/.test(message))
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
  if (!existsSync(prebuilds)) return `\n${line('Found:', ['no folder prebuilds'])}`;
  const files = readdirSync(prebuilds, { recursive: true }).map(String);
  const binaries = files.filter((name) => name.endsWith('.node')).sort();
  return `\n${line('Found:', binaries.length > 0 ? binaries : ['nothing in prebuilds'])}`;
}
