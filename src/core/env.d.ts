// The whole of the outside world that core may see beyond the language itself: text encoders, which every engine has.
// A global missing here is missing on purpose; take it through `Outside` instead. base/plain.ts is the only user.

interface TextDecoder {
  decode(input?: ArrayBufferView<ArrayBuffer> | ArrayBuffer): string
}

declare var TextDecoder: {
  new (label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }): TextDecoder
}

interface TextEncoder {
  encode(input?: string): Uint8Array<ArrayBuffer>
  encodeInto(source: string, destination: Uint8Array<ArrayBuffer>): { read: number; written: number }
}

declare var TextEncoder: {
  new (): TextEncoder
}
