// A kernel that runs programs beside its server, without a file system.

import type { Failure } from '../../src/core/base/result.ts'
import type { Resolver } from '../../src/core/fmap/resolve.ts'
import type { WideMap } from '../../src/core/fmap/wide.ts'
import { type ProgramDaemon, programDaemon } from '../../src/core/fuse/daemonProgram.ts'
import type { MapReason, MapWay } from '../../src/core/kernel/way.ts'
import { programWay } from '../../src/core/kernel/ways/program.ts'
import { makeSandbox } from '../../src/host/sandbox.ts'
import { Bench, resolved, walked } from './pulledMaps.ts'

export interface ProgramBench {
  bench: Bench
  daemon: ProgramDaemon
  way: MapWay
  /** Opens a file of this map; the node is kept for later maps. */
  open(map: WideMap, node?: number): Resolver
  refusal(map: WideMap, node?: number): Failure<MapReason> | undefined
}

export function programBench({ deviceCount = 1, deviceBytes = 1024 * 1024, source, fuel }: { deviceCount?: number; deviceBytes?: number; source?: string; fuel?: number } = {}): ProgramBench {
  const bench = new Bench(deviceCount, deviceBytes)
  const daemon = programDaemon(bench, bench.direct.notify, source)
  bench.handlers = daemon.handlers
  const way = bench.make(programWay(bench.direct.link, { sandbox: makeSandbox, fuel }))
  const attempt = (map: WideMap, node: number) => {
    bench.maps.set(node, map)
    return way.open({ node, path: `file${node}`, sizeBytes: map.sizeBytes })
  }
  return {
    bench,
    daemon,
    way,
    open(map, node = 1) {
      const opened = attempt(map, node)
      if (!opened.ok) throw new Error(opened.failure.says)
      return opened.value
    },
    refusal(map, node = 1) {
      const opened = attempt(map, node)
      return opened.ok ? undefined : opened.failure
    },
  }
}

/** Bytes that matter: where pieces begin and end, and some between. */
export function probesOf(map: WideMap): number[] {
  const probes = new Set([0, 1, map.sizeBytes - 1, Math.floor(map.sizeBytes / 3)])
  for (let at = 0; at < map.sizeBytes; ) {
    const place = walked(map, at)
    if (!place) break
    const endBytes = at + place[2]
    for (const each of [at, at + 1, endBytes - 1]) probes.add(each)
    at = endBytes
  }
  return [...probes].filter((at) => at >= 0 && at < map.sizeBytes)
}

/** Open or refused: whichever it is. */
export function failureOf({ way, bench }: ProgramBench, map: WideMap, fileOffsetBytes: number): Failure | undefined {
  bench.maps.set(1, map)
  const opened = way.open({ node: 1, path: 'file1', sizeBytes: map.sizeBytes })
  if (!opened.ok) return opened.failure
  return resolved(opened.value, fileOffsetBytes) ? undefined : opened.value.trouble
}

/** What a resolver answers to each probe. */
export function answersOf(resolver: Resolver, map: WideMap): unknown[] {
  return probesOf(map).map((at) => [at, resolved(resolver, at)])
}
