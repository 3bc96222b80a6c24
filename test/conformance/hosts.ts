// A scenario on real hosts: a device and hosts of its own, files put in place, each line typed into that host's bash. The
// same for hosts in this thread and in workers.

import type { Driver } from '../../src/host/driver.ts'
import { Fleet, type FleetHost, type Piece, quoted, seededBytes } from '../helpers/fleet.ts'
import { type HostSpec, type Mode, type Outcome, type Ran, runScenario, type Scenario, sizeOf } from './runner.ts'

/** A line that takes longer hangs. */
const LINE_MS = 120_000
const FILE_MODE = '0644'

export async function runOnHosts(driver: Driver, scenario: Scenario, options: { mode: Mode; deviates: boolean }): Promise<Outcome> {
  const { device, hosts, relaxed = false } = scenario
  const pieces = new Map(hosts.map((host) => [host.name, piecesOf(host)]))
  const spec = { device: { path: device.path, sizeBytes: sizeOf(device.size) ?? 0 }, relaxed, mode: options.mode }
  const fleet = new Fleet(driver, spec, (host, name) => host.put(pieces.get(name) ?? []))
  try {
    for (const { name } of hosts) await fleet.host(name)
    const run = async (host: string, line: string, cwd: string | undefined): Promise<Ran> => runLine(await fleet.host(host), line, cwd)
    return await runScenario(scenario, { ...options, run })
  } finally {
    await fleet.end()
  }
}

function piecesOf({ dirs = [], files = {} }: HostSpec): Piece[] {
  const made = Object.entries(files).map(([path, file]) => {
    const content = 'text' in file ? file.text : seededBytes(sizeOf(file.size) ?? 0, file.seed)
    return { kind: 'file' as const, path, blob: new Blob([content]), mode: Number.parseInt(file.mode ?? FILE_MODE, 8) }
  })
  return [...dirs.map((path) => ({ kind: 'directory' as const, path })), ...made]
}

async function runLine(host: FleetHost, line: string, cwd: string | undefined): Promise<Ran> {
  const ran: Ran = { exit: undefined, stdout: '', stderr: '' }
  // Scenarios' words are split at blanks and are otherwise as they stand.
  const words = line.trim().split(/\s+/).map(quoted).join(' ')
  const limit = new AbortController()
  const timer = setTimeout(() => limit.abort(), LINE_MS)
  try {
    const { exit, trouble } = await host.run(cwd === undefined ? words : `(cd -- ${quoted(cwd)} && ${words})`, {
      signal: limit.signal,
      onNote: (note) => {
        if (note.kind === 'output') ran[note.stream === 'out' ? 'stdout' : 'stderr'] += note.text
      },
    })
    ran.exit = exit
    if (limit.signal.aborted) ran.stderr += `\nstopped after ${LINE_MS / 1000} s`
    else if (trouble !== undefined) ran.stderr += `\n${trouble}`
  } finally {
    clearTimeout(timer)
  }
  return ran
}
