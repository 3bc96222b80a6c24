// The way of every access: is the mount still there and the file sound, where does its map say the bytes are, can that memory
// be touched. A file whose first look fails for its memory is marked: EHWPOISON once, EIO from then on, on healthy devices too.

import { fail, type Failure } from '../base/result.ts'
import { type Answer, BEFORE, DEVINDEX, LENGTH, MOVES_MOST, newAnswer, OFFSET, type Resolver } from '../fmap/resolve.ts'
import type { MountDevices } from './devices.ts'
import type { MapReason } from './way.ts'

/** What an access needs to know of its inode. */
interface Marked {
  path: string
  /** Set by the first access that failed: it sticks until the mount is gone. */
  invalid: boolean
}

export type BytesReason = MapReason | 'file_invalid' | 'keeps_moving'

/** A contiguous part of the file and the memory behind it. */
export interface Segment {
  fileOffsetBytes: number
  devindex: number
  deviceOffsetBytes: number
  lengthBytes: number
  bytes: Uint8Array
  view: DataView
}

export class FileBytes {
  readonly sizeBytes: number
  readonly path: string
  readonly devices: MountDevices
  readonly resolver: Resolver
  readonly #inode: Marked
  readonly #answer = newAnswer()
  /** As the resolver last said. */
  #validity = 0
  #failure: Failure<BytesReason> | undefined

  constructor(inode: Marked, resolver: Resolver, devices: MountDevices) {
    this.#inode = inode
    this.path = inode.path
    this.resolver = resolver
    this.sizeBytes = resolver.sizeBytes
    this.devices = devices
  }

  /** Why the last `window`, `segment` or `reach` gave nothing. */
  get failure(): Failure<BytesReason> {
    return this.#failure ?? fail('bad_map', { path: this.path, what: 'it ends before the file does' }).failure
  }

  /** Where it has moved, what was found before may be elsewhere: asked again right before bytes are stored. */
  get validity(): number {
    if (!this.devices.isUnmounted) this.#validity = this.resolver.validity?.() ?? 0
    return this.#validity
  }

  /**
   * Where a byte of the file is, whatever became of the memory there. Nobody is asked of a file whose mount is gone: another
   * file system may be there by now.
   */
  place(fileOffsetBytes: number, answer: Answer): boolean {
    if (this.devices.isUnmounted) return this.#refuse(this.#lost())
    if (this.resolver.resolve(fileOffsetBytes, answer)) return true
    // What a resolver reports is one of the reasons that maps fail with.
    return this.#refuse(this.resolver.trouble as Failure<MapReason> | undefined)
  }

  /** The bytes of memory from a byte of the file on, at most so many; undefined where `failure` says why. */
  window(fileOffsetBytes: number, mostBytes: number): Uint8Array | undefined {
    const answer = this.#answer
    if (!this.#resolve(fileOffsetBytes, answer)) return undefined
    const lengthBytes = Math.min(answer[LENGTH] as number, mostBytes)
    if (!this.reach(answer[DEVINDEX] as number, answer[OFFSET] as number, lengthBytes)) return undefined
    return this.#memoryOf(answer[DEVINDEX] as number, answer[OFFSET] as number, lengthBytes)
  }

  /** The same for who stores in them: they were still there when they had been found. */
  steadyWindow(fileOffsetBytes: number, mostBytes: number): Uint8Array | undefined {
    for (let moves = 0; moves < MOVES_MOST; moves++) {
      const { validity } = this
      const window = this.window(fileOffsetBytes, mostBytes)
      if (!window || this.validity === validity) return window
    }
    return this.giveUp()
  }

  /** Bytes that move each time that they have been found: a daemon could keep its kernel busy for ever. */
  giveUp(): undefined {
    return this.#nothing(fail('keeps_moving', { path: this.path }).failure)
  }

  /** The whole segment around a byte of the file: what a page fault maps. It touches nothing yet. */
  segment(fileOffsetBytes: number): Segment | undefined {
    const answer = this.#answer
    if (!this.#resolve(fileOffsetBytes, answer)) return undefined
    const beforeBytes = answer[BEFORE] as number
    const devindex = answer[DEVINDEX] as number
    const deviceOffsetBytes = (answer[OFFSET] as number) - beforeBytes
    const lengthBytes = (answer[LENGTH] as number) + beforeBytes
    const bytes = this.#memoryOf(devindex, deviceOffsetBytes, lengthBytes)
    if (!bytes) return undefined
    const view = new DataView(bytes.buffer, bytes.byteOffset, lengthBytes)
    return { fileOffsetBytes: fileOffsetBytes - beforeBytes, devindex, deviceOffsetBytes, lengthBytes, bytes, view }
  }

  /** @returns false where the file is marked, or that memory can't be touched: then the file is marked. */
  reach(devindex: number, offsetBytes: number, lengthBytes: number): boolean {
    if (this.#inode.invalid) return this.#refuse(this.#lost())
    const trouble = this.devices.touch(devindex, offsetBytes, lengthBytes, this.path)
    if (!trouble) return true
    // A whole mount that failed says so each time; a device that isn't here may turn up.
    if (trouble.reason === 'memory_failed') this.#inode.invalid = true
    return this.#refuse(trouble)
  }

  /** The place of a byte that is touched next: a file that is marked, or a mount that failed, has none. */
  #resolve(fileOffsetBytes: number, answer: Answer): boolean {
    const lost = this.#lost()
    return lost ? this.#refuse(lost) : this.place(fileOffsetBytes, answer)
  }

  /** Whatever the memory behind it is like. */
  #lost(): Failure<BytesReason> | undefined {
    return this.devices.down(this.path) ?? (this.#inode.invalid ? fail('file_invalid', { path: this.path }).failure : undefined)
  }

  #memoryOf(devindex: number, offsetBytes: number, lengthBytes: number): Uint8Array | undefined {
    const memory = this.devices.at(devindex)
    if (!memory) return this.#nothing(this.devices.missing(devindex, this.path))
    if (offsetBytes + lengthBytes <= memory.presentBytes) return memory.window(offsetBytes, lengthBytes)
    return this.#nothing(fail('not_on_image', { offsetBytes, presentBytes: memory.presentBytes }).failure)
  }

  #nothing(failure: Failure<BytesReason>): undefined {
    this.#failure = failure
    return undefined
  }

  #refuse(failure: Failure<BytesReason> | undefined): false {
    this.#failure = failure
    return false
  }
}
