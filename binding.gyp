# For tools that only know node-gyp: the build itself is CMakeLists.txt.
{
  'targets': [{
    'target_name': 'cmake',
    'type': 'none',
    'actions': [{
      'action_name': 'build',
      'inputs': [],
      'outputs': ['build/Release/strided.node'],
      'action': ['node', 'scripts/build.mjs', 'native'],
    }],
  }],
}
