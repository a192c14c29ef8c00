import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe } from '@jest/globals';

const INSTALL_MS = 300_000;

/**
 * Installs Debian's package, once however many test processes want it: they queue on a lock. A package may start a
 * service of its own, which `policy-rc.d` forbids; a policy that was there before is left alone.
 */
const INSTALL = `
  exec 9< /var/lib/dpkg && flock 9
  command -v "$1" && exit 0
  policy=/usr/sbin/policy-rc.d
  if [ ! -e $policy ]; then
    trap 'rm -f $policy' EXIT
    printf '#!/bin/sh\\nexit 101\\n' > $policy && chmod 755 $policy
  fi
  apt-get -q update && apt-get -q -y --no-install-recommends install "$1"`;

/** Whether the program can be run here, after installing Debian's package of that name where root may. */
export function provideProgram(name: string): boolean {
  if (isOnPath(name)) return true;
  if (process.getuid?.() !== 0 || !isOnPath('apt-get')) return false;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  spawnSync('sh', ['-c', INSTALL, 'sh', name], { env, timeout: INSTALL_MS });
  return isOnPath(name);
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

/** A suite whose program is missing: failed in CI, elsewhere left out with a loud line. */
export function leaveOut(name: string, program: string, suite: () => void): void {
  const words = `${name}: ${program} is missing; install Debian's package ${program}`;
  if (process.env.CI === 'true') throw new Error(words);
  process.stderr.write(`\n*** LEFT OUT *** ${words}\n`);
  describe.skip(name, suite);
}
