// A shell in a worker: Ctrl-C gives the prompt back while a gigabyte is being filled, and leaves what a power cut at that
// point leaves: a whole file in the log, sound allocation, and a host that goes on.

import { describe, expect, it, onTestFinished } from 'vitest'
import { MIB } from '../../src/core/base/align.ts'
import type { CallNote } from '../../src/host/protocol.ts'
import { workerDriver } from '../../src/host/workerDriver.ts'
import { newDevice, specOf } from '../helpers/hosts.ts'
import { failureOf, valueOf } from '../helpers/outcome.ts'

const GIB = 1024 * MIB

describe('Ctrl-C while famfs creat -r fills 1 GiB', () => {
  it('gives the prompt back and leaves file system and allocation sound', async () => {
    const device = newDevice(2 * GIB)
    const host = valueOf(await workerDriver().spawn(specOf('A', device)))
    onTestFinished(() => host.kill())
    let printed = ''
    const type = async (line: string, options: { signal?: AbortSignal; onNote?: (note: CallNote) => void } = {}) => {
      printed = ''
      const { signal, onNote } = options
      const ran = await host.call('shellRun', { shell: 1, line, columns: 80 }, {
        ...(signal ? { signal } : {}),
        onNote: (note) => {
          if (note.kind === 'output') printed += note.text
          onNote?.(note)
        },
      })
      return ran
    }
    expect(valueOf(await type('mkfs.famfs /dev/dax0.0 && mkdir -p /mnt/famfs && famfs mount -F /dev/dax0.0 /mnt/famfs; x=kept')).exitCode).toBe(0)

    const stop = new AbortController()
    let doneBytes = 0
    const onNote = (note: CallNote): void => {
      if (note.kind !== 'busy') return
      doneBytes = note.doneBytes
      if (doneBytes < 64 * MIB || stop.signal.aborted) return
      stop.abort()
    }
    const ran = valueOf(await type('famfs creat -r -S 1 -s 1g /mnt/famfs/big; echo not reached', { signal: stop.signal, onNote }))
    expect(doneBytes).toBeLessThan(GIB)
    expect(ran).toMatchObject({ exitCode: 130, ended: false })
    expect(ran.prompt).toContain('root@A')
    expect(printed).not.toContain('not reached')

    // Created and logged before it was filled: whole in size, and its space taken once.
    expect(valueOf(await type('echo $x; stat -c %s /mnt/famfs/big; famfs fsck /mnt/famfs; famfs check /mnt/famfs')).exitCode).toBe(0)
    expect(printed).toMatch(/^kept\n1073741824\n/)
    expect(printed).toMatch(/No allocation errors found/)
    expect(printed).toMatch(/^ {2}1 files$/m)
    expect(valueOf(await type('famfs creat -r -S 2 -s 8m /mnt/famfs/next && famfs verify -S 2 -f /mnt/famfs/next && famfs verify -S 1 -f /mnt/famfs/big')).exitCode).toBe(1)
    expect(printed).toContain('verified 8388608 bytes')
    // Again, in place: it is restartable; and nothing holds the mount.
    const again = new AbortController()
    const halfway = (note: CallNote): void => void (note.kind === 'busy' && again.abort())
    expect(valueOf(await type('famfs creat -r -S 1 /mnt/famfs/big', { signal: again.signal, onNote: halfway })).exitCode).toBe(130)
    expect(valueOf(await type('famfs logplay /mnt/famfs && umount /mnt/famfs && famfs fsck /dev/dax0.0')).exitCode).toBe(0)
  })

  it('a host that goes down meanwhile ends the line', async () => {
    const host = valueOf(await workerDriver().spawn(specOf('A', newDevice(64 * MIB))))
    const ran = host.call('shellRun', { shell: 1, line: 'while true; do :; done', columns: 80 }, {})
    await host.ping()
    host.kill()
    expect(failureOf(await ran, 'host_down').says).toContain('host A is down')
  })
})
