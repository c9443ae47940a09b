// Writes the examples of the documentation as TypeScript, a file for each source, so that the compiler checks and the
// tests run them: @example in lib/, ```ts blocks of README.md and docs/guides.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { docComments, fencedBlocks } from './comments.mjs';
import { instrument } from './instrument.mjs';

const header = `import * as torch from 'strided';

type Shows = (value: () => unknown, expected: string) => void | Promise<void>;
type Logger = Pick<Console, 'log'>;
`;

/** The documents whose blocks are run, relative to `root`. */
export function documents(root) {
  const guides = join(root, 'docs/guides');
  const names = existsSync(guides) ? readdirSync(guides).filter((name) => name.endsWith('.md')) : [];
  return ['README.md', ...names.sort().map((name) => `docs/guides/${name}`)];
}

/** `{ code, line }` of the examples of a source. */
export function examplesIn(path, text) {
  if (path.endsWith('.md')) return fencedBlocks(text).filter(({ info }) => info === 'ts');
  return docComments(text).flatMap(({ text, examples, line }) =>
    text.includes('@internal') ? [] : examples.map((code) => ({ code, line })),
  );
}

// Examples serve readers of JavaScript as well: types that only say what is known may be missing.
const project = `${JSON.stringify({
  extends: '../../tsconfig.json',
  compilerOptions: {
    rootDir: 'src',
    outDir: 'out',
    tsBuildInfoFile: 'tsbuildinfo.json',
    declaration: false,
    declarationDir: null,
    sourceMap: false,
    noImplicitAny: false,
    noImplicitOverride: false,
  },
  include: ['src'],
})}\n`;

/**
 * Writes a TypeScript project of them into `folder`, and what doc comments there are (comments.json); leaves files alone
 * that would not change.
 */
export function extractExamples(root, folder) {
  const library = readdirSync(join(root, 'lib'), { recursive: true })
    .map((name) => `lib/${name.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.ts') && !path.endsWith('lib/ops/define.ts'));
  const sources = join(folder, 'src');
  mkdirSync(sources, { recursive: true });
  write(join(folder, 'tsconfig.json'), project);
  const written = new Set();
  const comments = {};
  const quotes = [];
  for (const path of [...library.sort(), ...documents(root)]) {
    const text = readFileSync(join(root, path), 'utf8');
    if (path.endsWith('.ts')) comments[path] = summaries(text);
    if (path.endsWith('.md')) quotes.push(...quotesIn(path, text));
    const examples = examplesIn(path, text);
    if (examples.length === 0) continue;
    const name = `${path.replace(/\.(ts|md)$/, '').replaceAll('/', '.')}.ts`;
    written.add(name);
    write(join(sources, name), moduleOf(path, examples));
  }
  write(join(folder, 'comments.json'), JSON.stringify(comments));
  write(join(folder, 'quotes.json'), JSON.stringify(quotes));
  for (const name of readdirSync(sources)) if (!written.has(name)) rmSync(join(sources, name));
}

/** The blocks of a document that name the source they are from: ```ts lib/ops/unary.ts. */
const quotesIn = (path, text) =>
  fencedBlocks(text).flatMap(({ info, code, line }) => {
    const source = /^\w+ (\S+\/\S+)$/.exec(info)?.[1];
    return source === undefined ? [] : [{ place: `${path}:${line}`, source, code: code.trim() }];
  });

/** Of each documented export of a source: its name, how many examples it has, whether it is public. */
function summaries(text) {
  return docComments(text)
    .filter(({ name }) => name !== null)
    .map(({ text, name, examples }) => ({ name, examples: examples.length, internal: text.includes('@internal') }));
}

function write(path, text) {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  writeFileSync(path, text);
}

/** A module that exports its examples as functions; their imports are moved to its head. */
function moduleOf(path, examples) {
  const imports = new Set();
  const bodies = examples.map(({ code, line }) => {
    const body = code.replace(/^import .*;\n?/gm, (statement) => {
      if (!statement.includes("'strided'")) imports.add(statement.trim());
      return '';
    });
    const place = JSON.stringify(`${path}:${line}`);
    return `  {\n    place: ${place},\n    run: async (shows: Shows, console: Logger) => {\n${instrument(body)}\n    },\n  },`;
  });
  return `${header}${[...imports].join('\n')}\nexport const examples = [\n${bodies.join('\n')}\n];\n`;
}
