// The library's types as a reader wants to see them: the declarations in dist/ with each op written as a function with
// overloads, and as a method of Tensor. The documentation site is made from these.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { categoryOf } from './categories.mjs';
import { constants, documented, isInPlace, methodNames, methodsOf, opForms } from './ops.mjs';
import { bracketed, plainTuple } from './signatures.mjs';

const imports = `import type { DType } from '#dtype';
import type { Generator } from '#random';
import type { Ints, Named, Scalar } from '#schema';
import type { Key } from '#subscript';
import type { Tensor } from '#tensor';
`;

/** Writes them into `folder` and returns the path of the first. */
export function writeTypes(dist, folder) {
  rmSync(folder, { recursive: true, force: true });
  const texts = new Map();
  for (const name of readdirSync(dist, { recursive: true })) {
    const path = name.replaceAll('\\', '/');
    if (path.endsWith('.d.ts') && !path.startsWith('cli/') && path !== 'documented.d.ts')
      texts.set(path, readFileSync(join(dist, name), 'utf8'));
  }
  const ops = new Map();
  for (const [path, text] of texts) texts.set(path, rewrite(path, text, ops));
  const methods = texts.get('ops/methods.d.ts');
  texts.set('index.d.ts', named(texts.get('index.d.ts'), 'torch'));
  texts.set('tensor.d.ts', withMethods(texts.get('tensor.d.ts'), methodNames(methods, ops), ops));
  for (const [path, text] of texts) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), resolveImports(path, text));
  }
  return join(folder, 'index.d.ts');
}

/** Functions for ops, and plain parameters for `...args: Args<[…], {…}>`; notes the ops of the module in `ops`. */
function rewrite(path, text, ops) {
  const category = categoryOf(path);
  let out = '';
  let at = 0;
  for (const { start, end, comment, exported, name, type } of constants(text)) {
    const forms = opForms(name, type) ?? callableForm(type);
    if (forms === null) continue;
    const docs = forms.map(({ schema }, i) => documented(comment, { schema, category, brief: i > 0 }));
    out += text.slice(at, start);
    out += forms.map(({ signature }, i) => `${docs[i]}${exported}declare function ${name}${signature};\n`).join('');
    at = end;
    if (forms.some(({ method }) => method)) ops.set(name, { forms, docs, path, inplace: isInPlace(type) });
  }
  out += text.slice(at);
  return imports + escaped(plainArguments(category === null ? out : categorized(out, category)));
}

/** Formulas in comments are no Markdown: a star or an angle bracket that is not between backticks stands for itself. */
const escaped = (text) =>
  text.replaceAll(/\/\*\*(?:[^*]|\*(?!\/))*\*\//g, (comment) => {
    const [said, ...tags] = comment.slice(3, -2).split(/(?=\n[ ]*\* @|\n[ ]*\* ```)/);
    const plain = said.replaceAll(/(^|\n)([ ]*\* ?)|(`[^`]*`)|([*<])/g, (whole, _start, lead, code, char) =>
      lead === undefined && code === undefined ? `\\${char}` : whole,
    );
    return `/**${[plain, ...tags].join('')}*/`;
  });

/** A module with a name for the site, in the comment at its head, which has to be what comes first. */
const named = (text, name) =>
  text.slice(imports.length).replace(/^\/\*\* (.*) \*\//, `/**\n * $1\n * @module ${name}\n */`);

/** The form of a type `(...) => T`; null for other types. */
function callableForm(type) {
  if (!type.startsWith('(')) return null;
  const { inside, end } = bracketed(type, 0);
  const arrow = /^ => /.exec(type.slice(end));
  return arrow && [{ signature: `(${inside}): ${type.slice(end + arrow[0].length)}` }];
}

/** `...args: Args<[input: Tensor], {…}>` and `...args: ArgsOf<typeof linear>` as the parameters that they stand for. */
function plainArguments(text) {
  const tuples = new Map();
  for (const { 1: name, index, 0: whole } of text.matchAll(
    /^(?:export )?declare const (\w+): import\("[^"]*"\)\.Signature</gm,
  )) {
    const tuple = bracketed(text, index + whole.length);
    tuples.set(name, plainTuple(tuple.inside));
  }
  let out = text.replaceAll(/\.\.\.\w+: ArgsOf<typeof (\w+)>/g, (whole, name) => tuples.get(name) ?? whole);
  for (;;) {
    const found = /\.\.\.\w+: import\("[^"]*"\)\.Args</.exec(out);
    if (found === null) return out;
    const start = found.index + found[0].length;
    const { inside } = bracketed(out, start);
    const { end } = bracketed(out, start - 1);
    out = out.slice(0, found.index) + plainTuple(inside) + out.slice(end);
  }
}

/** Doc comments of functions and classes with the category of their module. */
function categorized(text, category) {
  return text.replaceAll(/\n \*\/\n(?=export declare (?:abstract )?(?:function|class))/g, (end, index) => {
    const start = text.lastIndexOf('/**', index);
    return text.slice(start, index).includes('@category') ? end : `\n * @category ${category}${end}`;
  });
}

/** class Tensor with a method, and an in-place method where there is one, for each of `names`. */
function withMethods(text, names, ops) {
  const lines = names.flatMap((name) =>
    methodsOf(name, ops.get(name)).map(({ doc, name, form }) => `${doc}${name}${form};`),
  );
  // The site shows what is said of the class, not of the interface that it is merged with.
  const [comment] = /\/\*\*(?:[^*]|\*(?!\/))*\*\/\n(?=export interface Tensor )/.exec(text);
  return text
    .replace(comment, '')
    .replace('export declare class Tensor', `${comment}export declare class Tensor`)
    .replace('extends DocumentedMethods, ', 'extends ')
    .replace('[index: number]: any;', `[index: number]: any;\n${lines.join('\n')}`);
}

/** '#dtype' as the path from this module to it, and only those that are not declared here. */
function resolveImports(path, text) {
  const up = '../'.repeat(path.split('/').length - 1) || './';
  const targets = {
    '#dtype': 'dtype',
    '#random': 'random',
    '#schema': 'ops/schema-types',
    '#subscript': 'ops/subscript',
    '#tensor': 'tensor',
  };
  if (!text.startsWith(imports)) return text;
  return text.replaceAll(/^import type \{ (.*) \} from '(#\w+)';\n/gm, (_, names, from) => {
    const body = text.slice(imports.length);
    const known = (name) =>
      new RegExp(`^(?:import [^;]*\\b${name}\\b|export (?:declare )?(?:class|type|interface) ${name}\\b)`, 'm').test(
        body,
      );
    const wanted = names.split(', ').filter((name) => !known(name));
    return wanted.length === 0 ? '' : `import type { ${wanted.join(', ')} } from '${up}${targets[from]}.js';\n`;
  });
}
