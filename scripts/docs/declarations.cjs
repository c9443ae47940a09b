// What docs/ops.md says of an op as it is declared. CommonJS, so that tests can load it.

/** Where a gradient comes from. */
function gradientOf(spec) {
  if (spec.derivatives) return 'formula';
  return spec.notDifferentiable || !(spec.body || spec.forward) ? 'none' : 'of its ops';
}

/** The name under which users find an op as a function; null where it is a method alone, or inside. */
function publicName(name, torch) {
  const spaces = { '': torch, 'nn.functional.': torch.nn.functional };
  for (const space of ['linalg', 'special', 'masked']) spaces[`${space}.`] = torch[space];
  for (const [path, space] of Object.entries(spaces)) {
    const own = path && name.startsWith(path.replace('.', '_')) ? name.slice(path.length) : name;
    if (typeof space[own] === 'function') return `torch.${path}${own}`;
  }
  return null;
}

function formsOf(name, torch) {
  const methods = torch.Tensor.prototype;
  const function_ = publicName(name, torch);
  const forms = [function_ && `\`${function_}\``, name in methods && 'method', `${name}_` in methods && 'in place'];
  return forms.filter(Boolean).join(', ');
}

/** The declared part of each row, by the name of the op; of those that users can reach. */
function declarations(registry, torch) {
  const rows = [...registry].filter(([name]) => !name.startsWith('_'));
  rows.sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(
    rows.flatMap(([name, { spec }]) => {
      const forms = formsOf(name.split('.')[0], torch);
      const schema = spec.schema.text.replaceAll('|', '\\|');
      return forms ? [[name, `| \`${schema}\` | ${forms} | ${gradientOf(spec)} |`]] : [];
    }),
  );
}

module.exports = { declarations };
