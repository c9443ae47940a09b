import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Each kernel object exports one symbol, its table, in the namespace of its instruction set: a function that it shared
 * with other objects could be the copy that the linker keeps, and would crash on a CPU without those instructions.
 */
export function kernels(folder) {
  const build = join(folder, 'build');
  const database = join(build, 'compile_commands.json');
  if (!existsSync(database)) return ['build/compile_commands.json: not there; run npm run build'];
  const objects = JSON.parse(readFileSync(database, 'utf8')).flatMap(({ file, command }) => {
    const [, object, isa] = /-o (\S*strided_kernels_(\w+)\.dir\S+)/.exec(command) ?? [];
    return object ? { name: `${file.slice(file.indexOf('native/'))} [${isa}]`, object: join(build, object), isa } : [];
  });
  if (objects.length === 0) return ['build/compile_commands.json names no kernel'];
  return objects.flatMap(({ name, object, isa }) => {
    if (!existsSync(object)) return `${name}: not compiled; run npm run build`;
    return [...inspect(symbols(object), isa)].map((failure) => `${name}: ${failure}`);
  });
}

function symbols(object) {
  return execFileSync('nm', ['--format=posix', object], { encoding: 'utf8' })
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(' '))
    .map(([name, type]) => ({ name: name.replace(/^_(?=_Z)/, ''), type }));
}

function* inspect(all, isa) {
  const exported = all.filter(({ type }) => /[A-TV-Z]|u|i/.test(type) && type !== 'U');
  const prefix = `_ZN7strided${isa.length}${isa}`;
  for (const { name, type } of exported) {
    if (/[VWui]/.test(type))
      yield `${name} is a weak symbol (${type}): an inline function or template without internal linkage`;
    else if (!name.startsWith(prefix)) yield `exports ${name}, which is not in namespace strided::${isa}`;
  }
  const tables = exported.filter(({ name, type }) => name.startsWith(prefix) && !/[VWui]/.test(type));
  if (tables.length !== 1)
    yield `exports ${tables.length} symbols of its namespace (${tables.map(({ name }) => name)}); exactly one table`;
  for (const { name, type } of all) {
    if (type === 'b') yield `${name} is a static variable; kernels keep no state`;
    if (type === 'U' && /^(_Zn[wa]|_Zd[la]|malloc|calloc|realloc|free|__cxa_|_ZSt|_ZNSt|GOMP_|omp_)/.test(name)) {
      yield `calls ${name}; kernels neither allocate, throw nor start threads`;
    }
  }
}
