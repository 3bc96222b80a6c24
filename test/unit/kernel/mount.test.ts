// What a log holds is found at the path that people write, however it was spelled there; and a kernel learns what a shadow
// tree learns, save that whatever is at a file's path counts as existing.

import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KernelMount } from '../../../src/core/kernel/mount.ts'
import { ShadowTree } from '../../helpers/shadowTree.ts'
import { propertyRuns } from '../../counts.ts'
import { newMemory } from '../../helpers/volumes.ts'

const facts = { mode: 0o644, uid: 0, gid: 0, entryIndex: 0 }
const map = { kind: 'simple' as const, sizeBytes: 1, extents: [{ devindex: 0, offsetBytes: 4096, lengthBytes: 4096 }] }
const newMount = (): KernelMount => new KernelMount(newMemory(), { dropWriteBits: false, now: () => 0, unitBytes: 4096 })

describe('a path as it was logged', () => {
  it('leads to its file by its normal spelling, in its parent', () => {
    const mount = newMount()
    expect(mount.addDirectory({ ...facts, path: 'a//b/../c/.' })).toBe('error')
    expect(mount.addDirectory({ ...facts, path: './a' })).toBe('made')
    expect(mount.addDirectory({ ...facts, path: 'a//b/../c/.' })).toBe('made')
    expect(mount.addFile({ ...facts, path: 'a/./c//../c/f', map })).toBe('made')
    expect(mount.addFile({ ...facts, path: 'd/../x', map })).toBe('made')
    expect(mount.inodes().map(({ path }) => path)).toEqual(['a', 'a/c', 'a/c/f', 'x'])
    expect(mount.lookup('a/c/f')).toMatchObject({ kind: 'file', path: 'a/c/f' })
    expect(mount.lookup('a/c')).toMatchObject({ kind: 'directory', children: [{ path: 'a/c/f' }] })
    expect(mount.lookup('d/../x')).toBeUndefined()
    expect(mount.addFile({ ...facts, path: 'x', map })).toBe('existed')
    expect(mount.addFile({ ...facts, path: 'a/../x/', map })).toBe('existed')
    expect(mount.addDirectory({ ...facts, path: 'a/c/' })).toBe('existed')
    expect(mount.inodes()).toHaveLength(4)
  })

  it.each(['..', '../x', 'a/../../x', './..'])('%j leaves the mount: an error, and nothing is made', (path) => {
    const mount = newMount()
    expect(mount.addFile({ ...facts, path, map })).toBe('error')
    expect(mount.addDirectory({ ...facts, path })).toBe('error')
    expect(mount.inodes()).toEqual([])
  })

  it('a file where a directory is has existed; a directory where a file is is an error', () => {
    const mount = newMount()
    mount.addDirectory({ ...facts, path: 'd' })
    mount.addFile({ ...facts, path: 'f', map })
    expect(mount.addFile({ ...facts, path: 'd', map })).toBe('existed')
    expect(mount.addFile({ ...facts, path: 'd/..', map })).toBe('existed')
    expect(mount.addDirectory({ ...facts, path: 'f' })).toBe('error')
    expect(mount.addDirectory({ ...facts, path: '.' })).toBe('existed')
    expect(mount.lookup('d')?.kind).toBe('directory')
  })

  it('gives the kernel the nodes that it gives a shadow tree', () => {
    const part = fc.constantFrom('', '.', '..', 'a', 'b', '...')
    const entries = fc.array(fc.tuple(fc.array(part, { minLength: 1, maxLength: 4 }), fc.boolean()), { maxLength: 30 })
    let odd = 0
    const property = fc.property(entries, (logged) => {
      const mount = newMount()
      const tree = new ShadowTree()
      for (const [parts, isFile] of logged) {
        const path = parts.join('/')
        const inKernel = isFile ? mount.addFile({ ...facts, path, map }) : mount.addDirectory({ ...facts, path })
        const inTree = isFile ? tree.addFile({ ...facts, path, map }) : tree.addDirectory({ ...facts, path })
        if (inKernel === inTree) continue
        expect([isFile, inKernel, inTree]).toEqual([true, 'existed', 'error'])
        odd++
      }
      expect(mount.inodes().map(({ kind, path }) => `${kind} ${path}`)).toEqual([...tree.nodes()].map(({ kind, path }) => `${kind} ${path}`))
    })
    fc.assert(property, { numRuns: propertyRuns.usual })
    expect(odd).toBeGreaterThan(0)
  })
})
