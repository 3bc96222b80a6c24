// The little of WebAssembly's binary format that our compiler needs: opcodes, LEB128, sections. Only what the first
// version of the format has.

export const I32 = 0x7f
export const I64 = 0x7e
const NO_RESULT = 0x40

export const OP = {
  block: 0x02, loop: 0x03, if: 0x04, else: 0x05, end: 0x0b, br: 0x0c, br_if: 0x0d, return: 0x0f,
  select: 0x1b, local_get: 0x20, local_set: 0x21, local_tee: 0x22,
  i64_load: 0x29, f64_load: 0x2b, i64_store: 0x37, f64_store: 0x39, i32_const: 0x41, i64_const: 0x42,
  i32_eqz: 0x45, i32_lt_s: 0x48, i64_eqz: 0x50, i64_eq: 0x51, i64_ne: 0x52, i64_lt_s: 0x53, i64_gt_s: 0x55, i64_le_s: 0x57, i64_ge_s: 0x59, i64_ge_u: 0x5a,
  i32_add: 0x6a, i32_sub: 0x6b, i32_shl: 0x74,
  i64_add: 0x7c, i64_sub: 0x7d, i64_mul: 0x7e, i64_div_s: 0x7f, i64_rem_s: 0x81, i64_and: 0x83, i64_or: 0x84, i64_xor: 0x85, i64_shl: 0x86, i64_shr_s: 0x87,
  i32_wrap_i64: 0xa7, i64_extend_i32_u: 0xad, i64_trunc_f64_s: 0xb0, f64_convert_i64_s: 0xb9,
} as const

/** Log2 of the alignment of 8-byte loads and stores. */
const ALIGNED_8 = 3

/** The body of one function, written from its start to its end. */
export class Code {
  readonly bytes: number[] = []
  /** Blocks that are open: what a branch counts. */
  depth = 0

  op(opcode: number): this {
    this.bytes.push(opcode)
    return this
  }

  local(opcode: typeof OP.local_get | typeof OP.local_set | typeof OP.local_tee, index: number): this {
    this.bytes.push(opcode, ...unsigned(index))
    return this
  }

  get(index: number): this {
    return this.local(OP.local_get, index)
  }

  set(index: number): this {
    return this.local(OP.local_set, index)
  }

  tee(index: number): this {
    return this.local(OP.local_tee, index)
  }

  i32(value: number): this {
    this.bytes.push(OP.i32_const, ...signed(BigInt(value)))
    return this
  }

  i64(value: bigint): this {
    this.bytes.push(OP.i64_const, ...signed(value))
    return this
  }

  memory(opcode: typeof OP.i64_load | typeof OP.f64_load | typeof OP.i64_store | typeof OP.f64_store, offsetBytes = 0): this {
    this.bytes.push(opcode, ALIGNED_8, ...unsigned(offsetBytes))
    return this
  }

  /** @returns the new depth, for `branch` */
  open(opcode: typeof OP.block | typeof OP.loop | typeof OP.if, result: number = NO_RESULT): number {
    this.bytes.push(opcode, result)
    return ++this.depth
  }

  end(): this {
    this.depth--
    return this.op(OP.end)
  }

  /** @param to a depth that `open` gave */
  branch(opcode: typeof OP.br | typeof OP.br_if, to: number): this {
    this.bytes.push(opcode, ...unsigned(this.depth - to))
    return this
  }
}

export function unsigned(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  do {
    const low = rest & 0x7f
    rest >>>= 7
    bytes.push(rest === 0 ? low : low | 0x80)
  } while (rest !== 0)
  return bytes
}

function signed(value: bigint): number[] {
  const bytes: number[] = []
  for (let rest = value; ; ) {
    const low = Number(rest & 0x7fn)
    rest >>= 7n
    const isLast = (rest === 0n && (low & 0x40) === 0) || (rest === -1n && (low & 0x40) !== 0)
    bytes.push(isLast ? low : low | 0x80)
    if (isLast) return bytes
  }
}

/** What is counted first, then listed. */
export function vector(items: readonly (readonly number[])[]): number[] {
  return unsigned(items.length).concat(...items)
}

/** A name, of letters below 0x80. */
export function name(text: string): number[] {
  return [...unsigned(text.length), ...Array.from(text, (letter) => letter.charCodeAt(0))]
}

/** What is preceded by its length, as sections and function bodies are. */
export function sized(bytes: readonly number[]): number[] {
  return unsigned(bytes.length).concat(bytes)
}

export const MAGIC_AND_VERSION = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]
