// A host's system as a whole: boots with what Linux has, mounts famfs into its tree, and crosses mount points both ways.
import { describe, expect, it } from 'vitest'
import { get, namesOf, newSystem, put, rootAt } from '../../helpers/systems.ts'

const ROOT = rootAt('/')

describe('a system', () => {
  it('boots with users, devices and generated files', () => {
    const system = newSystem()
    expect(namesOf(system, '/', ROOT)).toEqual(['bin', 'dev', 'etc', 'home', 'lib', 'media', 'mnt', 'opt', 'proc', 'root', 'run', 'sbin', 'srv', 'sys', 'tmp', 'usr', 'var'])
    expect(get(system, '/etc/passwd', ROOT)).toContain('user:x:1000:1000')
    expect(get(system, '/proc/mounts', ROOT)).toContain('proc /proc proc rw')
    put(system, '/tmp/x', 'hello', ROOT)
    expect(get(system, '/tmp/../tmp/./x', ROOT)).toBe('hello')
  })
})
