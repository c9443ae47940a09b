import type { Module } from './module.js';

export type Named<T> = [name: string, value: T];

/** `root` and all modules below it, depth first, with dotted names. */
export function namedModules(root: Module, prefix: string, unique: boolean, seen: Set<Module>): Named<Module>[] {
  if (seen.has(root)) return [];
  if (unique) seen.add(root);
  const found: Named<Module>[] = [[prefix, root]];
  for (const [name, module] of Object.entries(root._modules)) {
    found.push(...namedModules(module, join(prefix, name), unique, seen));
  }
  return found;
}

/** What `pick` finds in `root` and, with `recurse`, in all modules below it, with dotted names. */
export function namedMembers<T>(
  root: Module,
  pick: (module: Module) => Record<string, T>,
  prefix: string,
  recurse: boolean,
  unique: boolean,
): Named<T>[] {
  const seen = new Set<T>();
  const found: Named<T>[] = [];
  const modules: Named<Module>[] = recurse ? namedModules(root, prefix, unique, new Set()) : [[prefix, root]];
  for (const [path, module] of modules) {
    for (const [name, value] of Object.entries(pick(module))) {
      if (seen.has(value)) continue;
      if (unique) seen.add(value);
      found.push([join(path, name), value]);
    }
  }
  return found;
}

const join = (prefix: string, name: string): string => (prefix === '' ? name : `${prefix}.${name}`);
