// Browser APIs refuse shared views or corrupt them without a word, so this file is the only gate to such APIs:
// what goes in may be shared, what goes on is a private copy.

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const encoder = new TextEncoder()

/** A copy that no other thread can change; the same view where it is private already. */
export function toPlain(view: Uint8Array): Uint8Array<ArrayBuffer> {
  if (view.buffer instanceof ArrayBuffer) return view as Uint8Array<ArrayBuffer>
  return new Uint8Array(view)
}

/** Never throws: bytes that are not UTF-8 become U+FFFD. */
export function textOf(view: Uint8Array): string {
  return decoder.decode(toPlain(view))
}

/** @param view a short run of bytes below 0x80 */
export function asciiText(view: Uint8Array): string {
  return String.fromCharCode.apply(null, view as Uint8Array & number[])
}

export function bytesOfText(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text)
}
