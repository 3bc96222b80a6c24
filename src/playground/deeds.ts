// Actions of a session on files and bytes. Loaded when the first of them is asked for, or once the page has come to rest.

import { ok, type Result } from '../core/base/result.ts'
import { bytesOfCell } from './cells.ts'
import { NAMES } from './names.ts'
import { fileOn, relative } from './ours.ts'
import { placeOf } from './peekFile.ts'
import { lateCommands, lateSentences } from './lateSentences.ts'
import { sentences } from './sentences.ts'
import { spokenOf } from './spoken.ts'
import type { CellKind, NewFileOptions } from './types.ts'
import { piecesText, whereText } from './whereWords.ts'
import type { World } from './world.ts'

export function newFile(world: World, options: NewFileOptions): Promise<Result<undefined>> {
  const mountpoint = world.mountpointOf(options.host)
  const path = relative(options.path, mountpoint)
  const { sizeBytes, seed, striped } = options
  const interleave = striped && { ...striped, bucketCount: striped.stripCount }
  const command = lateCommands.creat(`${mountpoint}/${path}`, sizeBytes, seed, interleave)
  return world.act(options.host, command, (host, operation) =>
    world.tasks.run(host.name, `${host.name} fills ${path}`, async (call) => {
      const given = { path: `${mountpoint}/${path}`, sizeBytes, owner: NAMES.user, ...(seed === undefined ? {} : { seed }), ...(interleave ? { interleave } : {}) }
      // Buckets are taken by the host's own chance: what came of it is kept, and not how.
      if (interleave && operation) operation.outcome = 'partly'
      const made = await host.call('creat', given, call)
      const isUntouched = made.ok && !made.value.isNew && !seed
      if (isUntouched && operation) operation.outcome = 'nothing'
      else world.dataChanged(host, path, made)
      if (!made.ok) return made
      const { node, isNew } = made.value
      const { extents, chunkBytes } = host.see(node)
      const old = seed ? sentences.rewritten(host.name, node.path) : lateSentences.existed(host.name, node.path)
      const sentence = isNew ? lateSentences.created(host.name, node.path, sizeBytes, piecesText(spokenOf(world), extents, chunkBytes === undefined ? 'extent' : 'strip'), node.entryIndex) : old
      world.happened('create', host, sentence, command, world.entryBytes(node.entryIndex))
      return ok()
    }),
  )
}

export function newDirectory(world: World, options: { host?: string; path: string; parents?: boolean }): Promise<Result<undefined>> {
  const mountpoint = world.mountpointOf(options.host)
  const path = relative(options.path, mountpoint)
  const parents = options.parents ?? false
  const command = lateCommands.mkdir(`${mountpoint}/${path}`, parents)
  return world.act(options.host, command, async (host) => {
    const made = await host.call('mkdir', { path: `${mountpoint}/${path}`, parents, owner: NAMES.user })
    world.touchDevice()
    if (!made.ok) return made
    world.happened('mkdir', host, lateSentences.madeDirectory(host.name, path), command)
    return ok()
  })
}

export function poke(world: World, options: { host: string; path: string; index: number; cell: CellKind; value: number | bigint }): Promise<Result<undefined>> {
  const mountpoint = world.mountpointOf(options.host)
  const path = relative(options.path, mountpoint)
  const { index, cell, value } = options
  return world.act(options.host, undefined, async (host) => {
    const bytes = bytesOfCell(cell, value)
    if (!bytes.ok) return bytes
    const offsetBytes = index * bytes.value.length
    const poked = await host.call('poke', { path: `${mountpoint}/${path}`, offsetBytes, bytes: bytes.value, user: NAMES.user })
    world.dataChanged(host, path, poked)
    if (!poked.ok) return poked
    const file = fileOn(world, host.name, path)
    const at = file.ok ? placeOf(file.value, offsetBytes) : undefined
    const place = at === undefined ? undefined : { offsetBytes: at, lengthBytes: bytes.value.length }
    world.happened('write', host, lateSentences.poked(host.name, path, cell, index, value), undefined, place)
    return ok()
  })
}

/** Bytes that reach from one device into the next are refused as those behind the last device's end are. */
export function edit(world: World, { host: hostName, offsetBytes, bytes }: { host: string; offsetBytes: number; bytes: Uint8Array<ArrayBuffer> }): Promise<Result<undefined>> {
  return world.act(hostName, undefined, async (host) => {
    const { devices } = world.pool
    const place = Math.max(0, devices.findLastIndex(({ baseBytes }) => baseBytes <= offsetBytes))
    const within = offsetBytes - (devices[place]?.baseBytes ?? 0)
    const stored = await host.call('store', { device: world.pool.nameOn(host.name, place), offsetBytes: within, bytes })
    if (!stored.ok) return stored
    const extent = { offsetBytes, lengthBytes: bytes.length }
    world.changed([extent])
    world.happened('edit', host, lateSentences.edited(host.name, whereText(spokenOf(world), offsetBytes), bytes.length), undefined, extent)
    return ok()
  })
}

export function sha256(world: World, hostName: string, path: string): Promise<Result<string>> {
  const mountpoint = world.mountpointOf(hostName)
  const relpath = relative(path, mountpoint)
  const whole = `${mountpoint}/${relpath}`
  return world.act(hostName, lateCommands.sha256(whole), (host) =>
    world.tasks.run(host.name, `${host.name} reads ${relpath}`, async (call) => {
      const hashed = await host.call('sha256', { path: whole, user: NAMES.user }, call)
      if (hashed.ok) world.happened('read', host, lateSentences.hashed(host.name, relpath, hashed.value), lateCommands.sha256(whole))
      return hashed
    }), 'reads')
}
