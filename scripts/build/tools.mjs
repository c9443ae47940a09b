import { BuildError, hasProgram } from './run.mjs';

const installers = [
  ['apt-get', 'sudo apt-get install -y g++ make cmake'],
  ['dnf', 'sudo dnf install -y gcc-c++ make cmake'],
  ['apk', 'sudo apk add g++ make cmake linux-headers'],
  ['pacman', 'sudo pacman -S --needed gcc make cmake'],
  ['zypper', 'sudo zypper install -y gcc-c++ make cmake'],
];

/** Throws, with the command that installs what is missing, unless there are CMake, a C++ compiler and make or Ninja. */
export function requireTools() {
  const missing = [];
  if (!hasProgram('cmake')) missing.push('CMake');
  if (process.platform !== 'win32') {
    const compilers = [process.env.CXX?.split(' ')[0], 'c++', 'g++', 'clang++'];
    if (!compilers.some((name) => name && hasProgram(name))) missing.push('a C++20 compiler');
    if (!hasProgram('ninja') && !hasProgram('make')) missing.push('make or Ninja');
  }
  if (missing.length === 0) return;
  const command = process.getuid?.() === 0 ? hint().replace(/^sudo /, '') : hint();
  throw new BuildError(
    `build: not found: ${missing.join(', ')}. The native part is compiled here; install with\n\n  ${command}\n`,
  );
}

function hint() {
  if (process.platform === 'darwin') return 'xcode-select --install; brew install cmake libomp';
  if (process.platform === 'win32') return 'winget install Kitware.CMake Microsoft.VisualStudio.2022.BuildTools';
  const known = installers.find(([program]) => hasProgram(program));
  return known ? known[1] : `your system's package manager: g++ (or clang++ with OpenMP), make, cmake`;
}
