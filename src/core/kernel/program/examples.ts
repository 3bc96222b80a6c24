// Programs to start from: what a mount runs unless its server uploads another one, its two halves by themselves, and some
// that fail, there to be seen. How a map lies in the table is as daemonProgram.ts fills it (docs/PROGRAM.md).

export interface ProgramExample {
  name: string
  /** One sentence. */
  says: string
  source: string
  /** It compiles, and fails when it runs. */
  fails: boolean
}

const list = `// A file whose extents lie one behind the other: walk the list until the byte is inside of one.
// The table: kind (0), how many extents, then device, offset and length of each.
const COUNT = 1
const FIRST = 2

setup {
  for i in 0..cells { file[i] = table[i] }
}

resolve {
  let start = 0                              // where the extent begins in the file
  for i in 0..file[COUNT] {
    let extent = FIRST + i * 3
    let length = file[extent + 2]
    let before = offset - start
    if before < length {
      answer(file[extent], file[extent + 1] + before, length - before, before)
    }
    start = start + length
  }
  fail(1)                                    // the list ends before the file does
}
`

const interleave = `// A striped file: chunks go round the strips in turn, so the strip and the place in it are computed.
// The table: kind (1), how many interleaved extents (1), the bytes in it, the chunk, how many strips,
// then device, offset and length of each strip.
const CHUNK = 3
const STRIPS = 4
const FIRST = 5

setup {
  if table[0] != 1 || table[1] != 1 { fail(1) }
  for i in 0..cells { file[i] = table[i] }
}

resolve {
  let chunk = offset / file[CHUNK]           // number of the chunk
  let before = offset % file[CHUNK]          // and where in it the byte is
  let row = chunk / file[STRIPS]
  let strip = FIRST + chunk % file[STRIPS] * 3
  answer(file[strip], file[strip + 1] + row * file[CHUNK] + before, file[CHUNK] - before, before)
}
`

const both = `// Both kinds of maps. In a striped file the place is computed, and in a list of extents of one length, too; in any
// other list it is searched by halves, so a list a thousand times as long takes ten steps more.
// The table: kind, count; for a list (0) device, offset and length of each extent; for a striped file (1)
// the bytes, the chunk and the number of strips of each interleaved extent, and its strips like extents.
const KIND = 0
const COUNT = 1
const FIRST = 2
const LIST = 0
const STRIPED = 1
const EVEN = 2                               // of this file's own: a list of extents of one length

setup {
  if table[KIND] > STRIPED { fail(1) }
  for i in 0..cells { file[i] = table[i] }
  if table[KIND] == LIST {
    // Where each extent ends in the file instead of how long it is: that can be searched.
    let step = table[FIRST + 2]
    let end = 0
    let even = 1
    for i in 0..table[COUNT] {
      if end != i * step { even = 0 }
      end = end + table[FIRST + i * 3 + 2]
      file[FIRST + i * 3 + 2] = end
    }
    // The last one may be shorter, but not longer.
    if even == 1 && end <= table[COUNT] * step { file[KIND] = EVEN }
  }
}

resolve {
  if file[KIND] == EVEN {
    let step = file[FIRST + 2]               // where the first one ends
    let before = offset % step
    let extent = FIRST + offset / step * 3
    answer(file[extent], file[extent + 1] + before, file[extent + 2] - offset, before)
  }

  if file[KIND] == LIST {
    // The first extent that ends behind the byte.
    let low = 0
    let high = file[COUNT] - 1
    for step in 0..32 {
      if low >= high { break }
      let middle = (low + high) / 2
      if file[FIRST + middle * 3 + 2] <= offset { low = middle + 1 } else { high = middle }
    }
    let extent = FIRST + low * 3
    let start = 0
    if low > 0 { start = file[extent - 1] }
    let before = offset - start
    answer(file[extent], file[extent + 1] + before, file[extent + 2] - offset, before)
  }

  let part = FIRST                           // an interleaved extent; most files have one
  let start = 0
  for i in 0..file[COUNT] {
    let within = offset - start
    let bytes = file[part]
    let size_of_chunk = file[part + 1]
    let strips = file[part + 2]
    if within < bytes {
      let chunk = within / size_of_chunk
      let before = within % size_of_chunk
      let row = chunk / strips
      let strip = part + 3 + chunk % strips * 3
      answer(file[strip], file[strip + 1] + row * size_of_chunk + before, min(size_of_chunk - before, bytes - within), before)
    }
    start = start + bytes
    part = part + 3 + strips * 3
  }
  fail(2)                                    // the parts end before the file does
}
`

const endless = `// A loop with no end in sight: it runs out of fuel, and the file answers with an error. The host goes on.
setup {
}

resolve {
  let sum = 0
  for i in 0..0x7fffffffffffffff { sum = sum + i }
  answer(0, sum, size, 0)
}
`

const outside = `// Reads where the file has no cell. The kernel's memory stays out of reach.
setup {
  file[0] = table[cells]
}

resolve {
  answer(0, file[0], size, 0)
}
`

const divide = `// Divides by a cell that nobody has set: 0.
setup {
}

resolve {
  answer(0, offset / file[0], size, 0)
}
`

const elsewhere = `// Answers with the start of the device, which is the superblock: the kernel doesn't let it.
setup {
}

resolve {
  answer(0, offset, size - offset, offset)
}
`

/** What a mount runs unless it is given another one. */
export const defaultProgram: ProgramExample = { name: 'both kinds', says: 'Striped files and lists of one length are computed, other lists searched by halves.', source: both, fails: false }

export const programExamples: readonly ProgramExample[] = [
  defaultProgram,
  { name: 'interleave', says: 'Striped files alone: which strip a byte is in is arithmetic, however long the file is.', source: interleave, fails: false },
  { name: 'list', says: 'A list of extents, walked at each fault: the more extents, the longer it takes.', source: list, fails: false },
  { name: 'endless loop', says: 'Runs out of fuel.', source: endless, fails: true },
  { name: 'outside of the table', says: 'Reads a cell that the file doesn’t have.', source: outside, fails: true },
  { name: 'division by zero', says: 'Divides by a cell that is 0.', source: divide, fails: true },
  { name: 'someone else’s bytes', says: 'Answers with bytes that aren’t the file’s.', source: elsewhere, fails: true },
]
