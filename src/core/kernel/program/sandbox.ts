// Where programs run: memory of their own that bounds what they reach, handed in from outside. It takes what our compiler
// made and nothing else.

declare const compiled: unique symbol

/** A WebAssembly module that compile.ts made: there is no other way to one. */
export type ProgramModule = Uint8Array<ArrayBuffer> & { readonly [compiled]: true }

/** A hook's parts of memory, in bytes and cells. It ends with a word of mailbox.ts. */
export interface RunningProgram {
  setup(contextBytes: number, contextCount: number, tableBytes: number, tableCount: number, fuel: number): number
  resolve(contextBytes: number, contextCount: number, fuel: number): number
}

export const PAGE_BYTES = 64 * 1024

export interface Sandbox {
  /** One page at first. Another one after each growth. */
  readonly buffer: ArrayBuffer
  /** @returns false where there is no more memory */
  grow(pageCount: number): boolean
  /** Programs of one sandbox share its memory. */
  load(module: ProgramModule): RunningProgram
}

/** Each mount gets one of its own. */
export type SandboxMaker = () => Sandbox
